package mark

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/keywright/keywright"
)

// Mark is what a node has seen of a database.
type Mark struct {
	Database string // its name, as History has it
	At       keywright.Point

	// Complete is the revision after which every restriction that there was up to At is in the
	// journal.
	Complete uint64
}

// text is how a Mark is written. A stamp has more digits than a JSON number keeps.
type text struct {
	Database string `json:"database"`
	Revision uint64 `json:"revision"`
	Stamp    string `json:"stamp"`
	Complete uint64 `json:"journal_complete_after"`
}

const file = "mark.json"

// read answers the mark of a folder, and whether there is one.
func read(dir string) (Mark, bool, error) {
	content, err := os.ReadFile(filepath.Join(dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return Mark{}, false, nil
	}
	if err != nil {
		return Mark{}, false, fmt.Errorf("read the mark: %w", err)
	}
	var t text
	if err := json.Unmarshal(content, &t); err != nil || t.Database == "" {
		return Mark{}, false, fmt.Errorf("%s is damaged; if the database is right as it is, remove the file and start again", filepath.Join(dir, file))
	}
	stamp, err := parseStamp(t.Stamp)
	if err != nil {
		return Mark{}, false, fmt.Errorf("%s is damaged: %w", filepath.Join(dir, file), err)
	}
	return Mark{Database: t.Database, At: keywright.Point{Revision: t.Revision, Stamp: stamp}, Complete: t.Complete}, true, nil
}

// write replaces the mark of a folder, whole or not at all. A power cut may bring the mark of
// before back, as may one that comes a moment earlier; what must not be forgotten is in the
// journal.
func write(dir string, m Mark, sync func(*os.File) error) (err error) {
	content, err := json.Marshal(text{m.Database, m.At.Revision, formatStamp(m.At.Stamp), m.Complete})
	if err != nil {
		return err
	}
	draft, err := os.OpenFile(filepath.Join(dir, file+".new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the mark: %w", err)
	}
	_, err = draft.Write(append(content, '\n'))
	if err == nil {
		err = sync(draft)
	}
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), filepath.Join(dir, file))
	}
	if err != nil {
		return fmt.Errorf("write the mark: %w", err)
	}
	return nil
}

func formatStamp(stamp uint64) string { return strconv.FormatUint(stamp, 16) }

func parseStamp(text string) (uint64, error) { return strconv.ParseUint(text, 16, 64) }

// syncDir brings a folder's entries to the disk: without it a power cut could take a new file's
// name away.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

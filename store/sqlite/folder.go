package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	held "github.com/keywright/keywright/internal/folder"
)

// folder is a data folder that this process holds alone.
type folder struct {
	database string // the file's absolute path
	unclean  bool   // whoever had it open before did not close it
	held     *held.Folder
}

// enter makes dir and takes it for this process.
func enter(dir string) (*folder, error) {
	taken, err := held.Enter(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{database: filepath.Join(taken.Path, "keywright.db"), held: taken}
	if err := f.files(); err != nil {
		_ = f.leave()
		return nil, fmt.Errorf("data folder %s: %w", taken.Path, err)
	}
	return f, nil
}

// files sees to it that the database's files are readable by their owner alone. The file
// must exist before SQLite comes: it would make it as the umask says, and the others like it.
func (f *folder) files() error {
	file, err := os.OpenFile(f.database, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return held.Unwritable(err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(f.database + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a file", info.Name())
		}
		if info.Mode().Perm() != 0o600 {
			if err := os.Chmod(f.database+suffix, 0o600); err != nil {
				return err
			}
		}
		// SQLite removes its log when the last connection closes.
		f.unclean = f.unclean || suffix == "-wal" && info.Size() > 0
	}
	return nil
}

func (f *folder) leave() error { return f.held.Leave() }

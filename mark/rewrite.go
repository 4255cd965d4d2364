package mark

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/keywright/keywright"
)

// rewrite puts a journal in the place of another one, with those of its lines that stay, and
// with those that nobody can read: they are evidence.
func (k *Keeper) rewrite(stays func(keywright.Restriction) bool) (err error) {
	path := filepath.Join(k.dir, journalFile)
	draft, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("rewrite the journal: %w", err)
	}
	buffer := bufio.NewWriter(draft)
	old, err := os.Open(path)
	if err == nil {
		err = lines(old, func(text []byte) error {
			if r, err := parseLine(text); err == nil && !stays(r) {
				return nil
			}
			_, err := buffer.Write(append(bytes.Clone(text), '\n'))
			return err
		})
		err = errors.Join(err, old.Close())
	}
	if err == nil {
		err = errors.Join(buffer.Flush(), k.sync(draft))
	}
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err == nil {
		err = syncDir(k.dir)
	}
	if err != nil {
		return fmt.Errorf("rewrite the journal: %w", err)
	}
	fresh, _, err := openJournal(path, k.sync)
	if err != nil {
		return err
	}
	err = k.journal.file.Close()
	k.journal = fresh
	return err
}

// Trim forgets the lines at the beginning that are older than the retention. So that it is not
// done all the time, it waits until they are a day older.
func (k *Keeper) Trim(now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	first, err := k.first()
	if err != nil || first.When.IsZero() || now.Sub(first.When) < k.options.Keep+24*time.Hour {
		return err
	}
	complete, older := k.mark.Complete, true
	err = k.rewrite(func(r keywright.Restriction) bool {
		if older = older && now.Sub(r.When) > k.options.Keep; older {
			complete = max(complete, r.At.Revision)
		}
		return !older
	})
	if err != nil {
		return err
	}
	k.mark.Complete = complete
	return k.save()
}

// first is the first line that can be read; zero when there is none.
func (k *Keeper) first() (first keywright.Restriction, err error) {
	f, err := os.Open(filepath.Join(k.dir, journalFile))
	if err != nil {
		return first, fmt.Errorf("read the journal: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	found := errors.New("found")
	err = lines(f, func(text []byte) (err error) {
		if first, err = parseLine(text); err != nil {
			return nil
		}
		return found
	})
	if errors.Is(err, found) {
		err = nil
	}
	return first, err
}

// Forget takes lines out of the journal that an operator has given up. The journal as it was
// stays beside it, with the number of the decision's revision.
func (k *Keeper) Forget(decision uint64, goes func(keywright.Restriction) bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	path := filepath.Join(k.dir, journalFile)
	if err := os.Link(path, fmt.Sprintf("%s.%d", path, decision)); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the journal as it was: %w", err)
	}
	return k.rewrite(func(r keywright.Restriction) bool { return !goes(r) })
}

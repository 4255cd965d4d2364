// Package folder takes a data folder for one process: its database, keyring and socket are
// those of the process that is in it.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder is a data folder that this process holds alone.
type Folder struct {
	Path string // absolute
	lock *os.File
}

// Enter makes dir and takes it for this process. A second Enter fails, from whichever process,
// until the first one's Leave or its end.
func Enter(dir string) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	lock, err := hold(filepath.Join(dir, "keywright.lock"))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	return &Folder{dir, lock}, nil
}

// hold takes the lock that keeps a second process out. The system drops it when this process
// ends, in whichever way.
func hold(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, Unwritable(err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return lock, nil
	}
	_ = lock.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.New("in use by another keywright process; stop that one, or choose another folder")
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// Unwritable says what to do about a file that this user may not write.
func Unwritable(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("not writable by this user; give it to the user that runs keywright: %w", err)
	}
	return err
}

// Leave lets the next process in. The file stays: to remove it would let two processes each
// hold a lock of that name.
func (f *Folder) Leave() error { return f.lock.Close() }

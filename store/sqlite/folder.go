package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// folder is a data folder that this process holds alone.
type folder struct {
	database string // the file's absolute path
	unclean  bool   // whoever had it open before did not close it
	lock     *os.File
}

// enter makes dir and takes it for this process.
func enter(dir string) (*folder, error) {
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
	f := &folder{database: filepath.Join(dir, "keywright.db"), lock: lock}
	if err := f.files(); err != nil {
		_ = f.leave()
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	return f, nil
}

// hold takes the lock that keeps a second process out. The system drops it when this process
// ends, in whichever way.
func hold(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(err)
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

// files sees to it that the database's files are readable by their owner alone. The file
// must exist before SQLite comes: it would make it as the umask says, and the others like it.
func (f *folder) files() error {
	file, err := os.OpenFile(f.database, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unwritable(err)
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

func unwritable(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("not writable by this user; give it to the user that runs keywright: %w", err)
	}
	return err
}

// leave lets the next process in. The file stays: to remove it would let two processes each
// hold a lock of that name.
func (f *folder) leave() error { return f.lock.Close() }

package keyring

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/keywright/keywright/secret"
)

// maxFile is far more than a keyring of all the peppers that anyone will ever have.
const maxFile = 1 << 20

// Load reads a keyring file. Nobody but its owner may be able to read it.
//
// Errors: fs.ErrNotExist, a file that others can read, a file that is not a keyring.
func Load(path string) (*secret.Keyring, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s is open to other users (mode %04o): run chmod 600 on it; if others may have read it, rotate the keys", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read the keyring: %w", err)
	}
	k, err := secret.ParseKeyring(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; restore it from your backup", path, err)
	}
	return k, nil
}

// Make makes a keyring and its file. When it returns, the file is on the disk, complete; a
// crash on the way leaves no file of that name. When two make it at once, one of them wins
// and both answer the winner's.
func Make(path string, random io.Reader) (*secret.Keyring, error) {
	k, err := secret.MakeKeyring(random)
	if err != nil {
		return nil, err
	}
	err = write(path, k.Encode())
	if errors.Is(err, fs.ErrExist) {
		return Load(path)
	}
	if err != nil {
		return nil, fmt.Errorf("make the keyring: %w", err)
	}
	return k, nil
}

// write makes a complete file of mode 0600 or none. A rename would replace a file that
// another process made a moment ago; a link does not.
func write(path string, text []byte) (err error) {
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, ".keyring-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(draft.Name())) }()
	_, err = draft.Write(text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir brings the directory's entries to the disk: without it a power cut could take the
// new file's name away.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

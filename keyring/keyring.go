package keyring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/keywright/keywright/secret"
)

// Variable is the environment variable that can hold the keyring in place of the file.
const Variable = "KEYWRIGHT_KEYRING"

// Checks keeps the check values of the peppers that a database knows.
type Checks interface {
	KeyringChecks(ctx context.Context) (map[int][]byte, error)
	SaveKeyringChecks(ctx context.Context, checks map[int][]byte) error
}

// Open answers the keyring of a database: env if it is not empty, the value of [Variable];
// else the file at path. Without a file, and while the database knows no keyring, it makes
// one, of chance from random. The keyring is proved before it is answered.
//
// Each error says what to do about it, and none holds anything of a pepper.
func Open(ctx context.Context, path, env string, checks Checks, random io.Reader) (*secret.Keyring, error) {
	k, err := open(ctx, path, env, checks, random)
	if err != nil {
		return nil, err
	}
	if err := Prove(ctx, k, checks); err != nil {
		if env != "" {
			path = Variable
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

func open(ctx context.Context, path, env string, checks Checks, random io.Reader) (*secret.Keyring, error) {
	if env != "" {
		k, err := secret.ParseKeyring([]byte(env))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Variable, err)
		}
		return k, nil
	}
	k, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	known, err := checks.KeyringChecks(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) > 0 {
		return nil, fmt.Errorf("%s is missing, and the database's keys were sealed with it: restore it from your backup; a new one would make every key fail", path)
	}
	return Make(path, random)
}

// Prove compares the keyring with the check values that the database knows, and then gives
// the database those of newer peppers.
//
// Errors: those of Compare and of the database.
func Prove(ctx context.Context, k *secret.Keyring, checks Checks) error {
	known, err := checks.KeyringChecks(ctx)
	if err != nil {
		return err
	}
	if err := Compare(k, known); err != nil {
		return err
	}
	added := map[int][]byte{}
	for _, version := range k.Versions() {
		if _, ok := known[version]; !ok {
			check, _ := k.Check(version)
			added[version] = check[:]
		}
	}
	return checks.SaveKeyringChecks(ctx, added)
}

// Compare refuses a keyring that lacks a pepper that a database knows, or has another one in its
// place: keys that were sealed with it would fail as unknown.
func Compare(k *secret.Keyring, known map[int][]byte) error {
	for version, want := range known {
		got, ok := k.Check(version)
		if !ok {
			return fmt.Errorf("lacks pepper %d, with which keys of this database were sealed: restore the newest keyring from your backup", version)
		}
		if string(got[:]) != string(want) {
			return fmt.Errorf("is not the keyring of this database: pepper %d is another one; restore the right one from your backup, because with this one every key would fail", version)
		}
	}
	return nil
}

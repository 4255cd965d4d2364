package secret

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
)

const (
	pepperLen  = 32
	maxVersion = 65535
)

// Keyring holds the peppers, each under its version. It lives outside the database and its
// backups; who loses it loses every key. The newest version is current: new MACs are made with
// it, the older ones verify what is not yet made anew.
//
// It never changes and may be used by many goroutines. Every verb prints [keyring].
type Keyring struct {
	peppers map[int]*pepper
	current int
}

type pepper struct {
	key  *[pepperLen]byte // by pointer: see Format
	idle sync.Pool        // of *keyed, see mac.go
}

// NewKeyring takes a copy of peppers: by version, 1 to 65535, gaps allowed, 32 random bytes each.
//
// Errors name the version: out of range, not 32 bytes, all zeros, the same as another.
// None at all is an error too.
func NewKeyring(peppers map[int][]byte) (*Keyring, error) {
	k := &Keyring{peppers: map[int]*pepper{}}
	for _, version := range slices.Sorted(maps.Keys(peppers)) {
		if err := k.add(version, peppers[version]); err != nil {
			return nil, fmt.Errorf("keyring: %w", err)
		}
	}
	if k.current == 0 {
		return nil, errors.New("keyring: no pepper in it")
	}
	return k, nil
}

// MakeKeyring makes a keyring with version 1 alone, for a first start.
//
// Errors: random fails or ends, or gives only zeros.
func MakeKeyring(random io.Reader) (*Keyring, error) {
	return new(Keyring).Next(random)
}

// Next gives a keyring with one more pepper, which is current. k stays as it is.
//
// Errors: as MakeKeyring, and a keyring that has version 65535.
func (k *Keyring) Next(random io.Reader) (*Keyring, error) {
	var key [pepperLen]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return nil, fmt.Errorf("make pepper: read random: %w", err)
	}
	next := &Keyring{peppers: map[int]*pepper{}, current: k.current}
	maps.Copy(next.peppers, k.peppers)
	if err := next.add(k.current+1, key[:]); err != nil {
		return nil, fmt.Errorf("make pepper: %w", err)
	}
	return next, nil
}

// Current is the newest version.
func (k *Keyring) Current() int { return k.current }

// Versions are all versions, oldest first.
func (k *Keyring) Versions() []int { return slices.Sorted(maps.Keys(k.peppers)) }

// add is for a Keyring that nobody else has seen yet.
func (k *Keyring) add(version int, key []byte) error {
	if version < 1 || version > maxVersion {
		return fmt.Errorf("version %d: want 1 to %d", version, maxVersion)
	}
	if k.peppers[version] != nil {
		return fmt.Errorf("version %d is there twice", version)
	}
	if len(key) != pepperLen {
		return fmt.Errorf("version %d: its pepper has %d bytes: want %d", version, len(key), pepperLen)
	}
	own := [pepperLen]byte(key)
	if own == [pepperLen]byte{} {
		return fmt.Errorf("version %d: its pepper is all zeros", version)
	}
	for other, p := range k.peppers {
		if own == *p.key {
			return fmt.Errorf("versions %d and %d have the same pepper", other, version)
		}
	}
	k.peppers[version] = &pepper{key: &own}
	k.current = max(k.current, version)
	return nil
}

// Format prints [keyring], whatever the verb. In another struct's unexported field fmt calls no
// methods, and follows one pointer when the verb does not suit it, as with %s. It never follows
// two, so that it finds addresses there.
func (Keyring) Format(w fmt.State, _ rune) { io.WriteString(w, "[keyring]") }

// String is for panic, which prints a Stringer without fmt.
func (Keyring) String() string { return "[keyring]" }

// GoString is for printers other than fmt that ask for it.
func (Keyring) GoString() string { return "[keyring]" }

// MarshalText is for encoding/json and the handlers of log/slog. Encode writes the file.
func (Keyring) MarshalText() ([]byte, error) { return []byte("[keyring]"), nil }

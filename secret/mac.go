package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
)

// MAC is what is stored of a text: HMAC-SHA-256 under a pepper that the database has not. Who
// reads it can neither use nor confirm a key; who can write it cannot plant one. A fast function
// is enough: 178 random bits leave nothing to guess that a slow one would protect.
//
// It opens nothing, but has no business in a log: every verb prints [mac]. The exceptions are
// another struct's unexported MAC field, where fmt calls no methods, and the verbs %p and %w,
// which go vet refuses.
type MAC [sha256.Size]byte

// Equal compares in constant time.
func Equal(a, b MAC) bool { return hmac.Equal(a[:], b[:]) }

// MAC is the MAC of a text as it is stored for the account, under the pepper of that version:
//
//	HMAC-SHA-256(pepper, "keywright/key/v1" ‖ len ‖ account ‖ len ‖ text)
//
// len counts bytes, 4 bytes big-endian, so that no two pairs make the same message; the account
// is in it so that a MAC copied to another account's row verifies nothing. false: the keyring has
// no such version. It does not look at the form of text, and does not allocate in the long run.
func (k *Keyring) MAC(version int, account, text string) (MAC, bool) {
	p, ok := k.peppers[version]
	if !ok {
		return MAC{}, false
	}
	return p.mac(account, text), true
}

// Check is the value by which a database knows the pepper of that version again without
// holding it: HMAC-SHA-256(pepper, "keywright/check/v1"). A start with a wrong keyring is
// refused by it, where every key would otherwise fail as unknown. It is safe to store.
// false: the keyring has no such version.
func (k *Keyring) Check(version int) ([32]byte, bool) {
	p, ok := k.peppers[version]
	if !ok {
		return [32]byte{}, false
	}
	h := hmac.New(sha256.New, p.key[:])
	io.WriteString(h, "keywright/check/v1")
	return [32]byte(h.Sum(nil)), true
}

// Derive gives the 32-byte key for one purpose, such as "session", from the current pepper, by
// HKDF-SHA-256 (RFC 5869) without salt and with "keywright/derive/v1/" ‖ purpose as info. Keys for
// different purposes tell nothing about each other or about the pepper.
//
// A newer pepper gives other keys. What must be readable after that is kept with the version it
// was made under, and read with DeriveFrom.
func (k *Keyring) Derive(purpose string) []byte {
	return k.peppers[k.current].derive(purpose)
}

// DeriveFrom is Derive from the pepper of that version. false: the keyring has no such version.
func (k *Keyring) DeriveFrom(version int, purpose string) ([]byte, bool) {
	p, ok := k.peppers[version]
	if !ok {
		return nil, false
	}
	return p.derive(purpose), true
}

func (p *pepper) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, p.key[:], nil, "keywright/derive/v1/"+purpose, 32)
	if err != nil {
		panic(err) // only for outputs longer than 255 hashes
	}
	return key
}

// keyed is an HMAC under one pepper, ready for a message, and room for that message. Both are
// reused, as keying anew costs 520 ns and 7 allocations a MAC, not 200 ns and none.
type keyed struct {
	hash hash.Hash
	room []byte
}

func (p *pepper) mac(account, text string) MAC {
	k, ok := p.idle.Get().(*keyed)
	if !ok {
		k = &keyed{hash: hmac.New(sha256.New, p.key[:])}
	}
	m := append(k.room[:0], "keywright/key/v1"...)
	m = binary.BigEndian.AppendUint32(m, uint32(len(account)))
	m = append(m, account...)
	m = binary.BigEndian.AppendUint32(m, uint32(len(text)))
	m = append(m, text...)
	k.hash.Write(m)
	clear(m) // the text must not outlive the request here
	k.room = k.hash.Sum(m[:0])
	sum := MAC(k.room)
	k.hash.Reset()
	p.idle.Put(k)
	return sum
}

// Format prints [mac], whatever the verb.
func (MAC) Format(w fmt.State, _ rune) { io.WriteString(w, "[mac]") }

// String is for panic, which prints a Stringer without fmt.
func (MAC) String() string { return "[mac]" }

// GoString is for printers other than fmt that ask for it.
func (MAC) GoString() string { return "[mac]" }

// MarshalText is for encoding/json and the handlers of log/slog. Storage takes the bytes: mac[:].
func (MAC) MarshalText() ([]byte, error) { return []byte("[mac]"), nil }

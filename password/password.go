// Package password hashes passwords with argon2id: slowly and with much memory, so that who
// steals the hashes tries few guesses a second. It implements keywright.Passwords.
//
// Which passwords are good enough is decided in the root, and how often somebody may try in
// server/console.
package password

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// What one hash costs: 19 MiB, two passes, one lane, about 35 ms. It is the least that OWASP
// asks for (Password Storage Cheat Sheet; ASVS 5.0 11.4.2). Hashes made with other values go
// on matching: each carries its own.
const (
	memory = 19 * 1024 // KiB
	passes = 2
	lanes  = 1

	saltLen = 16 // bytes
	keyLen  = 32
)

// What a stored hash may ask for. One that was planted, or mangled, must not take the
// memory of the machine, and an empty key would match every password.
const (
	mostMemory = 256 * 1024 // KiB
	mostPasses = 16
	mostLanes  = 16

	leastLen = 16 // bytes, of the key; a salt may have half of it
	mostLen  = 64
)

// ErrHash says that a stored hash is not one that can be matched: malformed, of another
// algorithm, or asking for more than 256 MiB or 16 passes. It tells nothing of the hash.
var ErrHash = errors.New("the stored password hash can't be used")

// Options are the settings of a Hasher. The zero value is right for production.
type Options struct {
	// AtOnce is how many hashes are worked on at the same time, each with its 19 MiB; the
	// others wait. Default GOMAXPROCS: more would take longer and a flood would take the memory.
	AtOnce int
}

// Hasher hashes and matches passwords. Its methods may be called from many goroutines.
type Hasher struct {
	params argon2id.Params
	nobody string        // matched in place of no hash
	slots  chan struct{} // holds one for each hash that is being worked on
}

// New makes a Hasher.
func New(o Options) *Hasher {
	if o.AtOnce <= 0 {
		o.AtOnce = runtime.GOMAXPROCS(0)
	}
	zeros := base64.RawStdEncoding.EncodeToString
	return &Hasher{
		params: argon2id.Params{Memory: memory, Iterations: passes, Parallelism: lanes, SaltLength: saltLen, KeyLength: keyLen},
		nobody: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, zeros(make([]byte, saltLen)), zeros(make([]byte, keyLen))),
		slots:  make(chan struct{}, o.AtOnce),
	}
}

// Hash gives a new hash of password, in the PHC string form, with a random salt of 16 bytes.
//
// Errors: ctx ended while waiting for a turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.begin(ctx); err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	defer h.end()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// Match reports whether password made hash. For the empty hash it answers false after the
// same work, so that an address without a password takes as long as one with.
//
// Errors: ErrHash, ctx ended while waiting for a turn.
func (h *Hasher) Match(ctx context.Context, password, hash string) (bool, error) {
	none := hash == ""
	if none {
		hash = h.nobody
	}
	if !usable(hash) {
		return false, fmt.Errorf("match a password: %w", ErrHash)
	}
	if err := h.begin(ctx); err != nil {
		return false, fmt.Errorf("match a password: %w", err)
	}
	defer h.end()
	matches, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil { // never with what is usable; its text may quote the hash
		return false, fmt.Errorf("match a password: %w", ErrHash)
	}
	return matches && !none, nil
}

// usable looks at what a stored hash asks for before any work is done.
func usable(hash string) bool {
	p, _, _, err := argon2id.DecodeHash(hash)
	return err == nil &&
		1 <= p.Memory && p.Memory <= mostMemory &&
		1 <= p.Iterations && p.Iterations <= mostPasses &&
		1 <= p.Parallelism && p.Parallelism <= mostLanes &&
		leastLen/2 <= p.SaltLength && p.SaltLength <= mostLen &&
		leastLen <= p.KeyLength && p.KeyLength <= mostLen
}

// begin waits for a turn.
func (h *Hasher) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil { // select picks at random when there is a turn as well
		return err
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) end() { <-h.slots }

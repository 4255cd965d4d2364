package keywright

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"
)

// The length of a password: at least 8 characters (NIST SP 800-63B-4, 3.1.1), at most 1,024
// bytes, never cut off. What it is made of is its owner's business.
const (
	MinPassword = 8
	maxPassword = 1024
)

func goodPassword(password string) error {
	invalid := func(why string) error { return &InvalidError{Field: "password", Why: why} }
	switch {
	case password == "":
		return invalid("is required")
	case !utf8.ValidString(password):
		return invalid("is not valid UTF-8 text")
	case utf8.RuneCountInString(password) < MinPassword:
		return invalid("is too short; use at least " + strconv.Itoa(MinPassword) + " characters, a few words are easiest to keep in mind")
	case len(password) > maxPassword:
		return invalid("is longer than " + strconv.Itoa(maxPassword) + " bytes")
	}
	return nil
}

// newPassword hashes a password outside of any transaction: it takes tens of milliseconds,
// during which nobody else could write. Empty in, empty out.
func (s *Service) newPassword(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	if err := goodPassword(password); err != nil {
		return "", err
	}
	return s.passwords.Hash(ctx, password)
}

// keepPassword stores the password of an address that has none yet. A password belongs to
// the address, not to one of its memberships: someone who adds the address to his account
// must not change how its owner signs in elsewhere, so a password that is already there stays,
// and another one is a conflict.
func (s *Service) keepPassword(ctx context.Context, tx Tx, email, password, hash string, now time.Time) error {
	kept, err := tx.PasswordHash(ctx, email)
	if err != nil {
		return err
	}
	if kept == "" {
		return tx.SetPasswordHash(ctx, email, hash, now)
	}
	same, err := s.passwords.Match(ctx, password, kept)
	if err != nil {
		return err
	}
	if !same {
		return &ConflictError{Field: "password", Why: "is not the one with which this address already signs in; use that one, or leave it out to send a link"}
	}
	return nil
}

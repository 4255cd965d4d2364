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

// chosen is a password that was worked on before a transaction: hashing takes tens of
// milliseconds, during which nobody else could write.
type chosen struct {
	kept string // the hash that the address had; the password matches it
	hash string // else the hash to keep
}

// choose hashes a password for an address, or matches it with the one that the address
// already has. A password belongs to the address, not to one of its memberships: someone who
// adds the address to his account must not change how its owner signs in elsewhere, so a
// password that is there stays, and another one is a conflict. An empty password chooses
// nothing.
//
// Errors: *InvalidError (password), *ConflictError (password).
func (s *Service) choose(ctx context.Context, email, password string) (chosen, error) {
	if password == "" {
		return chosen{}, nil
	}
	if err := goodPassword(password); err != nil {
		return chosen{}, err
	}
	kept, err := s.store.PasswordHash(ctx, email)
	if err != nil {
		return chosen{}, err
	}
	if kept == "" {
		hash, err := s.passwords.Hash(ctx, password)
		return chosen{hash: hash}, err
	}
	same, err := s.passwords.Match(ctx, password, kept)
	if err == nil && !same {
		err = &ConflictError{Field: "password", Why: "is not the one with which this address already signs in; use that one, or leave it out to send a link"}
	}
	return chosen{kept: kept}, err
}

// keep stores what was chosen, unless the address got another password in between.
func (c chosen) keep(ctx context.Context, tx Tx, email string, now time.Time) error {
	kept, err := tx.PasswordHash(ctx, email)
	if err != nil {
		return err
	}
	if kept != c.kept {
		return &ConflictError{Field: "password", Why: "was changed at the same moment; try again"}
	}
	if kept != "" {
		return nil
	}
	return tx.SetPasswordHash(ctx, email, c.hash, now)
}

package store

import (
	"context"
	"errors"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// PasswordHash answers "" for an address that has no password, known or not.
func (r reader) PasswordHash(ctx context.Context, email string) (string, error) {
	hash, err := r.q.PasswordHash(ctx, email)
	if err = found("password", err); errors.Is(err, keywright.ErrNotFound) {
		return "", nil
	}
	return hash, err
}

func (t *tx) SetPasswordHash(ctx context.Context, email, hash string, now time.Time) error {
	return failed("set", "password", t.q.SetPasswordHash(ctx, queries.SetPasswordHashParams{Email: email, Hash: hash, Now: millis(now)}))
}

func (t *tx) DeleteUnusedPassword(ctx context.Context, email string) error {
	return failed("delete", "password", t.q.DeleteUnusedPassword(ctx, email))
}

package keywright

import (
	"context"
	"fmt"
	"strings"

	"github.com/keywright/keywright/policy"
)

// Revoke ends a key for good (F13): when it returns, no verification accepts the key. The
// row stays as history; the first time and reason stay too. why may be empty; it has at
// most 200 characters. by needs the right policy.ManageKeys, whatever the plan: an account
// that sleeps can still end its keys.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, *ForbiddenError, *InvalidError (reason).
func (s *Service) Revoke(ctx context.Context, by Principal, id KeyID, why string) (Key, Commit, error) {
	now := s.now()
	var key Key
	var commit Commit
	err := s.write(ctx, by, policy.ManageKeys, now, func(tx Tx, actor Actor, account Account) (err error) {
		if strings.TrimSpace(why) != "" {
			if why, err = line("reason", why, MaxReason); err != nil {
				return err
			}
		}
		if key, err = tx.Key(ctx, account.ID, id); err != nil {
			return err
		}
		if !key.Revoked.IsZero() {
			return ErrRevoked
		}
		if err := tx.RevokeKey(ctx, account.ID, id, actor, why, now); err != nil {
			return err
		}
		key.Revoked, key.RevokedBy, key.WhyRevoked = now, actor, why
		commit = commitOf(tx, account.ID, key.subject(), true)
		var details map[string]string
		if why != "" {
			details = map[string]string{"why": why}
		}
		return s.record(ctx, tx, now, account.ID, actor, KeyRevokedBy, key.subject(), details)
	}, &key, &commit)
	if err != nil {
		return Key{}, Commit{}, fmt.Errorf("revoke key %s: %w", clip(string(id)), err)
	}
	commit.At = s.now()
	return key, commit, nil
}

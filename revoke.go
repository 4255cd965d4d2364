package keywright

import (
	"context"
	"time"
)

// Revoke ends a key for good (F13): when it returns, no verification accepts the key. The
// row stays as history; the first time and reason stay too. why may be empty; it has at
// most 200 characters. by needs the right policy.ManageKeys, or policy.OwnKeys for a personal key of
// his, whatever the plan: an account that sleeps can still end its keys.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, *ForbiddenError, *InvalidError (reason).
func (s *Service) Revoke(ctx context.Context, by Principal, id KeyID, why string) (Key, Commit, error) {
	return s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		why, err := reason(why)
		if err != nil {
			return false, err
		}
		return true, s.revoke(ctx, tx, who.actor, key, why, now)
	})
}

// revoke ends a key that has not ended, and writes that down.
func (s *Service) revoke(ctx context.Context, tx Tx, actor Actor, key *Key, why string, now time.Time) error {
	if err := tx.RevokeKey(ctx, key.Account, key.ID, actor, why, now); err != nil {
		return err
	}
	key.Revoked, key.RevokedBy, key.WhyRevoked = now, actor, why
	return s.record(ctx, tx, now, key.Account, actor, KeyRevokedBy, key.subject(), because(why))
}

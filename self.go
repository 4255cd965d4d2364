package keywright

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright/secret"
)

// RotateSelf is Rotate for a key that asks itself: that it was proved to be held is enough,
// whatever it may do otherwise.
//
// Errors: ErrNotYours (by is no key), ErrForbidden (of one that does not work), ErrRevoked,
// ErrSuspended, *NotEntitledError, *InvalidError (grace).
func (s *Service) RotateSelf(ctx context.Context, by Principal, grace time.Duration) (Key, secret.Secret, Commit, error) {
	var text secret.Secret
	key, commit, err := s.changeSelf(ctx, by, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		if who.account.State != AccountActive {
			return false, ErrSuspended
		}
		if key.State(now) != KeyActive {
			return false, &ForbiddenError{}
		}
		var err error
		text, err = s.rotate(ctx, tx, who, key, grace, now)
		return true, err
	}, &text)
	if err != nil {
		return Key{}, secret.Secret{}, Commit{}, err
	}
	return key, text, commit, nil
}

// RevokeSelf ends the key that asks, whatever it may do otherwise.
//
// Errors: ErrNotYours (by is no key), ErrRevoked, *InvalidError (reason).
func (s *Service) RevokeSelf(ctx context.Context, by Principal, why string) (Key, Commit, error) {
	return s.changeSelf(ctx, by, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		why, err := reason(why)
		if err != nil {
			return false, err
		}
		return true, s.revoke(ctx, tx, who.actor, key, why, now)
	})
}

// Found is why a key ends that somebody has found and sent in.
const Found = "leaked: reported by whoever found it"

// RevokeFound ends the key whose text somebody has found, whoever he is: to hold a text that works
// is enough to end it, also where the key sleeps. What is no such text, or ended before, is no
// error, and found is false.
func (s *Service) RevokeFound(ctx context.Context, text string) (found bool, _ error) {
	parsed, err := secret.Parse(text)
	if err != nil {
		return false, nil //nolint:nilerr // that it is no key's is all there is to say
	}
	held, err := s.store.Sealed(ctx, KeyIDOf(parsed.ID()))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, fmt.Errorf("look for a key that was found: %w", err)
	}
	seal, ok := s.holds(held.Account.ID, held.Seals, parsed)
	if !ok || !seal.Ends.IsZero() && !s.now().Before(seal.Ends) {
		return false, nil
	}
	_, _, err = s.RevokeSelf(ctx, held.Key.By(), Found)
	if errors.Is(err, ErrRevoked) {
		return false, nil
	}
	return err == nil, err
}

// changeSelf is changeKey for the key that asks.
func (s *Service) changeSelf(ctx context.Context, by Principal, change func(tx Tx, who admitted, key *Key, now time.Time) (bool, error), more ...any) (Key, Commit, error) {
	if by.Kind != PrincipalKey {
		return Key{}, Commit{}, ErrNotYours
	}
	now := s.now()
	var key Key
	var commit Commit
	err := s.writeBy(ctx, by, now, func(tx Tx) (who admitted, err error) {
		if who.account, err = tx.Account(ctx, by.Account); err != nil {
			return who, err
		}
		if key, err = tx.Key(ctx, by.Account, by.Key); err != nil {
			return who, err
		}
		who.actor = Actor{Kind: PrincipalKey, ID: string(key.ID), Name: key.Description}
		return who, nil
	}, func(tx Tx, who admitted) error {
		return alter(tx, who, &key, &commit, now, change)
	}, append(more, &key, &commit)...)
	if err != nil {
		return Key{}, Commit{}, fmt.Errorf("change key %s by itself: %w", by.Key, err)
	}
	commit.At = s.now()
	return key, commit, nil
}

package keywright

import (
	"context"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// Rotate gives a key a new secret; it is answered once and can't be read again (F12). It stays the
// same key, with its id, its limits and its history. The old secret goes on working for grace; 0
// ends it now, and the policy has what is usual and the most, Policy.Keys. Rotating again in a
// grace period ends the older secret at once. by needs the right policy.ManageKeys; a personal key
// is for none but its member to rotate, who needs policy.OwnKeys.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, ErrNotYours, *ForbiddenError, *NotEntitledError,
// *InvalidError (grace).
func (s *Service) Rotate(ctx context.Context, by Principal, id KeyID, grace time.Duration) (Key, secret.Secret, Commit, error) {
	var text secret.Secret
	key, commit, err := s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		if key.Kind == PersonalKey && !who.owns(*key) {
			return false, ErrNotYours
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

// rotate makes the new secret, and writes that down.
func (s *Service) rotate(ctx context.Context, tx Tx, who admitted, key *Key, grace time.Duration, now time.Time) (secret.Secret, error) {
	if err := s.entitled(who.account, key.Kind); err != nil {
		return secret.Secret{}, err
	}
	if longest := s.Policy().Keys.LongestGrace; grace < 0 || grace > longest {
		return secret.Secret{}, &InvalidError{Field: "grace", Why: "must be from 0, which ends the old secret at once, to " + policy.DurationWords(longest)}
	}
	text, err := secret.Remake(key.ID.Public(), key.Brand, key.Env, s.options.Random)
	if err != nil {
		return secret.Secret{}, fmt.Errorf("draw a secret: %w", err)
	}
	at := now
	if !at.After(key.Rotated) { // within a millisecond, or the clock was set back
		at = key.Rotated.Add(time.Millisecond)
	}
	key.LastFour, key.Rotated = text.LastFour(), at
	ends := now.Add(grace).Truncate(time.Millisecond)
	if err := tx.RotateKey(ctx, *key, s.seal(*key, text, at), ends); err != nil {
		return secret.Secret{}, err
	}
	return text, s.record(ctx, tx, now, key.Account, who.actor, KeyRotated, key.subject(), map[string]string{"until": dated(ends)})
}

// EndGrace ends the secret that a rotation has replaced, before its time. Where there is none any
// more, nothing changes. by needs what Revoke needs.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, *ForbiddenError.
func (s *Service) EndGrace(ctx context.Context, by Principal, id KeyID) (Key, Commit, error) {
	return s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		seals, err := tx.Seals(ctx, *key)
		if err != nil || len(inUse(seals, now)) < 2 {
			return false, err
		}
		if err := tx.EndGrace(ctx, key.Account, key.ID, now); err != nil {
			return false, err
		}
		return true, s.record(ctx, tx, now, key.Account, who.actor, KeyGraceEnded, key.subject(), nil)
	})
}

// inUse leaves out the secret whose grace period is over.
func inUse(seals []Seal, now time.Time) []Seal {
	if len(seals) > 1 && !now.Before(seals[0].Ends) {
		return seals[1:]
	}
	return seals
}

// Secrets tells of a key's secrets that work: of one or, in a grace period, of two, the older one
// first. Nothing can be proved or made with what it tells. by needs what Key needs.
//
// Errors: as Key.
func (s *Service) Secrets(ctx context.Context, by Principal, id KeyID) (Key, []Seal, error) {
	key, err := s.Key(ctx, by, id)
	if err != nil {
		return Key{}, nil, err
	}
	seals, err := s.store.Seals(ctx, key)
	if err != nil {
		return Key{}, nil, fmt.Errorf("secrets of key %s: %w", clip(string(id)), err)
	}
	if seals = inUse(seals, s.now()); len(seals) == 1 {
		seals[0].LastUsed = key.LastUsed
	}
	return key, seals, nil
}

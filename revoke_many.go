package keywright

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/keywright/keywright/policy"
)

// MaxBatch is how many keys can be revoked at once: some 500 ms, for which every other change waits.
const MaxBatch = 2000

// Batch is what is revoked at once.
type Batch struct {
	Count int
	Keys  []Key  // the newest of them, MaxPage at most; a list with the same filter has the rest
	Type  string // what whoever revokes them types to confirm: how many, or the account's slug when it is all of them
}

// WouldRevoke answers what RevokeMany would revoke at this moment.
//
// Errors: as RevokeMany, but for reason and confirm.
func (s *Service) WouldRevoke(ctx context.Context, by Principal, f KeyFilter) (Batch, error) {
	who, err := s.admit(ctx, s.store, by, reads, ofKeys()...)
	if err != nil {
		return Batch{}, err
	}
	keys, batch, err := s.batch(ctx, s.store, who, f, s.now())
	batch.Keys = keys[:min(len(keys), MaxPage)]
	return batch, err
}

// RevokeMany ends all keys that are meant and have not ended, for good and in one transaction: all
// of them or, with an error, none. confirm is what the Batch of WouldRevoke says to type, so that
// nobody ends more than he has seen. by needs the right policy.ManageKeys; policy.OwnKeys is enough
// for who means his own.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *InvalidError (filter: it fits
// nothing, or too many; member, reason, confirm).
func (s *Service) RevokeMany(ctx context.Context, by Principal, f KeyFilter, why, confirm string) (Batch, Commit, error) {
	now := s.now()
	var batch Batch
	var commit Commit
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) error {
		why, err := reason(why)
		if err != nil {
			return err
		}
		var keys []Key
		if keys, batch, err = s.batch(ctx, tx, who, f, now); err != nil {
			return err
		}
		if confirm != batch.Type {
			return &InvalidError{Field: "confirm", Why: "must be " + batch.Type + ", as " + batch.whole() + " would end"}
		}
		for i := range keys {
			if err := s.revoke(ctx, tx, who.actor, &keys[i], why, now); err != nil {
				return err
			}
		}
		batch.Keys = keys[:min(len(keys), MaxPage)]
		commit = commitOf(tx, who.account.ID, who.account.subject(), true)
		return nil
	}, ofKeys(), &batch, &commit)
	if err != nil {
		return Batch{}, Commit{}, fmt.Errorf("revoke keys: %w", err)
	}
	commit.At = s.now()
	return batch, commit, nil
}

// batch finds the keys that are meant and have not ended, and how to confirm that they shall.
func (s *Service) batch(ctx context.Context, r Reader, who admitted, f KeyFilter, now time.Time) ([]Key, Batch, error) {
	f, err := s.forWhom(who, f)
	if err != nil {
		return nil, Batch{}, err
	}
	var keys []Key
	err = every(ctx, func(p Page) ([]Key, error) { return r.Keys(ctx, who.account.ID, f, now, p) }, keyCursor, func(k Key) error {
		if k.Revoked.IsZero() {
			keys = append(keys, k)
		}
		if len(keys) > MaxBatch {
			return &InvalidError{Field: "filter", Why: fmt.Sprintf("fits more than %d keys; narrow it, and revoke them in parts", MaxBatch)}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, Batch{}, err
	case len(keys) == 0:
		return nil, Batch{}, &InvalidError{Field: "filter", Why: "fits no key that has not ended; nothing was changed"}
	}
	b := Batch{Count: len(keys), Type: strconv.Itoa(len(keys))}
	if b.Count >= who.account.ActiveKeys && who.may(policy.ManageKeys) {
		b.Type = who.account.Slug
	}
	return keys, b, nil
}

// whole is how many keys it has, in words.
func (b Batch) whole() string {
	switch {
	case b.Type != strconv.Itoa(b.Count):
		return fmt.Sprintf("all keys of the account, %d,", b.Count)
	case b.Count == 1:
		return "one key"
	}
	return b.Type + " keys"
}

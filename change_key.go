package keywright

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
)

// owns reports whether it is a personal key of his.
func (a admitted) owns(k Key) bool {
	return a.may(policy.OwnKeys) && k.Kind == PersonalKey && k.Member == a.member && a.member != ""
}

// touchable finds a key that who may touch. To those who may touch none but their own, every
// other one is like one that is not there.
func (s *Service) touchable(ctx context.Context, r Reader, who admitted, id KeyID) (Key, error) {
	key, err := r.Key(ctx, who.account.ID, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Key{}, err
	}
	if !who.may(policy.ManageKeys) && (err != nil || !who.owns(key)) {
		return Key{}, s.notAll(who)
	}
	return key, err
}

// notAll refuses who may touch none but his own keys what is about others.
func (s *Service) notAll(who admitted) error {
	return &ForbiddenError{Right: policy.ManageKeys, Role: who.role, Who: s.Policy().RolesWith(policy.ManageKeys)}
}

// ofKeys are the rights of which one is enough to touch some key.
func ofKeys() []policy.Right { return []policy.Right{policy.ManageKeys, policy.OwnKeys} }

// changeKey runs change on a key that by may touch, in one transaction. change says whether it has
// changed something. The key is answered, and what else is answered is given as to write.
//
// Errors: ErrNotFound, ErrRevoked (of a key that has ended, nothing changes), ErrSuspended,
// *ForbiddenError, and those of change.
func (s *Service) changeKey(ctx context.Context, by Principal, id KeyID, change func(tx Tx, who admitted, key *Key, now time.Time) (changed bool, _ error), more ...any) (Key, Commit, error) {
	now := s.now()
	var key Key
	var commit Commit
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if key, err = s.touchable(ctx, tx, who, id); err != nil {
			return err
		}
		return alter(tx, who, &key, &commit, now, change)
	}, ofKeys(), append(more, &key, &commit)...)
	if err != nil {
		return Key{}, Commit{}, fmt.Errorf("change key %s: %w", clip(string(id)), err)
	}
	commit.At = s.now()
	return key, commit, nil
}

// alter runs change on a key that has not ended, and says where that stands.
func alter(tx Tx, who admitted, key *Key, commit *Commit, now time.Time, change func(Tx, admitted, *Key, time.Time) (bool, error)) error {
	if !key.Revoked.IsZero() {
		return ErrRevoked
	}
	changed, err := change(tx, who, key, now)
	if err != nil {
		return err
	}
	*commit = commitOf(tx, key.Account, key.subject(), changed)
	return nil
}

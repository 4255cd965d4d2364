package keywright

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keywright/keywright/policy"
)

// Leaving is what it would mean for keys if a member left, said before he does.
type Leaving struct {
	Member      Member
	Stop        SomeKeys // personal ones: they stop while he is out, and for good when he is removed
	Stay        SomeKeys // he made them, but they act for the account or a service
	HandOver    SomeKeys // service keys that he is responsible for: they stay
	Responsible Member   // who would be from then on; zero: there is nobody, and he stays it

	// Unseen says that whoever asks may not see the account's keys: none is listed.
	Unseen bool
}

// SomeKeys are keys that are not revoked, the newest first, at most MaxPage of them.
type SomeKeys struct {
	List []Key
	More bool // there may be more than these
}

// PreviewLeave answers what it would mean for keys if a member of by's account were deactivated or
// removed and responsible named, without changing anything. by needs policy.ManageMembers.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *InvalidError (responsible).
func (s *Service) PreviewLeave(ctx context.Context, by Principal, id, responsible MemberID) (Leaving, error) {
	var l Leaving
	var err error
	if l.Member, err = s.previewed(ctx, by, id); err != nil {
		return Leaving{}, err
	}
	if l.Responsible, err = s.successor(ctx, s.store, by, l.Member, responsible); err != nil {
		return Leaving{}, err
	}
	if l.Unseen, err = s.unseen(ctx, by); err != nil || l.Unseen {
		return l, err
	}
	for _, one := range []struct {
		keys  *SomeKeys
		meant KeyFilter
	}{
		{&l.Stop, KeyFilter{Member: id, Kind: PersonalKey}},
		{&l.Stay, KeyFilter{Creator: string(id)}},
		{&l.HandOver, KeyFilter{Member: id, Kind: ServiceKey}},
	} {
		if *one.keys, err = s.liveKeys(ctx, by.Account, one.meant); err != nil {
			return Leaving{}, err
		}
	}
	own := func(k Key) bool { return k.Kind == PersonalKey }
	l.Stay.List = slices.DeleteFunc(l.Stay.List, own)
	return l, nil
}

// previewed finds a member whom by may change.
func (s *Service) previewed(ctx context.Context, by Principal, id MemberID) (Member, error) {
	if _, _, err := s.authorise(ctx, s.store, by, policy.ManageMembers); err != nil {
		return Member{}, err
	}
	m, err := s.store.Member(ctx, by.Account, id)
	if err == nil && m.State == MemberRemoved {
		err = ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("member %s: %w", clip(string(id)), err)
	}
	return m, nil
}

// unseen reports whether by may not see the account's keys.
func (s *Service) unseen(ctx context.Context, by Principal) (bool, error) {
	_, _, err := s.authorise(ctx, s.store, by, policy.ManageKeys)
	if errors.Is(err, ErrForbidden) {
		return true, nil
	}
	return false, err
}

// liveKeys lists those of an account's keys that are meant and not revoked.
func (s *Service) liveKeys(ctx context.Context, account AccountID, f KeyFilter) (some SomeKeys, err error) {
	now := s.now()
	err = every(ctx, func(p Page) ([]Key, error) { return s.store.Keys(ctx, account, f, now, p) }, keyCursor, func(k Key) error {
		if !k.Revoked.IsZero() {
			return nil
		}
		if some.More = len(some.List) == MaxPage; some.More {
			return errEnough
		}
		some.List = append(some.List, k)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return SomeKeys{}, err
	}
	return some, s.lookAfterMembers(ctx, some.List)
}

// errEnough ends the walk through a list.
var errEnough = errors.New("enough was read")

package keywright

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// KeyFilter says which keys are meant: those that fit all that is set of it. The zero KeyFilter
// means every key, revoked ones too.
type KeyFilter struct {
	IDs []KeyID // these and no others, MaxPage at most

	State   KeyState // at this moment
	Kind    KeyKind
	Version string // an API version's name
	Env     secret.Env
	Member  MemberID // whom a personal key acts as, or who answers for a service's
	Creator string   // the id of who issued it, as an Actor has it

	ExpiringBefore time.Time // it has an end, and that is before this
	UnusedSince    time.Time // it was not used since, and is older

	Scope   string       // it was narrowed to this one among others
	Network netip.Prefix // it was narrowed to a network that has addresses in common with this one

	// Search is in its description or in the name of its service, in whichever case, or begins its
	// id or what it shows of its text.
	Search string

	Order KeyOrder // in which a list has them
}

// Fits reports whether a key is meant, at a moment.
func (f KeyFilter) Fits(k Key, now time.Time) bool {
	return (len(f.IDs) == 0 || slices.Contains(f.IDs, k.ID)) &&
		(f.State == "" || k.State(now) == f.State) &&
		(f.Kind == "" || k.Kind == f.Kind) &&
		(f.Version == "" || k.Version == f.Version) &&
		(f.Env == "" || k.Env == f.Env) &&
		(f.Member == "" || k.Member == f.Member) &&
		(f.Creator == "" || k.CreatedBy.ID == f.Creator) &&
		(f.ExpiringBefore.IsZero() || !k.Expires.IsZero() && k.Expires.Before(f.ExpiringBefore)) &&
		(f.UnusedSince.IsZero() || k.Created.Before(f.UnusedSince) && k.LastUsed.Before(f.UnusedSince)) &&
		(f.Scope == "" || slices.ContainsFunc(k.Scopes, func(has string) bool { return policy.Covers(has, f.Scope) })) &&
		(!f.Network.IsValid() || slices.ContainsFunc(k.Networks, f.Network.Overlaps)) &&
		(f.Search == "" || k.found(strings.ToLower(f.Search)))
}

func (k Key) found(search string) bool {
	return strings.Contains(strings.ToLower(k.Description), search) || strings.Contains(strings.ToLower(k.Service), search) ||
		strings.HasPrefix(strings.ToLower(string(k.ID)), search) || strings.HasPrefix(strings.ToLower(k.ID.Public()), search) ||
		strings.HasPrefix(strings.ToLower(k.LastFour), search)
}

// Me stands for who asks, as a filter's Member.
const Me MemberID = "me"

// Keys lists those keys of by's account that are meant, in the filter's order. The cursor begins the next
// page; zero when there is none. by needs the right policy.ManageKeys; policy.OwnKeys is enough for
// who asks for his own, as the filter's Member.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *InvalidError (limit, member).
func (s *Service) Keys(ctx context.Context, by Principal, f KeyFilter, page Page) ([]Key, Cursor, error) {
	who, err := s.admit(ctx, s.store, by, reads, ofKeys()...)
	if err != nil {
		return nil, Cursor{}, err
	}
	if f, err = s.forWhom(who, f); err != nil {
		return nil, Cursor{}, err
	}
	if page, err = pageLimit(page); err != nil {
		return nil, Cursor{}, err
	}
	now := s.now()
	keys, next, err := cut(page, func(p Page) ([]Key, error) { return s.store.Keys(ctx, by.Account, f, now, p) }, f.Order.Cursor)
	if err == nil {
		err = s.lookAfterMembers(ctx, keys)
	}
	return keys, next, err
}

// lookAfterMembers finds out whose personal keys are refused because he is out.
func (s *Service) lookAfterMembers(ctx context.Context, keys []Key) error {
	out := map[MemberID]MemberState{}
	for i, k := range keys {
		if k.Kind != PersonalKey {
			continue
		}
		if _, known := out[k.Member]; !known {
			m, err := s.store.Member(ctx, k.Account, k.Member)
			if err != nil {
				return err
			}
			if out[k.Member] = m.State; m.State == MemberActive {
				out[k.Member] = ""
			}
		}
		keys[i].MemberOut = out[k.Member]
	}
	return nil
}

// forWhom narrows a filter to the keys that who may touch.
func (s *Service) forWhom(who admitted, f KeyFilter) (KeyFilter, error) {
	if f.Member == Me {
		f.Member = who.member
		if f.Member == "" {
			return f, &InvalidError{Field: "member", Why: "is me, and who asks is no member; give a member's id"}
		}
	}
	if who.may(policy.ManageKeys) {
		return f, nil
	}
	if f.Member != who.member || f.Member == "" || f.Kind != "" && f.Kind != PersonalKey {
		return f, s.notAll(who)
	}
	f.Kind = PersonalKey
	return f, nil
}

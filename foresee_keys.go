package keywright

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/keywright/keywright/policy"
)

// foreseeIn counts the members and keys of one account.
func (s *Service) foreseeIn(ctx context.Context, a Account, effects []Effect) error {
	roles := map[MemberID]string{}
	err := every(ctx, func(p Page) ([]Member, error) { return s.store.Members(ctx, a.ID, p) }, memberCursor, func(m Member) error {
		roles[m.ID] = m.Role
		concern(effects, policy.OfRole, m.Role, m.Email+" in "+a.Slug, func(e *Effect) { e.Members++ })
		return nil
	})
	if err != nil || !slices.ContainsFunc(effects, func(e Effect) bool { return e.ofKeys() }) {
		return err
	}
	return every(ctx, func(p Page) ([]Key, error) { return s.store.Keys(ctx, a.ID, KeyFilter{}, time.Time{}, p) }, keyCursor, func(k Key) error {
		if k.Revoked.IsZero() {
			foreseeKey(effects, k, a, roles[k.Member])
		}
		return nil
	})
}

// ofKeys reports whether it takes a look at each key to count whom it concerns.
func (e Effect) ofKeys() bool {
	return e.Of == policy.OfVersion || e.Of == policy.OfScope || e.Of == policy.OfRole && e.Field == "scopes" || e.Of == policy.OfPlan && e.Field == "personal_keys"
}

// foreseeKey counts a key: by its version, by the scopes that it is narrowed to, and a personal one
// by what its member's role and its account's plan give.
func foreseeKey(effects []Effect, k Key, a Account, role string) {
	who := fmt.Sprintf("%s %q in %s", k.ID, k.Description, a.Slug)
	count := func(e *Effect) { e.Keys++ }
	concern(effects, policy.OfVersion, k.Version, who, count)
	for i := range effects {
		e := &effects[i]
		switch {
		case e.Of == policy.OfScope && slices.ContainsFunc(k.Scopes, func(grant string) bool { return policy.Covers(grant, e.Name) }),
			e.Of == policy.OfRole && e.Field == "scopes" && k.Kind == PersonalKey && e.Name == role,
			e.Of == policy.OfPlan && e.Field == "personal_keys" && k.Kind == PersonalKey && e.Name == a.Plan:
			e.concern(who, count)
		}
	}
}

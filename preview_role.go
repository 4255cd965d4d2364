package keywright

import (
	"context"
	"slices"

	"github.com/keywright/keywright/policy"
)

// RoleChange is what another role would give a member and take from him, said before he has it.
type RoleChange struct {
	Member       Member
	From, To     policy.Role
	Gains, Loses []policy.Right

	// What his personal keys may reach at most.
	GainsScopes, LosesScopes []policy.Scope

	Keys ReachChanges // his personal keys that would reach something else
}

// ReachChanges are keys whose reach would change.
type ReachChanges struct {
	List   []ReachChange
	More   bool // there may be more than these
	Unseen bool // whoever asks may not see the account's keys: none is listed
}

// ReachChange is what one key would gain and lose.
type ReachChange struct {
	Key          Key
	Gains, Loses []string // scopes
}

// PreviewRole answers what it would mean if a member of by's account had another role, without
// changing anything. It refuses what SetRole would refuse for whoever asks. by needs
// policy.ManageMembers.
//
// Errors: ErrNotFound, ErrLastOwner, ErrSuspended, *ForbiddenError, *InvalidError (role).
func (s *Service) PreviewRole(ctx context.Context, by Principal, id MemberID, role string) (RoleChange, error) {
	m, err := s.previewed(ctx, by, id)
	if err != nil {
		return RoleChange{}, err
	}
	if err := s.mayHave(ctx, s.store, by, m, role); err != nil {
		return RoleChange{}, err
	}
	c := RoleChange{Member: m}
	c.From, _ = s.Policy().Role(m.Role)
	c.To, _ = s.Policy().Role(role)
	c.Gains, c.Loses = without(c.To.Rights, c.From.Rights), without(c.From.Rights, c.To.Rights)
	scopes := policy.NewVocabulary(s.Policy().Scopes)
	had, has := scopes.Set(c.From.Scopes...), scopes.Set(c.To.Scopes...)
	c.GainsScopes, c.LosesScopes = s.scopesNamed(scopes.Names(has.Minus(had))), s.scopesNamed(scopes.Names(had.Minus(has)))
	if c.Keys.Unseen, err = s.unseen(ctx, by); err != nil || c.Keys.Unseen {
		return c, err
	}
	own, err := s.liveKeys(ctx, m.Account, KeyFilter{Member: m.ID, Kind: PersonalKey})
	c.Keys.More = own.More
	for _, key := range own.List {
		may := scopes.All()
		if len(key.Scopes) > 0 {
			may = scopes.Set(key.Scopes...)
		}
		reach := ReachChange{key, scopes.Names(may.Intersect(has.Minus(had))), scopes.Names(may.Intersect(had.Minus(has)))}
		if len(reach.Gains)+len(reach.Loses) > 0 {
			c.Keys.List = append(c.Keys.List, reach)
		}
	}
	return c, err
}

// scopesNamed are the policy's scopes by these names, with what people read of them.
func (s *Service) scopesNamed(names []string) []policy.Scope {
	all := make([]policy.Scope, len(names))
	for i, name := range names {
		all[i], _ = s.Policy().Scope(name)
	}
	return all
}

// without are those in list that are not in other.
func without[T comparable](list, other []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(one T) bool { return slices.Contains(other, one) })
}

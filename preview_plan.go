package keywright

import (
	"context"
	"fmt"

	"github.com/keywright/keywright/policy"
)

// PlanChange is what another plan would mean for an account's keys, said before it has it (F2).
type PlanChange struct {
	Account  Account
	From, To policy.Plan

	// Stop are the keys that would be refused and are not now; Wake, those that would work and are
	// refused now. None is deleted either way: those that stop work again on a plan that has them.
	Stop, Wake SomeKeys

	// Beyond is by how many the account has more keys than the plan allows: they go on, but no new
	// one can be issued before there are fewer.
	Beyond int
}

// PreviewPlan answers what it would mean for the keys of by's account if it were on another plan,
// without changing anything. by needs the right policy.ManageKeys.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *InvalidError (plan).
func (s *Service) PreviewPlan(ctx context.Context, by Principal, plan string) (PlanChange, error) {
	_, account, err := s.authorise(ctx, s.store, by, policy.ManageKeys)
	if err != nil {
		return PlanChange{}, err
	}
	c := PlanChange{Account: account, From: s.planOf(account)}
	var ok bool
	if c.To, ok = s.Policy().Plan(plan); !ok {
		return PlanChange{}, s.unknownPlan()
	}
	if c.To.KeysMax > 0 {
		c.Beyond = max(0, account.ActiveKeys-c.To.KeysMax)
	}
	kind := KeyKind("") // all of them change, or none
	if c.From.APIAccess == c.To.APIAccess {
		kind = PersonalKey
	}
	some, err := s.liveKeys(ctx, account.ID, KeyFilter{Kind: kind})
	if err != nil {
		return PlanChange{}, fmt.Errorf("preview a plan: %w", err)
	}
	c.Stop.More, c.Wake.More = some.More, some.More
	now := s.now()
	for _, key := range some.List {
		if key.State(now) != KeyActive || key.MemberOut != "" { // refused on any plan
			continue
		}
		did, will := NotEntitled(s.Policy(), account.Plan, key.Kind) == nil, NotEntitled(s.Policy(), plan, key.Kind) == nil
		switch {
		case did && !will:
			c.Stop.List = append(c.Stop.List, key)
		case will && !did:
			c.Wake.List = append(c.Wake.List, key)
		}
	}
	return c, nil
}

package keywright

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/keywright/keywright/policy"
)

// MaxNamed is how many of those whom an Effect concerns are named; all are counted.
const MaxNamed = 20

// Effect is one difference that a new policy would make, and whom it would concern.
type Effect struct {
	policy.Difference
	Accounts, Members, Keys int      // how many it concerns; keys that are revoked do not count
	Names                   []string // the first of them: slugs, e-mail addresses, handles with descriptions
}

// Orphans reports whether the difference would leave someone with a role, a plan or a version
// that there no longer is. [Service.Govern] refuses it.
func (e Effect) Orphans() bool {
	return e.What == policy.Removed && e.Accounts+e.Members+e.Keys > 0
}

// Foresee answers what a policy would change, for whom, without changing anything. Only the
// operator may. It reads every account, member and key.
//
// Errors: *ForbiddenError.
func (s *Service) Foresee(ctx context.Context, by Principal, next *policy.Policy) ([]Effect, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return nil, err
	}
	var effects []Effect
	for _, d := range policy.Compare(s.Policy(), next) {
		effects = append(effects, Effect{Difference: d})
	}
	if len(effects) == 0 {
		return nil, nil
	}
	err := every(ctx, func(p Page) ([]Account, error) { return s.store.Accounts(ctx, p) }, accountCursor, func(a Account) error {
		concern(effects, policy.OfPlan, a.Plan, a.Slug, func(e *Effect) { e.Accounts++; e.Keys += a.ActiveKeys })
		return s.foreseeIn(ctx, a, effects)
	})
	if err != nil {
		return nil, fmt.Errorf("foresee a policy: %w", err)
	}
	return effects, nil
}

// foreseeIn counts the members and keys of one account.
func (s *Service) foreseeIn(ctx context.Context, a Account, effects []Effect) error {
	err := every(ctx, func(p Page) ([]Member, error) { return s.store.Members(ctx, a.ID, p) }, memberCursor, func(m Member) error {
		concern(effects, policy.OfRole, m.Role, m.Email+" in "+a.Slug, func(e *Effect) { e.Members++ })
		return nil
	})
	if err != nil || !slices.ContainsFunc(effects, func(e Effect) bool { return e.Of == policy.OfVersion }) {
		return err
	}
	return every(ctx, func(p Page) ([]Key, error) { return s.store.Keys(ctx, a.ID, p) }, keyCursor, func(k Key) error {
		if k.Revoked.IsZero() {
			concern(effects, policy.OfVersion, k.Version, fmt.Sprintf("%s %q in %s", k.ID, k.Description, a.Slug), func(e *Effect) { e.Keys++ })
		}
		return nil
	})
}

// concern counts one of those who refer to a subject by its name.
func concern(effects []Effect, of policy.Subject, name, who string, count func(*Effect)) {
	for i := range effects {
		if e := &effects[i]; e.Of == of && e.Name == name {
			count(e)
			if len(e.Names) < MaxNamed {
				e.Names = append(e.Names, who)
			}
		}
	}
}

// Govern puts a policy in force, whole, for everything that begins after it returns. It refuses
// one that would leave someone with a role, a plan or a version that there no longer is. Only
// the operator may.
//
// Errors: *ForbiddenError, *ConflictError (policy).
func (s *Service) Govern(ctx context.Context, by Principal, next *policy.Policy) ([]Effect, error) {
	effects, err := s.Foresee(ctx, by, next)
	if err != nil {
		return nil, err
	}
	var orphans []string
	for _, e := range effects {
		if e.Orphans() {
			orphans = append(orphans, fmt.Sprintf("removes %s %s, which is in use by %s", e.Of, e.Name, strings.Join(e.Names, ", ")))
		}
	}
	if len(orphans) > 0 {
		return nil, &ConflictError{Field: "policy", Why: strings.Join(orphans, "; ")}
	}
	// Before the commit, because followers hear of the change with it and ask for the policy.
	before := s.policy.Swap(next)
	if err := s.store.Write(ctx, func(tx Tx) error { return tx.PolicyChanged(ctx) }); err != nil {
		s.policy.Store(before)
		return nil, fmt.Errorf("put a policy in force: %w", err)
	}
	return effects, nil
}

// every walks a list to its end, page by page.
func every[T any](ctx context.Context, read func(Page) ([]T, error), cursor func(T) Cursor, visit func(T) error) error {
	for page := (Page{Limit: MaxPage}); ctx.Err() == nil; {
		list, err := read(page)
		if err != nil {
			return err
		}
		for _, one := range list {
			if err := visit(one); err != nil {
				return err
			}
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = cursor(list[len(list)-1])
	}
	return ctx.Err()
}

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
	return e.What == policy.Removed && slices.Contains([]policy.Subject{policy.OfPlan, policy.OfRole, policy.OfVersion}, e.Of) && e.Accounts+e.Members+e.Keys > 0
}

// users is how many refer to a plan, a role or a version by its name.
func (e Effect) users() int {
	if e.Of == policy.OfPlan {
		return e.Accounts
	}
	return e.Members + e.Keys
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
	return effects, s.count(ctx, effects)
}

// count finds out whom the effects concern. It reads every account, member and key.
func (s *Service) count(ctx context.Context, effects []Effect) error {
	err := every(ctx, func(p Page) ([]Account, error) { return s.store.Accounts(ctx, p) }, accountCursor, func(a Account) error {
		concern(effects, policy.OfPlan, a.Plan, a.Slug, func(e *Effect) {
			e.Accounts++
			if !e.ofKeys() { // else each is counted that it concerns
				e.Keys += a.ActiveKeys
			}
		})
		return s.foreseeIn(ctx, a, effects)
	})
	if err != nil {
		return fmt.Errorf("foresee a policy: %w", err)
	}
	return nil
}

// Named is what some row names of the policy: a plan, a role or a version.
type Named struct {
	Of   policy.Subject
	Name string
}

// orphaned are the names in use that a policy lacks, as its effects, not counted yet. It looks
// at what is in use and not at another policy: the one before may not have had them either.
func orphaned(ctx context.Context, r Reader, next *policy.Policy) ([]Effect, error) {
	names, err := r.NamesInUse(ctx)
	var all []Effect
	for _, n := range names {
		there := false
		switch n.Of {
		case policy.OfPlan:
			_, there = next.Plan(n.Name)
		case policy.OfRole:
			_, there = next.Role(n.Name)
		case policy.OfVersion:
			_, there = next.Version(n.Name)
		}
		if !there {
			all = append(all, Effect{Difference: policy.Difference{Of: n.Of, Name: n.Name, What: policy.Removed}})
		}
	}
	return all, err
}

// refuse says who would be left with what a policy lacks.
func (s *Service) refuse(ctx context.Context, orphans []Effect) error {
	if err := s.count(ctx, orphans); err != nil {
		return err
	}
	var lines []string
	for _, e := range orphans {
		who := strings.Join(e.Names, ", ")
		if more := e.users() - len(e.Names); more > 0 {
			who += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, fmt.Sprintf("it has no %s %s, which is in use by %s", e.Of, e.Name, who))
	}
	return &ConflictError{Field: "policy", Why: strings.Join(lines, "; ")}
}

// concern counts one of those who refer to a subject by its name.
func concern(effects []Effect, of policy.Subject, name, who string, count func(*Effect)) {
	for i := range effects {
		if e := &effects[i]; e.Of == of && e.Name == name {
			e.concern(who, count)
		}
	}
}

func (e *Effect) concern(who string, count func(*Effect)) {
	count(e)
	if len(e.Names) < MaxNamed {
		e.Names = append(e.Names, who)
	}
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

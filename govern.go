package keywright

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// governing is a policy and since which revision it is in force; 0 before the first was written
// down.
type governing struct {
	policy *policy.Policy
	since  uint64
}

// errMoved says that another policy is in force than the one that was looked at.
var errMoved = errors.New("another policy was put in force meanwhile")

// InForce is the text of the policy in force, and since when it is. Since is 0 when the store
// knows nothing of it.
func (s *Service) InForce() policy.InForce {
	g := s.policy.Load()
	return policy.InForce{Since: g.since, Text: g.policy.Text()}
}

// Govern puts a policy in force, whole, for everything that begins after it returns, and on other
// nodes from the revision of the Commit on. It refuses one that would leave someone with a role, a
// plan or a version that there no longer is. Only the operator may.
//
// Errors: *ForbiddenError, *ConflictError (policy).
func (s *Service) Govern(ctx context.Context, by Principal, next *policy.Policy) ([]Effect, Commit, error) {
	effects, err := s.Foresee(ctx, by, next)
	if err != nil {
		return nil, Commit{}, err
	}
	commit, err := s.replace(ctx, by, next, len(effects), func(now policy.InForce) bool { return len(effects) > 0 || now.Text != next.Text() })
	if errors.Is(err, errMoved) { // there is nothing that would move it
		return effects, commit, nil
	}
	return effects, commit, err
}

// replace puts a policy in force, if the one that is in force is to be replaced. Otherwise it
// answers errMoved, with the Commit of what is there.
func (s *Service) replace(ctx context.Context, by Principal, next *policy.Policy, differences int, is func(policy.InForce) bool) (commit Commit, err error) {
	now := s.now()
	var before, put *governing
	var orphans []Effect
	err = s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, _ Account) error {
		commit, orphans = commitOf(tx, "", Subject{}, false), nil
		inForce, err := tx.PolicyInForce(ctx)
		if err != nil {
			return err
		}
		if !is(inForce) {
			return errMoved
		}
		if orphans, err = orphaned(ctx, tx, next); err != nil {
			return err
		}
		if len(orphans) > 0 {
			return ErrConflict
		}
		if err := tx.ReplacePolicy(ctx, next.Text()); err != nil {
			return err
		}
		subject := Subject{Kind: "policy", ID: "policy", Name: next.Product.Name}
		commit = commitOf(tx, "", subject, true)
		if err := s.record(ctx, tx, now, "", actor, PolicyReplaced, subject, map[string]string{"differences": strconv.Itoa(differences)}); err != nil {
			return err
		}
		// Before the commit, because followers hear of the change with it and ask for the policy.
		if found := s.policy.Load(); found != put { // else it is that of a first run
			before = found
		}
		put = &governing{next, tx.Revision()}
		s.policy.Store(put)
		return nil
	})
	if err != nil {
		s.policy.CompareAndSwap(put, before)
	}
	switch {
	case len(orphans) > 0:
		return Commit{}, s.refuse(ctx, orphans)
	case err != nil && !errors.Is(err, errMoved):
		return Commit{}, fmt.Errorf("put a policy in force: %w", err)
	}
	commit.At = s.now()
	return commit, err
}

// Adopt puts in force the policy that the store says is, unless a later one already is here, and
// answers what a keyset of that revision must know of it. The zero InForce changes nothing.
//
// Errors: a text that this version can't read.
func (s *Service) Adopt(in policy.InForce) (keyset.Rules, error) {
	for {
		now := s.policy.Load()
		if in.Since == 0 || in.Since == now.since {
			return Rules(now.policy), nil
		}
		read, err := policy.Parse([]byte(in.Text))
		if err != nil {
			return keyset.Rules{}, fmt.Errorf("the policy in force since revision %d can't be read; is it for a newer version of keywright than this? %w", in.Since, err)
		}
		if in.Since < now.since || s.policy.CompareAndSwap(now, &governing{read, in.Since}) {
			return Rules(read), nil
		}
	}
}

package keywright

import (
	"context"
	"errors"
	"fmt"

	"github.com/keywright/keywright/policy"
)

// operatorOnly stands for a right that only the operator has, whichever account he means, or
// none.
const operatorOnly policy.Right = ""

// authorise finds out whether by may use right in his account at this moment, and by what
// name history will know him. write calls it in its own transaction, so that a right taken
// away before the commit is gone.
//
// Errors: ErrNotFound (no such account), ErrSuspended, *ForbiddenError, *NotEntitledError (a
// key whose account's plan lacks API access).
func (s *Service) authorise(ctx context.Context, r Reader, by Principal, right policy.Right) (Actor, Account, error) {
	if right == operatorOnly {
		if actor, err := s.operates(ctx, r, by); err != nil || by.Account == "" {
			return actor, Account{}, err
		}
	}
	account, err := r.Account(ctx, by.Account)
	if err != nil {
		return Actor{}, Account{}, fmt.Errorf("account of the %s: %w", by.Kind, err)
	}
	if by.Kind == PrincipalOperator {
		actor, err := s.operates(ctx, r, by)
		return actor, account, err
	}
	if account.State != AccountActive {
		return Actor{}, Account{}, ErrSuspended
	}
	refused := &ForbiddenError{Right: right, Who: s.Policy().RolesWith(right)}
	switch by.Kind {
	case PrincipalMember:
		m, err := r.Member(ctx, by.Account, by.Member)
		if errors.Is(err, ErrNotFound) || err == nil && m.State != MemberActive {
			return Actor{}, Account{}, refused
		}
		if err != nil {
			return Actor{}, Account{}, err
		}
		refused.Role, _ = s.Policy().Role(m.Role)
		if !refused.Role.May(right) {
			return Actor{}, Account{}, refused
		}
		actor := Actor{Kind: PrincipalMember, ID: string(m.ID), Name: m.Name}
		if by.ForOperator {
			operator, err := s.operates(ctx, r, Principal{Kind: PrincipalOperator, Token: by.Token})
			if err != nil {
				return Actor{}, Account{}, err
			}
			actor.Name = operator.Name + " for " + m.Name
		}
		return actor, account, nil
	case PrincipalKey:
		k, err := r.Key(ctx, by.Account, by.Key)
		if errors.Is(err, ErrNotFound) || err == nil && k.State(s.now()) != KeyActive {
			return Actor{}, Account{}, refused
		}
		if err != nil {
			return Actor{}, Account{}, err
		}
		return Actor{Kind: PrincipalKey, ID: string(k.ID), Name: k.Description}, account, s.entitled(account)
	}
	return Actor{}, Account{}, refused
}

// entitled answers whether the account's plan has API access (F2). A plan that the policy
// no longer knows has none.
func (s *Service) entitled(account Account) error {
	plan, ok := s.Policy().Plan(account.Plan)
	if !ok {
		plan = policy.Plan{Name: account.Plan, Label: account.Plan}
	}
	if !plan.APIAccess {
		return &NotEntitledError{Plan: plan, Need: s.Policy().PlansWithAPIAccess()}
	}
	return nil
}

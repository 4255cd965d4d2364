package keywright

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// CreateAccount makes an account with its first owner. Only the operator may. An owner
// without a password is invited: the token opens his one-time link.
//
// Errors: *ForbiddenError, *InvalidError (slug, name, plan, email, owner_name, password;
// several joined), *ConflictError (slug; email, when the address already signs in with
// another password).
func (s *Service) CreateAccount(ctx context.Context, by Principal, n NewAccount) (Account, Member, Token, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil { // before the time that hashing takes
		return Account{}, Member{}, Token{}, err
	}
	return s.createAccount(ctx, by, n, func(Tx, time.Time) error { return nil })
}

// createAccount is CreateAccount with something to do first, in the same transaction and
// before anything is written.
func (s *Service) createAccount(ctx context.Context, by Principal, n NewAccount, first func(Tx, time.Time) error) (Account, Member, Token, error) {
	now := s.now()
	account, wrong := s.newAccount(n, now)
	owner, ownerWrong := s.newOwner(n.Owner, now)
	wrong = errors.Join(wrong, ownerWrong)
	var password chosen
	if wrong == nil {
		password, wrong = s.choose(ctx, owner.Email, n.Owner.Password)
	}
	id, err := s.newID("acct_", now)
	if err != nil {
		return Account{}, Member{}, Token{}, err
	}
	account.ID = AccountID(id)
	owner.Account = account.ID
	var token Token
	err = s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, _ Account) error {
		if wrong != nil {
			return wrong
		}
		if err := first(tx, now); err != nil {
			return err
		}
		if err := tx.InsertAccount(ctx, account); err != nil {
			return err
		}
		if err := s.record(ctx, tx, now, account.ID, actor, AccountCreated, account.subject(), map[string]string{"plan": account.Plan}); err != nil {
			return err
		}
		token, err = s.join(ctx, tx, actor, &owner, password, now)
		return err
	}, &account, &owner, &token)
	if err != nil {
		return Account{}, Member{}, Token{}, fmt.Errorf("create an account: %w", err)
	}
	return account, owner, token, nil
}

func (s *Service) newAccount(n NewAccount, now time.Time) (Account, error) {
	var wrong []error
	slug := strings.TrimSpace(n.Slug)
	if !slugForm.MatchString(slug) {
		wrong = append(wrong, &InvalidError{Field: "slug", Why: "must be 2 to 39 lower-case letters, digits and hyphens, and begin with a letter"})
	}
	name, err := line("name", n.Name, MaxName)
	if err != nil {
		wrong = append(wrong, err)
	}
	if _, ok := s.Policy().Plan(n.Plan); !ok {
		wrong = append(wrong, s.unknownPlan())
	}
	return Account{Slug: slug, Name: name, Plan: n.Plan, State: AccountActive, Created: now}, errors.Join(wrong...)
}

// newOwner checks an account's first member; his fields are named apart from the account's.
func (s *Service) newOwner(n NewMember, now time.Time) (Member, error) {
	n.Role = s.ownerRole().Name
	if strings.TrimSpace(n.Name) == "" {
		n.Name, _, _ = strings.Cut(n.Email, "@")
	}
	return s.newMember(n, now)
}

// SetPlan moves an account to another plan, at once: without API access its keys stop
// verifying, with it they work again. Only the operator may.
//
// Errors: ErrNotFound, *ForbiddenError, *InvalidError (plan).
func (s *Service) SetPlan(ctx context.Context, by Principal, plan string) (Account, Commit, error) {
	now := s.now()
	var account Account
	var commit Commit
	err := s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, in Account) error {
		if _, ok := s.Policy().Plan(plan); !ok {
			return s.unknownPlan()
		}
		if in.ID == "" {
			return ErrNotFound
		}
		account = in
		subject := account.subject()
		commit = commitOf(tx, account.ID, subject, account.Plan != plan)
		if account.Plan == plan {
			return nil
		}
		from := account.Plan
		if err := tx.SetPlan(ctx, account.ID, plan); err != nil {
			return err
		}
		account.Plan = plan
		return s.record(ctx, tx, now, account.ID, actor, PlanChanged, subject, map[string]string{"from": from, "to": plan})
	}, &account, &commit)
	if err != nil {
		return Account{}, Commit{}, fmt.Errorf("set the plan: %w", err)
	}
	commit.At = s.now()
	return account, commit, nil
}

func (s *Service) unknownPlan() error {
	return &InvalidError{Field: "plan", Why: "is not one of " + names(s.Policy().Plans, func(p policy.Plan) string { return p.Name })}
}

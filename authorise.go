package keywright

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keywright/keywright/policy"
)

// operatorOnly stands for a right that only the operator has, whichever account he means, or
// none.
const operatorOnly policy.Right = ""

// anyMember stands for what every member may, whatever his role, and nobody else.
const anyMember policy.Right = "member"

// admitted is someone who may do what he asks for, at the moment of the transaction.
type admitted struct {
	actor   Actor // by which name history will know him
	account Account

	rights []policy.Right
	role   policy.Role // a member's
	member MemberID    // himself, or the one as whom his key acts; empty: no one

	// grants are the scopes that he may hand out, as a role's: nobody makes a key that may do more
	// than himself.
	grants []string
}

func (a admitted) may(right policy.Right) bool {
	return slices.Contains(a.rights, right) || right == anyMember && a.actor.Kind == PrincipalMember
}

// authorise is admit for those who only read, and who need one right.
func (s *Service) authorise(ctx context.Context, r Reader, by Principal, right policy.Right) (Actor, Account, error) {
	who, err := s.admit(ctx, r, by, reads, right)
	return who.actor, who.account, err
}

// intent is what someone is about to do: a read-only key may only read.
type intent bool

const (
	reads  intent = false
	writes intent = true
)

// admit finds out whether by may use one of the rights in his account at this moment. write calls
// it in its own transaction, so that a right taken away before the commit is gone. A refusal is
// about the first of the rights.
//
// Errors: ErrNotFound (no such account), ErrSuspended, ErrMembersOnly, *ForbiddenError,
// *NotEntitledError (a key whose account's plan lacks API access).
func (s *Service) admit(ctx context.Context, r Reader, by Principal, to intent, rights ...policy.Right) (admitted, error) {
	if rights[0] == operatorOnly {
		if actor, err := s.operates(ctx, r, by); err != nil || by.Account == "" {
			return admitted{actor: actor}, err
		}
	}
	if rights[0] == anyMember && by.Kind != PrincipalMember {
		return admitted{}, ErrMembersOnly
	}
	account, err := r.Account(ctx, by.Account)
	if err != nil {
		return admitted{}, fmt.Errorf("account of the %s: %w", by.Kind, err)
	}
	who := admitted{account: account}
	if by.Kind == PrincipalOperator {
		who.rights, who.grants = policy.Rights(), []string{"*"}
		who.actor, err = s.operates(ctx, r, by)
		return who, err
	}
	if account.State != AccountActive {
		return admitted{}, ErrSuspended
	}
	refused := &ForbiddenError{Right: rights[0], Who: s.Policy().RolesWith(rights[0])}
	switch by.Kind {
	case PrincipalMember:
		err = s.asMember(ctx, r, by, &who)
	case PrincipalKey:
		err = s.asKey(ctx, r, by, to, &who)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return admitted{}, err
	}
	if refused.Role = who.role; err != nil || !slices.ContainsFunc(rights, who.may) {
		return admitted{}, refused
	}
	return who, nil
}

// asMember is what a member may do. ErrNotFound: nothing at all.
func (s *Service) asMember(ctx context.Context, r Reader, by Principal, who *admitted) error {
	m, err := r.Member(ctx, by.Account, by.Member)
	if err != nil {
		return err
	}
	if !by.in(m) {
		return ErrNotFound
	}
	who.role, _ = s.Policy().Role(m.Role)
	who.rights, who.grants, who.member = who.role.Rights, who.role.Scopes, m.ID
	who.actor = Actor{Kind: PrincipalMember, ID: string(m.ID), Name: m.Name}
	if by.ForOperator {
		operator, err := s.operates(ctx, r, Principal{Kind: PrincipalOperator, Token: by.Token})
		if err != nil {
			return err
		}
		who.actor.Name = operator.Name + " for " + m.Name
	}
	return nil
}

// asKey is what a key may do with the account itself, beside what it may do with the product: an
// account key everything unless it was narrowed (F16), a read-only one may see it, a personal one
// what its member may (F18), and no other one anything. ErrNotFound: nothing at all.
func (s *Service) asKey(ctx context.Context, r Reader, by Principal, to intent, who *admitted) error {
	k, err := r.Key(ctx, by.Account, by.Key)
	if err != nil {
		return err
	}
	if k.State(s.now()) != KeyActive {
		return ErrNotFound
	}
	who.actor = Actor{Kind: PrincipalKey, ID: string(k.ID), Name: k.Description}
	if err := s.entitled(who.account, k.Kind); err != nil {
		return err
	}
	if k.Narrowed() || k.Kind == ServiceKey || k.Kind == ReadOnlyKey && to == writes {
		return nil
	}
	who.rights, who.grants = policy.Rights(), []string{"*"}
	if k.Kind != PersonalKey {
		return nil
	}
	m, err := r.Member(ctx, by.Account, k.Member)
	if err != nil {
		return err
	}
	if m.State != MemberActive {
		return ErrNotFound
	}
	role, _ := s.Policy().Role(m.Role)
	who.rights, who.grants, who.member = role.Rights, role.Scopes, m.ID
	return nil
}

// rightsOf are those of a key, for itself to know.
func (s *Service) rightsOf(ctx context.Context, self Self) []policy.Right {
	var who admitted
	who.account = self.Account
	if err := s.asKey(ctx, s.store, self.By, reads, &who); err != nil {
		return nil
	}
	return who.rights
}

// entitled answers whether the account's plan has API access (F2), and keys of that kind.
func (s *Service) entitled(account Account, kind KeyKind) error {
	return NotEntitled(s.Policy(), account.Plan, kind)
}

// planOf is the account's plan. One that the policy no longer knows has no entitlement.
func (s *Service) planOf(account Account) policy.Plan { return planNamed(s.Policy(), account.Plan) }

func planNamed(p *policy.Policy, name string) policy.Plan {
	plan, ok := p.Plan(name)
	if !ok {
		plan = policy.Plan{Name: name, Label: name}
	}
	return plan
}

// NotEntitled says what a plan lacks for keys of a kind, and which plans have it; nil: nothing.
//
// Errors: *NotEntitledError.
func NotEntitled(p *policy.Policy, name string, kind KeyKind) error {
	plan := planNamed(p, name)
	switch {
	case !plan.APIAccess:
		return &NotEntitledError{Plan: plan, Need: p.PlansWithAPIAccess()}
	case kind == PersonalKey && !plan.PersonalKeys:
		return &NotEntitledError{Plan: plan, Need: p.PlansWithPersonalKeys(), Personal: true}
	}
	return nil
}

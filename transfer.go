package keywright

import (
	"context"
	"fmt"

	"github.com/keywright/keywright/policy"
)

// Transfer is one owner's place taken by another member.
type Transfer struct {
	Owner  Member // who is owner now
	Before Member // who was, with the role that he has now
}

// TransferOwnership makes a member of by's account an owner, and an owner what comes next below
// that in the policy, at once and together: there is never a moment without an owner. from is the
// owner who gives his place up; empty: by himself, or else the only one. by needs the right
// policy.ManageMembers and, if he is a member, the owner's role.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *InvalidError (role, from), *ConflictError
// (member, when he is an owner already or not active; role, when the policy has none below).
func (s *Service) TransferOwnership(ctx context.Context, by Principal, to, from MemberID) (Transfer, Commit, error) {
	now := s.now()
	var t Transfer
	var commit Commit
	err := s.write(ctx, by, policy.ManageMembers, now, func(tx Tx, actor Actor, account Account) (err error) {
		t, err = s.transfer(ctx, tx, by, account.ID, to, from)
		if err != nil {
			return err
		}
		for _, m := range []Member{t.Owner, t.Before} {
			if err := tx.SetRole(ctx, m.Account, m.ID, m.Role); err != nil {
				return err
			}
		}
		commit = commitOf(tx, account.ID, t.Before.subject(), true)
		return s.record(ctx, tx, now, account.ID, actor, OwnerTransferred, t.Owner.subject(),
			map[string]string{"from": t.Before.Name, "role": t.Before.Role})
	}, &t, &commit)
	if err != nil {
		return Transfer{}, Commit{}, fmt.Errorf("transfer the ownership to %s: %w", clip(string(to)), err)
	}
	commit.At = s.now()
	return t, commit, nil
}

// transfer checks who is to take whose place, and answers both as they will be.
func (s *Service) transfer(ctx context.Context, tx Tx, by Principal, account AccountID, to, from MemberID) (t Transfer, err error) {
	role := s.ownerRole()
	if t.Owner, err = tx.Member(ctx, account, to); err != nil {
		return Transfer{}, err
	}
	if err := s.notAbove(ctx, tx, by, role.Name); err != nil {
		return Transfer{}, err
	}
	switch {
	case t.Owner.State == MemberRemoved:
		return Transfer{}, ErrNotFound
	case t.Owner.State != MemberActive:
		return Transfer{}, &ConflictError{Field: "member", Why: "is " + string(t.Owner.State) + "; only an active member can become owner"}
	case t.Owner.Role == role.Name:
		return Transfer{}, &ConflictError{Field: "member", Why: "is an owner already"}
	}
	below, ok := s.belowOwner()
	if !ok {
		return Transfer{}, &ConflictError{Field: "role", Why: "can't be given up: the policy has no other than the owner's"}
	}
	if t.Before, err = s.givesUp(ctx, tx, by, account, from); err != nil {
		return Transfer{}, err
	}
	t.Owner.Role, t.Before.Role = role.Name, below.Name
	return t, nil
}

// givesUp is the owner who gives his place up.
func (s *Service) givesUp(ctx context.Context, r Reader, by Principal, account AccountID, from MemberID) (Member, error) {
	if from == "" && by.Kind == PrincipalMember {
		from = by.Member
	}
	owners, err := r.ActiveMembersIn(ctx, account, s.ownerRole().Name)
	if err != nil {
		return Member{}, err
	}
	for _, owner := range owners {
		if owner.ID == from || from == "" && len(owners) == 1 {
			return owner, nil
		}
	}
	if from == "" && len(owners) > 1 {
		return Member{}, &InvalidError{Field: "from", Why: "is required: the account has several owners; name the one who gives it up"}
	}
	return Member{}, &InvalidError{Field: "from", Why: "is not an active owner of the account"}
}

func (s *Service) ownerRole() policy.Role {
	for _, role := range s.Policy().Roles {
		if role.Owner {
			return role
		}
	}
	return policy.Role{} // of a policy that was not read from a file
}

// belowOwner is the most powerful role that does not own.
func (s *Service) belowOwner() (policy.Role, bool) {
	for _, role := range s.Policy().Roles {
		if !role.Owner {
			return role, true
		}
	}
	return policy.Role{}, false
}

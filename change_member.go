package keywright

import (
	"context"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
)

// SetRole gives a member of by's account another role, at once. Neither the old nor the new
// role may be above by's own. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound, ErrLastOwner, ErrSuspended, *ForbiddenError, *InvalidError (role).
func (s *Service) SetRole(ctx context.Context, by Principal, id MemberID, role string) (Member, Commit, error) {
	return s.changeMember(ctx, by, id, func(tx Tx, actor Actor, m *Member, now time.Time) error {
		if err := s.mayHave(ctx, tx, by, *m, role); err != nil || m.Role == role {
			return err
		}
		from := m.Role
		if err := tx.SetRole(ctx, m.Account, m.ID, role); err != nil {
			return err
		}
		m.Role = role
		return s.record(ctx, tx, now, m.Account, actor, RoleChanged, m.subject(), map[string]string{"from": from, "to": role})
	})
}

// mayHave refuses to let by give a member a role.
func (s *Service) mayHave(ctx context.Context, r Reader, by Principal, m Member, role string) error {
	wanted, ok := s.Policy().Role(role)
	if !ok {
		return s.unknownRole()
	}
	for _, one := range []string{m.Role, role} {
		if err := s.notAbove(ctx, r, by, one); err != nil {
			return err
		}
	}
	if wanted.Owner {
		return nil
	}
	return s.notLastOwner(ctx, r, m)
}

// RenewInvitation makes a new one-time link for a member who was invited and ends the
// older ones. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *ConflictError (member, when he has
// already joined).
func (s *Service) RenewInvitation(ctx context.Context, by Principal, id MemberID) (Member, Token, error) {
	var token Token
	m, _, err := s.changeMember(ctx, by, id, func(tx Tx, actor Actor, m *Member, now time.Time) (err error) {
		if m.State != MemberInvited {
			return &ConflictError{Field: "member", Why: "has already joined"}
		}
		if err := tx.EndLinks(ctx, LinkInvitation, m.ID, now); err != nil {
			return err
		}
		token, err = s.newLink(ctx, tx, Link{Purpose: LinkInvitation, Account: m.Account, Member: m.ID, Expires: now.Add(InvitationLife)})
		if err != nil {
			return err
		}
		return s.record(ctx, tx, now, m.Account, actor, LinkRenewed, m.subject(), nil)
	}, &token)
	return m, token, err
}

// changeMember runs change on a member that by may touch, in one transaction. It answers the
// member, and what else is answered is given as to write.
func (s *Service) changeMember(ctx context.Context, by Principal, id MemberID, change func(Tx, Actor, *Member, time.Time) error, more ...any) (Member, Commit, error) {
	now := s.now()
	var member Member
	var commit Commit
	err := s.write(ctx, by, policy.ManageMembers, now, func(tx Tx, actor Actor, account Account) (err error) {
		if member, err = tx.Member(ctx, account.ID, id); err != nil {
			return err
		}
		if member.State == MemberRemoved {
			return ErrNotFound
		}
		if err := s.notAbove(ctx, tx, by, member.Role); err != nil {
			return err
		}
		before := member
		if err := change(tx, actor, &member, now); err != nil {
			return err
		}
		commit = commitOf(tx, account.ID, member.subject(), member != before)
		return nil
	}, append(more, &member, &commit)...)
	if err != nil {
		return Member{}, Commit{}, fmt.Errorf("change member %s: %w", clip(string(id)), err)
	}
	commit.At = s.now()
	return member, commit, nil
}

// notLastOwner keeps at least one active owner in every account.
func (s *Service) notLastOwner(ctx context.Context, r Reader, m Member) error {
	role, _ := s.Policy().Role(m.Role)
	if !role.Owner || m.State != MemberActive {
		return nil
	}
	owners, err := r.ActiveMembersIn(ctx, m.Account, m.Role)
	if err != nil {
		return err
	}
	if len(owners) <= 1 {
		return ErrLastOwner
	}
	return nil
}

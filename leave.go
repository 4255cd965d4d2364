package keywright

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// DeactivateMember shuts a member of by's account out, at once, until ActivateMember lets him in
// again: his sessions end, he can't sign in, and his personal keys stop. The account's keys stay,
// also those that he made; responsible answers for the service keys that he answered for, from now
// on. Empty: whoever sends him away does, or else the owner who was there first. A second time
// changes nothing. His role must not be above by's own. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound, ErrLastOwner, ErrSuspended, *ForbiddenError, *InvalidError (role,
// responsible), *ConflictError (member, when he has not joined).
func (s *Service) DeactivateMember(ctx context.Context, by Principal, id, responsible MemberID) (Member, Commit, error) {
	return s.changeMember(ctx, by, id, func(tx Tx, actor Actor, m *Member, now time.Time) error {
		switch m.State {
		case MemberDeactivated:
			return nil
		case MemberInvited:
			return &ConflictError{Field: "member", Why: "has not joined yet; to withdraw the invitation, remove them"}
		}
		return s.leave(ctx, tx, by, actor, m, MemberDeactivated, responsible, now)
	})
}

// RemoveMember takes a member out of by's account for good, at once: what DeactivateMember ends
// has ended, his invitation too, and he can't be activated again; his address can be added anew, as
// another member. His role must not be above by's own. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound, ErrLastOwner, ErrSuspended, *ForbiddenError, *InvalidError (role,
// responsible).
func (s *Service) RemoveMember(ctx context.Context, by Principal, id, responsible MemberID) (Member, Commit, error) {
	return s.changeMember(ctx, by, id, func(tx Tx, actor Actor, m *Member, now time.Time) error {
		return s.leave(ctx, tx, by, actor, m, MemberRemoved, responsible, now)
	})
}

// leave deactivates or removes a member, and hands on what he is responsible for.
func (s *Service) leave(ctx context.Context, tx Tx, by Principal, actor Actor, m *Member, to MemberState, responsible MemberID, now time.Time) error {
	if err := s.notLastOwner(ctx, tx, *m); err != nil {
		return err
	}
	details, err := s.handOver(ctx, tx, by, *m, responsible)
	if err != nil {
		return err
	}
	if err := s.shutOut(ctx, tx, m, to, now); err != nil {
		return err
	}
	return s.record(ctx, tx, now, m.Account, actor, leftBy(to), m.subject(), details)
}

// shutOut ends whatever a member has that lets him in.
func (s *Service) shutOut(ctx context.Context, tx Tx, m *Member, to MemberState, now time.Time) error {
	var err error
	if to == MemberDeactivated {
		m.Deactivated = now
		err = tx.DeactivateMember(ctx, m.Account, m.ID, now)
	} else {
		err = tx.SetMemberState(ctx, m.Account, m.ID, to)
	}
	if err != nil {
		return err
	}
	m.State = to
	if err := tx.EndLinks(ctx, LinkInvitation, m.ID, now); err != nil {
		return err
	}
	return tx.DeleteUnusedPassword(ctx, m.Email)
}

func leftBy(to MemberState) Action {
	if to == MemberDeactivated {
		return MemberDeactivatedBy
	}
	return MemberRemovedBy
}

// handOver makes another member responsible for the service keys of one who leaves. It answers
// what the event says of that.
func (s *Service) handOver(ctx context.Context, tx Tx, by Principal, m Member, responsible MemberID) (map[string]string, error) {
	to, err := s.successor(ctx, tx, by, m, responsible)
	if err != nil || to.ID == "" { // nobody: they stay with him, whom nobody hears of any more
		return nil, err
	}
	keys, err := tx.HandOver(ctx, m.Account, m.ID, to.ID)
	if err != nil || keys == 0 {
		return nil, err
	}
	return map[string]string{"responsible": to.Name, "service_keys": strconv.Itoa(keys)}, nil
}

// successor is who answers for the service keys of a member who leaves: whoever is named, else the
// one who sends him away, else the longest-serving other owner. Zero: there is nobody.
//
// Errors: *InvalidError (responsible).
func (s *Service) successor(ctx context.Context, r Reader, by Principal, m Member, named MemberID) (Member, error) {
	if named != "" {
		to, err := r.Member(ctx, m.Account, named)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Member{}, err
		}
		if err != nil || to.State != MemberActive || to.ID == m.ID {
			return Member{}, &InvalidError{Field: "responsible", Why: "must be an active member of the account, and another one than who leaves"}
		}
		return to, nil
	}
	if by.Kind == PrincipalMember && by.Member != m.ID {
		return r.Member(ctx, m.Account, by.Member)
	}
	return s.firstOwner(ctx, r, m.Account, m.ID)
}

// firstOwner is the active owner of an account who was there first, other than one; zero: there is
// none.
func (s *Service) firstOwner(ctx context.Context, r Reader, account AccountID, but MemberID) (Member, error) {
	var first Member
	owners, err := r.ActiveMembersIn(ctx, account, s.ownerRole().Name)
	for _, owner := range owners {
		if owner.ID != but && (first.ID == "" || owner.Created.Before(first.Created)) {
			first = owner
		}
	}
	return first, err
}

// ActivateMember lets a deactivated member in again: he signs in as before, and his personal keys
// work again. The service keys that were handed on stay where they are. Should his address have
// no password, as when the database is an older copy, he is invited instead. A second time
// changes nothing. His role must not be above by's own. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *InvalidError (role), *ConflictError
// (member, when he has not joined).
func (s *Service) ActivateMember(ctx context.Context, by Principal, id MemberID) (Member, Commit, error) {
	return s.changeMember(ctx, by, id, func(tx Tx, actor Actor, m *Member, now time.Time) error {
		switch m.State {
		case MemberActive:
			return nil
		case MemberInvited:
			return &ConflictError{Field: "member", Why: "has not joined yet; make a new invitation link instead"}
		}
		hash, err := tx.PasswordHash(ctx, m.Email)
		if err != nil {
			return err
		}
		if m.State = MemberActive; hash == "" {
			m.State = MemberInvited
		}
		if err := tx.SetMemberState(ctx, m.Account, m.ID, m.State); err != nil {
			return err
		}
		return s.record(ctx, tx, now, m.Account, actor, MemberActivatedBy, m.subject(), nil)
	})
}

package keywright

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// AddMember adds a person to by's account. With a password he can sign in at once; without
// one he is invited, and the token opens his one-time link (7 days). The role must not be
// above by's own. by needs the right policy.ManageMembers.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *InvalidError (email, name,
// role, password; several joined), *ConflictError (email).
func (s *Service) AddMember(ctx context.Context, by Principal, n NewMember) (Member, Token, error) {
	now := s.now()
	if strings.TrimSpace(n.Name) == "" {
		n.Name, _, _ = strings.Cut(n.Email, "@")
	}
	member, wrong := s.newMember(n, now)
	member.Account = by.Account
	// Who may not add members must not be able to spend our time on hashing.
	if _, _, err := s.authorise(ctx, s.store, by, policy.ManageMembers); err != nil {
		return Member{}, Token{}, fmt.Errorf("add a member: %w", err)
	}
	var password chosen
	if wrong == nil {
		password, wrong = s.choose(ctx, member.Email, n.Password)
	}
	var token Token
	err := s.write(ctx, by, policy.ManageMembers, now, func(tx Tx, actor Actor, _ Account) (err error) {
		if wrong != nil {
			return wrong
		}
		if err := s.notAbove(ctx, tx, by, member.Role); err != nil {
			return err
		}
		token, err = s.join(ctx, tx, actor, &member, password, now)
		return err
	}, &member, &token)
	if err != nil {
		return Member{}, Token{}, fmt.Errorf("add a member: %w", err)
	}
	return member, token, nil
}

// newMember checks what was asked for and begins the member's record.
func (s *Service) newMember(n NewMember, now time.Time) (Member, error) {
	var wrong []error
	email, err := normalEmail(n.Email)
	if err != nil {
		wrong = append(wrong, err)
	}
	name, err := line("member_name", n.Name, MaxName)
	if err != nil && email != "" {
		wrong = append(wrong, err)
	}
	if _, ok := s.Policy().Role(n.Role); !ok {
		wrong = append(wrong, s.unknownRole())
	}
	if n.Password != "" {
		if err := goodPassword(n.Password); err != nil {
			wrong = append(wrong, err)
		}
	}
	id, err := s.newID("mem_", now)
	if err != nil {
		wrong = append(wrong, err)
	}
	return Member{ID: MemberID(id), Email: email, Name: name, Role: n.Role, State: MemberInvited, Created: now}, errors.Join(wrong...)
}

// join writes a new member: active with a password, else invited with a link.
func (s *Service) join(ctx context.Context, tx Tx, actor Actor, m *Member, password chosen, now time.Time) (Token, error) {
	m.State = MemberInvited
	if password != (chosen{}) {
		m.State = MemberActive
		if err := password.keep(ctx, tx, m.Email, now); err != nil {
			return Token{}, err
		}
	}
	if err := tx.InsertMember(ctx, *m); err != nil {
		return Token{}, err
	}
	if err := s.record(ctx, tx, now, m.Account, actor, MemberAdded, m.subject(), map[string]string{"role": m.Role}); err != nil {
		return Token{}, err
	}
	if m.State == MemberActive {
		return Token{}, nil
	}
	return s.newLink(ctx, tx, Link{Purpose: LinkInvitation, Account: m.Account, Member: m.ID, Expires: now.Add(InvitationLife)})
}

// notAbove refuses to let a member hand out, or touch, a role above his own.
func (s *Service) notAbove(ctx context.Context, r Reader, by Principal, role string) error {
	if by.Kind != PrincipalMember {
		return nil
	}
	m, err := r.Member(ctx, by.Account, by.Member)
	if err != nil {
		return err
	}
	own, _ := s.Policy().Role(m.Role)
	if wanted, ok := s.Policy().Role(role); ok && wanted.Above(own) {
		return &InvalidError{Field: "role", Why: fmt.Sprintf("can't be %s: that is above your own role, %s; ask a member who has it", wanted.Label, own.Label)}
	}
	return nil
}

func (s *Service) unknownRole() error {
	return &InvalidError{Field: "role", Why: "is not one of " + names(s.Policy().Roles, func(r policy.Role) string { return r.Name })}
}

func (m Member) subject() Subject { return Subject{Kind: "member", ID: string(m.ID), Name: m.Name} }

// names lists things for a sentence: "v1, v2".
func names[T any](list []T, name func(T) string) string {
	all := make([]string, len(list))
	for i, one := range list {
		all[i] = name(one)
	}
	return strings.Join(all, ", ")
}

// clip keeps a caller's words short enough for an error or a log line.
func clip(text string) string {
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return strings.ToValidUTF8(text, "?")
}

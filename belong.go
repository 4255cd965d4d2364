package keywright

import (
	"context"
	"errors"
	"strings"

	"github.com/keywright/keywright/policy"
)

// belong sets whose the key is: whom a personal key acts as, or who answers for a service's.
func (s *Service) belong(ctx context.Context, r Reader, who admitted, n NewKey, key *Key) error {
	switch key.Kind {
	case PersonalKey:
		return s.belongToMember(ctx, r, who, n, key)
	case ServiceKey:
		return s.belongToService(ctx, r, who, n, key)
	}
	if n.Member != "" || n.Service != "" {
		field := "member"
		if n.Member == "" {
			field = "service"
		}
		return &InvalidError{Field: field, Why: "is for personal keys and those of a service; leave it out"}
	}
	return nil
}

// belongToMember makes the key one of the member who asks. Only the operator makes one for somebody
// else, as he does when he installs something: an admin never has another's secret.
func (s *Service) belongToMember(ctx context.Context, r Reader, who admitted, n NewKey, key *Key) error {
	if n.Service != "" {
		return &InvalidError{Field: "service", Why: "is for the keys of a service; leave it out"}
	}
	key.Member = n.Member
	if key.Member == "" {
		key.Member = who.member
	}
	switch {
	case key.Member == "":
		return &InvalidError{Field: "member", Why: "is required: a personal key acts as a member"}
	case who.actor.Kind != PrincipalOperator && key.Member != who.member:
		return &InvalidError{Field: "member", Why: "is someone else; each makes his own personal keys"}
	}
	m, err := s.activeMember(ctx, r, who.account.ID, key.Member)
	if err != nil {
		return err
	}
	role, _ := s.Policy().Role(m.Role)
	if !role.May(policy.OwnKeys) {
		return &InvalidError{Field: "member", Why: "has a role without personal keys"}
	}
	if len(n.Scopes) == 0 {
		return nil
	}
	return within(n.Scopes, role.Scopes)
}

func (s *Service) belongToService(ctx context.Context, r Reader, who admitted, n NewKey, key *Key) (err error) {
	key.Service = key.Description
	if n.Service != "" {
		if key.Service, err = line("service", n.Service, MaxDescription); err != nil {
			return err
		}
	}
	if key.Member = n.Member; key.Member == "" {
		key.Member = who.member
	}
	if key.Member == "" {
		key.Member, err = s.someOwner(ctx, r, who.account.ID)
		return err
	}
	_, err = s.activeMember(ctx, r, who.account.ID, key.Member)
	return err
}

// activeMember is a member who can have a key, or answer for one.
func (s *Service) activeMember(ctx context.Context, r Reader, account AccountID, id MemberID) (Member, error) {
	m, err := r.Member(ctx, account, id)
	if errors.Is(err, ErrNotFound) || err == nil && m.State != MemberActive {
		return Member{}, &InvalidError{Field: "member", Why: "is no active member of the account"}
	}
	return m, err
}

// someOwner is the active owner who was there first.
func (s *Service) someOwner(ctx context.Context, r Reader, account AccountID) (MemberID, error) {
	m, err := s.firstOwner(ctx, r, account, "")
	if err == nil && m.ID == "" {
		err = &InvalidError{Field: "member", Why: "is required: nobody else in the account can answer for the key"}
	}
	return m.ID, err
}

// details is what the audit log tells of a key that was issued.
func (k Key) details() map[string]string {
	d := map[string]string{"version": k.Version}
	if k.Kind != AccountKey {
		d["kind"] = string(k.Kind)
	}
	if k.Narrowed() {
		d["scopes"] = strings.Join(k.Scopes, ", ")
	}
	if len(k.Networks) > 0 {
		d["networks"] = joined(k.Networks)
	}
	if !k.Expires.IsZero() {
		d["expires"] = dated(k.Expires)
	}
	return d
}

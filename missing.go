package keywright

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/keywright/keywright/policy"
)

// Missing is a restriction that a database lacks.
type Missing struct {
	Restriction
	What Lack
	Slug string // of the account; empty for a token

	// One of these is as the database has it.
	account Account
	member  Member
	key     Key
	token   OperatorToken
}

// Lack is what a database does not know of.
type Lack string

// The lacks. Those of a key or a token bring it back to life.
const (
	LacksTokenRevoked     Lack = "token_revoked"
	LacksKeyRevoked       Lack = "key_revoked"
	LacksKeyDisabled      Lack = "key_disabled"
	LacksKeyRotated       Lack = "key_rotated"  // to a secret that the database does not have: its old one would work
	LacksKeyChanged       Lack = "key_changed"  // with fewer scopes, or an earlier end
	LacksMemberEnded      Lack = "member_ended" // removed or deactivated
	LacksRole             Lack = "role"         // with fewer rights or scopes
	LacksAccountSuspended Lack = "account_suspended"
	LacksPlan             Lack = "plan" // with less in it
)

// Revives reports whether a key or a token that had ended works in the database.
func (m Missing) Revives() bool {
	return m.What == LacksTokenRevoked || m.What == LacksKeyRevoked || m.What == LacksKeyDisabled || m.What == LacksKeyRotated
}

// FindMissing lists which of the restrictions a database lacks, in their order. What the
// database does not have at all needs none. Only what takes something away is missing: a role
// or a plan that gives more is left out, and so is a key that was enabled.
func FindMissing(ctx context.Context, r Reader, p *policy.Policy, list []Restriction) ([]Missing, error) {
	var all []Missing
	for _, one := range list {
		m, err := missing(ctx, r, p, one)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("look for what is missing: %w", err)
		}
		if err == nil && m.What != "" {
			all = append(all, m)
		}
	}
	return all, nil
}

func missing(ctx context.Context, r Reader, p *policy.Policy, one Restriction) (m Missing, err error) {
	m.Restriction = one
	if one.Token != "" {
		if m.token, err = r.OperatorToken(ctx, one.Token); err == nil && m.token.Revoked.IsZero() && !one.Revoked.IsZero() {
			m.What = LacksTokenRevoked
		}
		return m, err
	}
	if m.account, err = r.Account(ctx, one.Account); err != nil {
		return m, err
	}
	m.Slug = m.account.Slug
	switch {
	case one.Key != "":
		m.key, err = r.Key(ctx, one.Account, one.Key)
		m.What = lacksOfKey(m.key, one)
	case one.Member != "":
		m.member, err = r.Member(ctx, one.Account, one.Member)
		m.What = lacksOfMember(m.member, one, p)
	case AccountState(one.State) == AccountSuspended && m.account.State == AccountActive:
		m.What = LacksAccountSuspended
	case one.Plan != m.account.Plan && p.PlanRestricts(m.account.Plan, one.Plan):
		m.What = LacksPlan
	}
	return m, err
}

func lacksOfKey(is Key, was Restriction) Lack {
	switch {
	case !is.Revoked.IsZero():
	case !was.Revoked.IsZero():
		return LacksKeyRevoked
	case is.Disabled.IsZero() && !was.Disabled.IsZero():
		return LacksKeyDisabled
	case is.Disabled.IsZero() && was.Rotated.After(is.Rotated):
		return LacksKeyRotated
	case endsEarlier(was.Expires, is.Expires), narrower(was.Scopes, is.Scopes):
		return LacksKeyChanged
	}
	return ""
}

func endsEarlier(was, is time.Time) bool {
	return !was.IsZero() && (is.IsZero() || was.Before(is))
}

// narrower reports whether a key was narrowed further than it is.
func narrower(was, is []string) bool {
	if len(is) == 0 {
		is = []string{"*"}
	}
	return len(was) > 0 && !slices.Equal(was, is) && within(was, is) == nil
}

func lacksOfMember(is Member, was Restriction, p *policy.Policy) Lack {
	state := MemberState(was.State)
	switch {
	case is.State == MemberRemoved:
	case state == MemberRemoved, state == MemberDeactivated && is.State != MemberDeactivated:
		return LacksMemberEnded
	case is.Role != was.Role && p.RoleRestricts(is.Role, was.Role):
		return LacksRole
	}
	return ""
}

// String says in one line what is missing.
func (m Missing) String() string {
	of := " of " + m.Slug
	switch m.What {
	case LacksTokenRevoked:
		return fmt.Sprintf("the operator's token %s %q, %s", m.token.Handle(), m.token.Description, m.revocation())
	case LacksKeyRevoked:
		return fmt.Sprintf("key %s %q%s, %s", m.key.Handle(), m.key.Description, of, m.revocation())
	case LacksKeyDisabled:
		return fmt.Sprintf("key %s %q%s, disabled %s", m.key.Handle(), m.key.Description, of, second(m.Disabled))
	case LacksKeyRotated:
		return fmt.Sprintf("key %s %q%s, given a new text %s, so that its old one would work; it is to be disabled", m.key.Handle(), m.key.Description, of, second(m.Rotated))
	case LacksKeyChanged:
		return fmt.Sprintf("key %s %q%s, narrowed or given an earlier end by %s", m.key.Handle(), m.key.Description, of, second(m.When))
	case LacksMemberEnded:
		return fmt.Sprintf("member %s%s, %s by %s", m.member.Email, of, m.State, second(m.When))
	case LacksRole:
		return fmt.Sprintf("member %s%s, from the role %s to %s by %s", m.member.Email, of, m.member.Role, m.Role, second(m.When))
	case LacksAccountSuspended:
		return fmt.Sprintf("account %s, suspended by %s", m.Slug, second(m.When))
	case LacksPlan:
		return fmt.Sprintf("account %s, from the plan %s to %s by %s", m.Slug, m.account.Plan, m.Plan, second(m.When))
	}
	return ""
}

func (m Missing) revocation() string {
	said := "revoked " + second(m.Revoked) + " by " + m.RevokedBy.Name
	if m.WhyRevoked != "" {
		said += fmt.Sprintf(", saying %q", m.WhyRevoked)
	}
	return said
}

func second(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

package store

import (
	"context"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

const emailTaken = "already belongs to a member of this account"

func (r reader) Member(ctx context.Context, account keywright.AccountID, id keywright.MemberID) (keywright.Member, error) {
	row, err := r.q.Member(ctx, queries.MemberParams{Account: string(account), ID: string(id)})
	if err != nil {
		return keywright.Member{}, found("member", err)
	}
	return member(row), nil
}

func (r reader) MemberByEmail(ctx context.Context, account keywright.AccountID, email string) (keywright.Member, error) {
	row, err := r.q.MemberByEmail(ctx, queries.MemberByEmailParams{Account: string(account), Email: email})
	if err != nil {
		return keywright.Member{}, found("member", err)
	}
	return member(row), nil
}

func (r reader) Members(ctx context.Context, account keywright.AccountID, page keywright.Page) ([]keywright.Member, error) {
	at, id := before(page)
	rows, err := r.q.Members(ctx, queries.MembersParams{Account: string(account), BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, member), failed("list", "members", err)
}

func (r reader) Memberships(ctx context.Context, email string) ([]keywright.Member, error) {
	rows, err := r.q.Memberships(ctx, email)
	return all(rows, member), failed("list", "memberships", err)
}

func (r reader) ActiveMembersIn(ctx context.Context, account keywright.AccountID, role string) ([]keywright.Member, error) {
	rows, err := r.q.ActiveMembersIn(ctx, queries.ActiveMembersInParams{Account: string(account), Role: role})
	return all(rows, member), failed("list", "members", err)
}

func (t *tx) InsertMember(ctx context.Context, m keywright.Member) error {
	err := t.q.InsertMember(ctx, queries.InsertMemberParams{
		ID: string(m.ID), Account: string(m.Account), Email: m.Email, Name: m.Name,
		Role: m.Role, State: string(m.State), CreatedAt: millis(m.Created),
	})
	return t.inserted(memberChange, m.Account, string(m.ID), t.dialect.inserted("member", "email", emailTaken, err))
}

func (t *tx) SetRole(ctx context.Context, account keywright.AccountID, id keywright.MemberID, role string) error {
	rows, err := t.q.SetRole(ctx, queries.SetRoleParams{Account: string(account), ID: string(id), Role: role})
	return t.touch(memberChange, account, string(id), changed("member", rows, err))
}

// SetMemberState answers *ConflictError (email) when a removed member would come back beside
// another with his address.
func (t *tx) SetMemberState(ctx context.Context, account keywright.AccountID, id keywright.MemberID, state keywright.MemberState) error {
	rows, err := t.q.SetMemberState(ctx, queries.SetMemberStateParams{Account: string(account), ID: string(id), State: string(state)})
	if err != nil && t.dialect.Clash(err) == SameValue {
		return &keywright.ConflictError{Field: "email", Why: emailTaken}
	}
	return t.touch(memberChange, account, string(id), changed("member", rows, err))
}

func (t *tx) DeactivateMember(ctx context.Context, account keywright.AccountID, id keywright.MemberID, now time.Time) error {
	rows, err := t.q.DeactivateMember(ctx, queries.DeactivateMemberParams{Account: string(account), ID: string(id), Now: nullMillis(now)})
	return t.touch(memberChange, account, string(id), changed("member", rows, err))
}

func member(row queries.Member) keywright.Member {
	return keywright.Member{
		ID: keywright.MemberID(row.ID), Account: keywright.AccountID(row.AccountID), Email: row.Email, Name: row.Name,
		Role: row.Role, State: keywright.MemberState(row.State), Created: instant(row.CreatedAt), Deactivated: nullInstant(row.DeactivatedAt),
	}
}

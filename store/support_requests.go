package store

import (
	"context"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) SupportRequest(ctx context.Context, id keywright.SupportID) (keywright.SupportRequest, error) {
	row, err := r.q.SupportRequest(ctx, string(id))
	if err != nil {
		return keywright.SupportRequest{}, found("support request", err)
	}
	return ofAccount(queries.SupportRequestsRow(row)), nil
}

func (r reader) SupportRequests(ctx context.Context, account keywright.AccountID, open bool, page keywright.Page) ([]keywright.SupportRequest, error) {
	at, id := before(page)
	if open {
		rows, err := r.q.OpenSupportRequests(ctx, queries.OpenSupportRequestsParams{BeforeAt: at, BeforeID: id, Account: string(account), Most: most(page)})
		return all(rows, func(row queries.OpenSupportRequestsRow) keywright.SupportRequest {
			return ofAccount(queries.SupportRequestsRow(row))
		}), failed("list", "open support requests", err)
	}
	rows, err := r.q.SupportRequests(ctx, queries.SupportRequestsParams{BeforeAt: at, BeforeID: id, Account: string(account), Most: most(page)})
	return all(rows, ofAccount), failed("list", "support requests", err)
}

func (r reader) SupportRequestsOf(ctx context.Context, account keywright.AccountID, member keywright.MemberID, page keywright.Page) ([]keywright.SupportRequest, error) {
	at, id := before(page)
	rows, err := r.q.SupportRequestsOf(ctx, queries.SupportRequestsOfParams{
		Account: string(account), Member: string(member), BeforeAt: at, BeforeID: id, Most: most(page),
	})
	return all(rows, supportRequest), failed("list", "a member's support requests", err)
}

func (r reader) PublishedSupport(ctx context.Context, helpPage string, page keywright.Page) ([]keywright.SupportRequest, error) {
	at, id := before(page)
	rows, err := r.q.PublishedSupport(ctx, queries.PublishedSupportParams{Page: helpPage, BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, supportRequest), failed("list", "published questions", err)
}

func (t *tx) InsertSupportRequest(ctx context.Context, r keywright.SupportRequest) error {
	err := t.q.InsertSupportRequest(ctx, queries.InsertSupportRequestParams{
		ID: string(r.ID), Account: string(r.Account), Member: r.By.ID, MemberName: r.By.Name,
		Page: r.Page, Subject: r.Subject, Text: r.Text, Signed: r.Signed, CreatedAt: millis(r.Created),
	})
	return t.dialect.inserted("support request", "id", "is already there", err)
}

func (t *tx) ChangeSupportRequest(ctx context.Context, r keywright.SupportRequest) error {
	rows, err := t.q.ChangeSupportRequest(ctx, queries.ChangeSupportRequestParams{
		ID: string(r.ID), Answer: r.Answer, AnsweredBy: r.AnsweredBy,
		AnsweredAt: nullMillis(r.Answered), PublishedAt: nullMillis(r.Published), SeenAt: nullMillis(r.Seen),
	})
	return changed("support request", rows, err)
}

// SeeAnswers takes no revision: no keyset holds it.
func (s *Store) SeeAnswers(ctx context.Context, account keywright.AccountID, member keywright.MemberID, now time.Time) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		err := q.SeeAnswers(ctx, queries.SeeAnswersParams{Account: string(account), Member: string(member), Now: nullMillis(now)})
		return failed("note", "which answers were seen", err)
	})
}

func ofAccount(row queries.SupportRequestsRow) keywright.SupportRequest {
	r := supportRequest(row.SupportRequest)
	r.Slug = row.Slug
	return r
}

func supportRequest(row queries.SupportRequest) keywright.SupportRequest {
	return keywright.SupportRequest{
		ID: keywright.SupportID(row.ID), Account: keywright.AccountID(row.AccountID), By: asker(row.MemberID, row.MemberName),
		Page: row.Page, Subject: row.Subject, Text: row.Text, Signed: row.Signed, Created: instant(row.CreatedAt),
		Answer: row.Answer, AnsweredBy: row.AnsweredBy, Answered: nullInstant(row.AnsweredAt),
		Published: nullInstant(row.PublishedAt), Seen: nullInstant(row.SeenAt),
	}
}

package store

import (
	"context"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) Link(ctx context.Context, hash []byte) (keywright.Link, error) {
	row, err := r.q.Link(ctx, hash)
	if err != nil {
		return keywright.Link{}, found("link", err)
	}
	return keywright.Link{
		Hash: row.Hash, Purpose: keywright.LinkPurpose(row.Purpose),
		Account: keywright.AccountID(row.AccountID), Member: keywright.MemberID(row.MemberID),
		Expires: instant(row.ExpiresAt), Spent: nullInstant(row.SpentAt),
	}, nil
}

func (t *tx) InsertLink(ctx context.Context, l keywright.Link) error {
	err := t.q.InsertLink(ctx, queries.InsertLinkParams{
		Hash: l.Hash, Purpose: string(l.Purpose), Account: string(l.Account), Member: string(l.Member),
		ExpiresAt: millis(l.Expires), SpentAt: nullMillis(l.Spent),
	})
	return t.dialect.inserted("link", "id", "is already there", err)
}

func (t *tx) SpendLink(ctx context.Context, hash []byte, now time.Time) error {
	rows, err := t.q.SpendLink(ctx, queries.SpendLinkParams{Hash: hash, Now: nullMillis(now)})
	if err == nil && rows == 0 {
		return keywright.ErrLinkSpent
	}
	return failed("spend", "link", err)
}

func (t *tx) EndLinks(ctx context.Context, purpose keywright.LinkPurpose, member keywright.MemberID, now time.Time) error {
	return failed("end", "links", t.q.EndLinks(ctx, queries.EndLinksParams{Purpose: string(purpose), Member: string(member), Now: millis(now)}))
}

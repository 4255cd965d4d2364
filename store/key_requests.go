package store

import (
	"context"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) KeyRequest(ctx context.Context, account keywright.AccountID, id keywright.KeyRequestID) (keywright.KeyRequest, error) {
	row, err := r.q.KeyRequest(ctx, queries.KeyRequestParams{Account: string(account), ID: string(id)})
	if err != nil {
		return keywright.KeyRequest{}, found("request", err)
	}
	return keyRequest(row), nil
}

func (r reader) KeyRequests(ctx context.Context, account keywright.AccountID, page keywright.Page) ([]keywright.KeyRequest, error) {
	at, id := before(page)
	rows, err := r.q.KeyRequests(ctx, queries.KeyRequestsParams{Account: string(account), BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, keyRequest), failed("list", "requests", err)
}

func (r reader) KeyRequestsOf(ctx context.Context, account keywright.AccountID, member keywright.MemberID, page keywright.Page) ([]keywright.KeyRequest, error) {
	at, id := before(page)
	rows, err := r.q.KeyRequestsOf(ctx, queries.KeyRequestsOfParams{
		Account: string(account), Member: string(member), BeforeAt: at, BeforeID: id, Most: most(page),
	})
	return all(rows, keyRequest), failed("list", "requests", err)
}

func (r reader) OpenKeyRequests(ctx context.Context, account keywright.AccountID, member keywright.MemberID, since time.Time, page keywright.Page) ([]keywright.KeyRequest, error) {
	at, id := before(page)
	rows, err := r.q.OpenKeyRequests(ctx, queries.OpenKeyRequestsParams{
		Account: string(account), BeforeAt: at, BeforeID: id, Since: millis(since), Member: string(member), Most: most(page),
	})
	return all(rows, keyRequest), failed("list", "open requests", err)
}

func (r reader) Waiting(ctx context.Context, account keywright.AccountID, member keywright.MemberID, now time.Time) (keywright.Waiting, error) {
	decide, err := r.q.OpenKeyRequestIDs(ctx, queries.OpenKeyRequestIDsParams{
		Account: string(account), Since: millis(now.Add(-keywright.RequestLife)), Most: keywright.MaxWaiting,
	})
	if err != nil {
		return keywright.Waiting{}, failed("count", "open requests", err)
	}
	collect, err := r.q.ApprovedKeyRequestIDs(ctx, queries.ApprovedKeyRequestIDsParams{
		Account: string(account), Member: string(member), Since: nullMillis(now.Add(-keywright.CollectLife)), Most: keywright.MaxWaiting,
	})
	if err != nil {
		return keywright.Waiting{}, failed("count", "approved requests", err)
	}
	answers, err := r.q.UnseenAnswers(ctx, queries.UnseenAnswersParams{Account: string(account), Member: string(member), Most: keywright.MaxWaiting})
	return keywright.Waiting{Decide: len(decide), Collect: len(collect), Answers: len(answers)}, failed("count", "answers", err)
}

func (t *tx) InsertKeyRequest(ctx context.Context, r keywright.KeyRequest) error {
	err := t.q.InsertKeyRequest(ctx, queries.InsertKeyRequestParams{
		ID: string(r.ID), Account: string(r.Account), Member: r.By.ID, MemberName: r.By.Name, Description: r.Description, Version: r.Version,
		Scopes: strings.Join(r.Wanted.Scopes, " "), Days: int64(r.Wanted.Days), CreatedAt: millis(r.Created),
	})
	return t.dialect.inserted("request", "id", "is already there", err)
}

// DecideKeyRequest answers ErrNotFound for a request that is not open.
func (t *tx) DecideKeyRequest(ctx context.Context, r keywright.KeyRequest) error {
	rows, err := t.q.DecideKeyRequest(ctx, queries.DecideKeyRequestParams{
		Account: string(r.Account), ID: string(r.ID), Reached: string(r.Reached),
		GrantedScopes: strings.Join(r.Granted.Scopes, " "), GrantedDays: int64(r.Granted.Days), DecidedAt: nullMillis(r.Decided),
		ByKind: string(r.DecidedBy.Kind), ByID: r.DecidedBy.ID, ByName: r.DecidedBy.Name, Why: r.Why,
	})
	return changed("open request", rows, err)
}

// EndKeyRequest answers ErrNotFound for a request that is at an end.
func (t *tx) EndKeyRequest(ctx context.Context, r keywright.KeyRequest) error {
	rows, err := t.q.EndKeyRequest(ctx, queries.EndKeyRequestParams{
		Account: string(r.Account), ID: string(r.ID), Reached: string(r.Reached), EndedAt: nullMillis(r.Ended), Key: string(r.Key),
	})
	return changed("request", rows, err)
}

func keyRequest(row queries.KeyRequest) keywright.KeyRequest {
	return keywright.KeyRequest{
		ID: keywright.KeyRequestID(row.ID), Account: keywright.AccountID(row.AccountID), By: asker(row.MemberID, row.MemberName),
		Description: row.Description, Version: row.Version, Wanted: reach(row.Scopes, row.Days), Created: instant(row.CreatedAt),
		Reached: keywright.RequestState(row.Reached), Granted: reach(row.GrantedScopes, row.GrantedDays),
		Decided: nullInstant(row.DecidedAt), DecidedBy: actor(row.DecidedByKind, row.DecidedByID, row.DecidedByName), Why: row.WhyDeclined,
		Ended: nullInstant(row.EndedAt), Key: keywright.KeyID(row.KeyID),
	}
}

// reach reads scopes as they are kept: no scope has a blank in it.
func reach(scopes string, days int64) keywright.Reach {
	r := keywright.Reach{Days: int(days)}
	if scopes != "" {
		r.Scopes = strings.Split(scopes, " ")
	}
	return r
}

func asker(id, name string) keywright.Actor {
	return actor(string(keywright.PrincipalMember), id, name)
}

package store

import (
	"context"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) Account(ctx context.Context, id keywright.AccountID) (keywright.Account, error) {
	row, err := r.q.Account(ctx, string(id))
	if err != nil {
		return keywright.Account{}, found("account", err)
	}
	return account(row), nil
}

func (r reader) AccountBySlug(ctx context.Context, slug string) (keywright.Account, error) {
	row, err := r.q.AccountBySlug(ctx, slug)
	if err != nil {
		return keywright.Account{}, found("account", err)
	}
	return account(row), nil
}

func (r reader) Accounts(ctx context.Context, page keywright.Page) ([]keywright.Account, error) {
	at, id := before(page)
	rows, err := r.q.Accounts(ctx, queries.AccountsParams{BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, account), failed("list", "accounts", err)
}

func (t *tx) InsertAccount(ctx context.Context, a keywright.Account) error {
	err := t.q.InsertAccount(ctx, queries.InsertAccountParams{
		ID: string(a.ID), Slug: a.Slug, Name: a.Name, Plan: a.Plan, State: string(a.State), CreatedAt: millis(a.Created),
	})
	return t.inserted(accountChange, a.ID, string(a.ID), t.dialect.inserted("account", "slug", "is already taken", err))
}

func (t *tx) SetPlan(ctx context.Context, id keywright.AccountID, plan string) error {
	rows, err := t.q.SetPlan(ctx, queries.SetPlanParams{ID: string(id), Plan: plan})
	return t.touch(accountChange, id, string(id), changed("account", rows, err))
}

func (t *tx) SetAccountState(ctx context.Context, id keywright.AccountID, state keywright.AccountState) error {
	rows, err := t.q.SetAccountState(ctx, queries.SetAccountStateParams{ID: string(id), State: string(state)})
	return t.touch(accountChange, id, string(id), changed("account", rows, err))
}

func account(row queries.Account) keywright.Account {
	return keywright.Account{
		ID: keywright.AccountID(row.ID), Slug: row.Slug, Name: row.Name, Plan: row.Plan,
		State: keywright.AccountState(row.State), Created: instant(row.CreatedAt), ActiveKeys: int(row.ActiveKeys),
	}
}

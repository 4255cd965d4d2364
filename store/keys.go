package store

import (
	"context"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) Key(ctx context.Context, account keywright.AccountID, id keywright.KeyID) (keywright.Key, error) {
	row, err := r.q.Key(ctx, queries.KeyParams{Account: string(account), ID: string(id)})
	if err != nil {
		return keywright.Key{}, found("key", err)
	}
	return key(row), nil
}

func (r reader) KeyByOnce(ctx context.Context, account keywright.AccountID, once string) (keywright.KeyID, error) {
	id, err := r.q.KeyByOnce(ctx, queries.KeyByOnceParams{Account: string(account), Once: once})
	return keywright.KeyID(id), found("key", err)
}

func (t *tx) InsertKey(ctx context.Context, k keywright.Key, s keywright.Seal, once string) error {
	rows, err := t.q.CountActiveKey(ctx, string(k.Account))
	if err := changed("account", rows, err); err != nil {
		return err
	}
	err = t.q.InsertKey(ctx, queries.InsertKeyParams{
		ID: string(k.ID), Account: string(k.Account), Kind: string(k.Kind), Description: k.Description,
		Version: k.Version, Brand: k.Brand, Env: string(k.Env), LastFour: k.LastFour, Once: once,
		CreatedAt: millis(k.Created), CreatedByKind: string(k.CreatedBy.Kind), CreatedByID: k.CreatedBy.ID, CreatedByName: k.CreatedBy.Name,
		NotBefore: nullMillis(k.NotBefore), ExpiresAt: nullMillis(k.Expires),
		Member: string(k.Member), Service: k.Service, Scopes: strings.Join(k.Scopes, " "), Networks: networks(k.Networks),
		DisabledAt: nullMillis(k.Disabled), EnablesAt: nullMillis(k.Enables), WhyDisabled: k.WhyDisabled,
		DisabledByKind: string(k.DisabledBy.Kind), DisabledByID: k.DisabledBy.ID, DisabledByName: k.DisabledBy.Name,
	})
	if err := t.dialect.inserted("key", "once", "was already used", err); err != nil {
		return err
	}
	return t.inserted(keyChange, k.Account, string(k.ID), t.insertSeal(ctx, s))
}

// RevokeKey answers ErrRevoked for a key that is already revoked and leaves it as it is.
func (t *tx) RevokeKey(ctx context.Context, account keywright.AccountID, id keywright.KeyID, by keywright.Actor, why string, now time.Time) error {
	rows, err := t.q.RevokeKey(ctx, queries.RevokeKeyParams{
		Account: string(account), ID: string(id), Now: nullMillis(now),
		ByKind: string(by.Kind), ByID: by.ID, ByName: by.Name, Why: why,
	})
	if err != nil {
		return failed("revoke", "key", err)
	}
	if rows == 0 {
		return t.absentOrRevoked(ctx, account, id)
	}
	rows, err = t.q.UncountActiveKey(ctx, string(account))
	return t.touch(keyChange, account, string(id), changed("account", rows, err))
}

// absentOrRevoked is why a statement that is for keys that were not revoked has found none.
func (t *tx) absentOrRevoked(ctx context.Context, account keywright.AccountID, id keywright.KeyID) error {
	if _, err := t.Key(ctx, account, id); err != nil {
		return err
	}
	return keywright.ErrRevoked
}

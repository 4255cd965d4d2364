package store

import (
	"context"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
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

func (r reader) Keys(ctx context.Context, account keywright.AccountID, page keywright.Page) ([]keywright.Key, error) {
	at, id := before(page)
	rows, err := r.q.Keys(ctx, queries.KeysParams{Account: string(account), BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, key), failed("list", "keys", err)
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
		NotBefore: nullMillis(k.NotBefore), ExpiresAt: nullMillis(k.Expires), DisabledAt: nullMillis(k.Disabled),
	})
	if err := t.dialect.inserted("key", "once", "was already used", err); err != nil {
		return err
	}
	return t.inserted(keyChange, k.Account, string(k.ID), t.insertSeal(ctx, s))
}

func (t *tx) DisableKey(ctx context.Context, account keywright.AccountID, id keywright.KeyID, now time.Time) error {
	rows, err := t.q.DisableKey(ctx, queries.DisableKeyParams{Account: string(account), ID: string(id), Now: nullMillis(now)})
	return t.touch(keyChange, account, string(id), changed("key", rows, err))
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
		if _, err := t.Key(ctx, account, id); err != nil {
			return err
		}
		return keywright.ErrRevoked
	}
	rows, err = t.q.UncountActiveKey(ctx, string(account))
	return t.touch(keyChange, account, string(id), changed("account", rows, err))
}

func key(row queries.Key) keywright.Key {
	return keywright.Key{
		ID: keywright.KeyID(row.ID), Account: keywright.AccountID(row.AccountID), Kind: keywright.KeyKind(row.Kind),
		Description: row.Description, Version: row.Version, Brand: row.Brand, Env: secret.Env(row.Env), LastFour: row.LastFour,
		Created: instant(row.CreatedAt), CreatedBy: actor(row.CreatedByKind, row.CreatedByID, row.CreatedByName),
		NotBefore: nullInstant(row.NotBefore), Expires: nullInstant(row.ExpiresAt), Disabled: nullInstant(row.DisabledAt),
		Revoked: nullInstant(row.RevokedAt), RevokedBy: actor(row.RevokedByKind, row.RevokedByID, row.RevokedByName),
		WhyRevoked: row.WhyRevoked, LastUsed: nullInstant(row.LastUsedAt),
	}
}

func actor(kind, id, name string) keywright.Actor {
	return keywright.Actor{Kind: keywright.PrincipalKind(kind), ID: id, Name: name}
}

package store

import (
	"context"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/store/queries"
)

func (t *tx) ChangeKey(ctx context.Context, k keywright.Key) error {
	rows, err := t.q.ChangeKey(ctx, queries.ChangeKeyParams{
		Account: string(k.Account), ID: string(k.ID), Version: k.Version, Member: string(k.Member),
		Scopes: strings.Join(k.Scopes, " "), Networks: networks(k.Networks),
		NotBefore: nullMillis(k.NotBefore), ExpiresAt: nullMillis(k.Expires), Reminded: int64(k.Reminded),
	})
	return t.changedKey(ctx, k.Account, k.ID, rows, err)
}

func (t *tx) DisableKey(ctx context.Context, k keywright.Key) error {
	rows, err := t.q.DisableKey(ctx, queries.DisableKeyParams{
		Account: string(k.Account), ID: string(k.ID), Now: nullMillis(k.Disabled), EnablesAt: nullMillis(k.Enables),
		ByKind: string(k.DisabledBy.Kind), ByID: k.DisabledBy.ID, ByName: k.DisabledBy.Name, Why: k.WhyDisabled,
	})
	return t.changedKey(ctx, k.Account, k.ID, rows, err)
}

func (t *tx) EnableKey(ctx context.Context, account keywright.AccountID, id keywright.KeyID) error {
	rows, err := t.q.EnableKey(ctx, queries.EnableKeyParams{Account: string(account), ID: string(id)})
	return t.changedKey(ctx, account, id, rows, err)
}

// RotateKey leaves two seals: the new one, and the one that was current, which gets its end. Where
// an older one was in its grace period, that ends.
func (t *tx) RotateKey(ctx context.Context, k keywright.Key, s keywright.Seal, ends time.Time) error {
	before, err := t.Key(ctx, k.Account, k.ID)
	if err != nil {
		return err
	}
	rows, err := t.q.RotateKey(ctx, queries.RotateKeyParams{
		Account: string(k.Account), ID: string(k.ID), LastFour: k.LastFour, Now: nullMillis(s.Created),
	})
	if err := t.changedKey(ctx, k.Account, k.ID, rows, err); err != nil {
		return err
	}
	if err := t.q.DeleteEndedSeals(ctx, string(k.ID)); err != nil {
		return failed("delete", "older seal", err)
	}
	rows, err = t.q.EndSeal(ctx, queries.EndSealParams{KeyID: string(k.ID), EndsAt: nullMillis(ends), LastFour: before.LastFour})
	if err := changed("seal", rows, err); err != nil {
		return err
	}
	return t.insertSeal(ctx, s)
}

func (t *tx) EndGrace(ctx context.Context, account keywright.AccountID, id keywright.KeyID, now time.Time) error {
	if _, err := t.Key(ctx, account, id); err != nil {
		return err
	}
	_, err := t.q.EndSealEarlier(ctx, queries.EndSealEarlierParams{KeyID: string(id), EndsAt: nullMillis(now)})
	return t.touch(keyChange, account, string(id), failed("end", "seal", err))
}

func (t *tx) HandOver(ctx context.Context, account keywright.AccountID, from, to keywright.MemberID) (int, error) {
	ids, err := t.q.HandOver(ctx, queries.HandOverParams{Account: string(account), Member: string(from), NewMember: string(to)})
	if err != nil {
		return 0, failed("hand over", "keys", err)
	}
	for _, id := range ids {
		if err := t.touch(keyChange, account, id, nil); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

func (t *tx) SetReminded(ctx context.Context, account keywright.AccountID, id keywright.KeyID, days int) error {
	rows, err := t.q.SetReminded(ctx, queries.SetRemindedParams{Account: string(account), ID: string(id), Reminded: int64(days)})
	if err == nil && rows == 0 {
		return t.absentOrRevoked(ctx, account, id)
	}
	return failed("change", "key", err)
}

// changedKey translates the answer of a statement that is for keys that were not revoked.
func (t *tx) changedKey(ctx context.Context, account keywright.AccountID, id keywright.KeyID, rows int64, err error) error {
	if err != nil {
		return failed("change", "key", err)
	}
	if rows == 0 {
		return t.absentOrRevoked(ctx, account, id)
	}
	return t.touch(keyChange, account, string(id), nil)
}

func (t *tx) NewKeys(ctx context.Context, account keywright.AccountID) (limit.Bucket, error) {
	at, err := t.q.NewKeysFullAt(ctx, string(account))
	return limit.Bucket{Full: time.Unix(0, at).UTC()}, found("account", err)
}

// SetNewKeys changes nothing that a verification looks at.
func (t *tx) SetNewKeys(ctx context.Context, account keywright.AccountID, b limit.Bucket) error {
	var at int64
	if !b.Full.IsZero() {
		at = b.Full.UnixNano()
	}
	rows, err := t.q.SetNewKeysFullAt(ctx, queries.SetNewKeysFullAtParams{ID: string(account), FullAt: at})
	return changed("account", rows, err)
}

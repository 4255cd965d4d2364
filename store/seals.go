package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) Sealed(ctx context.Context, id keywright.KeyID) (keywright.Sealed, error) {
	rows, err := r.q.Sealed(ctx, string(id))
	if err != nil {
		return keywright.Sealed{}, failed("read", "sealed key", err)
	}
	if len(rows) == 0 {
		return keywright.Sealed{}, keywright.ErrNotFound
	}
	sealed := keywright.Sealed{Key: key(rows[0].Key), Account: account(rows[0].Account)}
	for _, row := range rows {
		if len(row.MAC) != len(secret.MAC{}) {
			return keywright.Sealed{}, fmt.Errorf("read sealed key: a MAC of %d bytes", len(row.MAC))
		}
		sealed.Seals = append(sealed.Seals, seal(queries.SealsRow{
			Pepper: row.Pepper, CreatedAt: row.SealedAt, EndsAt: row.SealEndsAt, LastFour: row.SealLastFour, LastUsedAt: row.SealLastUsedAt,
		}, id, secret.MAC(row.MAC), sealed.Key.LastFour))
	}
	return sealed, nil
}

// Seals are those of a key, the older one first.
func (r reader) Seals(ctx context.Context, k keywright.Key) ([]keywright.Seal, error) {
	rows, err := r.q.Seals(ctx, string(k.ID))
	if err != nil {
		return nil, failed("list", "seals", err)
	}
	var seals []keywright.Seal
	for _, row := range rows {
		if len(row.MAC) != len(secret.MAC{}) {
			return nil, fmt.Errorf("read seal: a MAC of %d bytes", len(row.MAC))
		}
		seals = append(seals, seal(row, k.ID, secret.MAC(row.MAC), k.LastFour))
	}
	slices.SortFunc(seals, func(a, b keywright.Seal) int { // the one that has an end is the older one
		return cmp.Or(b.Ends.Compare(a.Ends), a.Created.Compare(b.Created))
	})
	return seals, nil
}

func (t *tx) insertSeal(ctx context.Context, s keywright.Seal) error {
	err := t.q.InsertSeal(ctx, queries.InsertSealParams{
		KeyID: string(s.Key), MAC: s.MAC[:], Pepper: int64(s.Pepper), CreatedAt: millis(s.Created), LastFour: s.LastFour,
	})
	return failed("insert", "seal", err)
}

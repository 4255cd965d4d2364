package store

import (
	"context"
	"fmt"

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
		sealed.Seals = append(sealed.Seals, keywright.Seal{
			Key: id, MAC: secret.MAC(row.MAC), Pepper: int(row.Pepper), Created: instant(row.SealedAt),
		})
	}
	return sealed, nil
}

func (t *tx) insertSeal(ctx context.Context, s keywright.Seal) error {
	err := t.q.InsertSeal(ctx, queries.InsertSealParams{
		KeyID: string(s.Key), MAC: s.MAC[:], Pepper: int64(s.Pepper), CreatedAt: millis(s.Created),
	})
	return failed("insert", "seal", err)
}

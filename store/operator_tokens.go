package store

import (
	"context"
	"fmt"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) OperatorToken(ctx context.Context, id keywright.OperatorTokenID) (keywright.OperatorToken, error) {
	row, err := r.q.OperatorToken(ctx, string(id))
	if err != nil {
		return keywright.OperatorToken{}, found("operator token", err)
	}
	return operatorToken(row), nil
}

func (r reader) OperatorTokens(ctx context.Context, page keywright.Page) ([]keywright.OperatorToken, error) {
	at, id := before(page)
	rows, err := r.q.OperatorTokens(ctx, queries.OperatorTokensParams{BeforeAt: at, BeforeID: id, Most: most(page)})
	return all(rows, operatorToken), failed("list", "operator tokens", err)
}

func (r reader) SealedOperatorToken(ctx context.Context, id keywright.OperatorTokenID) (keywright.OperatorToken, keywright.Seal, error) {
	row, err := r.q.OperatorToken(ctx, string(id))
	if err != nil {
		return keywright.OperatorToken{}, keywright.Seal{}, found("operator token", err)
	}
	if len(row.MAC) != len(secret.MAC{}) {
		return keywright.OperatorToken{}, keywright.Seal{}, fmt.Errorf("read operator token %s: a MAC of %d bytes", row.ID, len(row.MAC))
	}
	return operatorToken(row), keywright.Seal{MAC: secret.MAC(row.MAC), Pepper: int(row.Pepper), Created: instant(row.CreatedAt)}, nil
}

func (t *tx) InsertOperatorToken(ctx context.Context, o keywright.OperatorToken, s keywright.Seal) error {
	err := t.q.InsertOperatorToken(ctx, queries.InsertOperatorTokenParams{
		ID: string(o.ID), Use: string(o.Use), Description: o.Description, Brand: o.Brand, LastFour: o.LastFour,
		MAC: s.MAC[:], Pepper: int64(s.Pepper), ExpiresAt: nullMillis(o.Expires),
		CreatedAt: millis(o.Created), CreatedByKind: string(o.CreatedBy.Kind), CreatedByID: o.CreatedBy.ID, CreatedByName: o.CreatedBy.Name,
	})
	return t.inserted(tokenChange, "", string(o.ID), t.dialect.inserted("operator token", "id", "is already there", err))
}

// RevokeOperatorToken answers ErrRevoked for a token that is already revoked and leaves it as it is.
func (t *tx) RevokeOperatorToken(ctx context.Context, id keywright.OperatorTokenID, by keywright.Actor, why string, now time.Time) error {
	rows, err := t.q.RevokeOperatorToken(ctx, queries.RevokeOperatorTokenParams{
		ID: string(id), Now: nullMillis(now), ByKind: string(by.Kind), ByID: by.ID, ByName: by.Name, Why: why,
	})
	if err == nil && rows == 0 {
		if _, err := t.OperatorToken(ctx, id); err != nil {
			return err
		}
		return keywright.ErrRevoked
	}
	return t.touch(tokenChange, "", string(id), changed("operator token", rows, err))
}

func operatorToken(row queries.OperatorToken) keywright.OperatorToken {
	return keywright.OperatorToken{
		ID: keywright.OperatorTokenID(row.ID), Use: keywright.TokenUse(row.Use), Description: row.Description,
		Brand: row.Brand, LastFour: row.LastFour,
		Created: instant(row.CreatedAt), CreatedBy: actor(row.CreatedByKind, row.CreatedByID, row.CreatedByName),
		Expires: nullInstant(row.ExpiresAt), Revoked: nullInstant(row.RevokedAt),
		RevokedBy: actor(row.RevokedByKind, row.RevokedByID, row.RevokedByName), WhyRevoked: row.WhyRevoked, LastUsed: nullInstant(row.LastUsedAt),
	}
}

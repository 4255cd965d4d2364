package store

import (
	"context"
	"database/sql"
	"iter"

	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/store/queries"
)

// These read whole tables, row by row, in the order in which they lie. What sqlc generates
// would answer them as a list. The query for keys is the Dialect's.
const (
	countKeys    = `SELECT CAST(COALESCE(SUM(active_keys), 0) AS BIGINT) FROM accounts`
	everyAccount = `SELECT id, slug, plan, state FROM accounts`
	everyToken   = `SELECT id, use, mac, pepper, expires_at, revoked_at FROM operator_tokens`
	everyMember  = `SELECT id, account_id, role, state FROM members`
)

// Snapshot has take read all accounts, tokens, members and keys, as they are at one revision. They
// come from the database while take ranges over them and are nowhere as a whole. One of the
// connections that read is held for as long.
//
// Errors: its own, and what take answers. Errors on the way are among the records.
func (s *Store) Snapshot(ctx context.Context, take func(keyset.Snapshot) error) error {
	return s.look(ctx, func(ctx context.Context, in *sql.Tx, now queries.ClockRow) error {
		var keys int
		if err := in.QueryRowContext(ctx, countKeys).Scan(&keys); err != nil {
			return failed("count", "keys", err)
		}
		governs, err := reader{queries.New(in)}.PolicyInForce(ctx)
		if err != nil {
			return err
		}
		return take(keyset.Snapshot{Revision: uint64(now.Revision), Policy: governs, Keys: keys, Records: s.records(ctx, in)})
	})
}

func (s *Store) records(ctx context.Context, in *sql.Tx) iter.Seq2[keyset.Change, error] {
	accounts := stream(ctx, in, everyAccount, func(row *queries.ChangedAccountsRow) []any {
		return []any{&row.ID, &row.Slug, &row.Plan, &row.State}
	})
	tokens := stream(ctx, in, everyToken, func(row *queries.ChangedTokensRow) []any {
		return []any{&row.ID, &row.Use, &row.MAC, &row.Pepper, &row.ExpiresAt, &row.RevokedAt}
	})
	members := stream(ctx, in, everyMember, func(row *queries.ChangedMembersRow) []any {
		return []any{&row.ID, &row.AccountID, &row.Role, &row.State}
	})
	keys := stream(ctx, in, s.dialect.Keys, func(row *sql.RawBytes) []any { return []any{row} })
	return func(yield func(keyset.Change, error) bool) {
		for _, part := range []iter.Seq2[keyset.Change, error]{
			each(accounts, accountRecord), tokenRecords(tokens), each(members, memberRecord), keyRecords(unpacked(ahead(keys))),
		} {
			for record, err := range part {
				if !yield(record, err) || err != nil {
					return
				}
			}
		}
	}
}

// stream reads rows one by one into the same columns. After an error it ends.
func stream[Row any](ctx context.Context, in *sql.Tx, text string, columns func(*Row) []any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var row Row
		err := func() error {
			rows, err := in.QueryContext(ctx, text)
			if err != nil {
				return err
			}
			defer rows.Close() //nolint:errcheck // Err says it
			for into := columns(&row); rows.Next(); {
				if err := rows.Scan(into...); err != nil {
					return err
				}
				if !yield(row, nil) {
					return nil
				}
			}
			return rows.Err()
		}()
		if err != nil {
			yield(row, failed("read", "snapshot", err))
		}
	}
}

package store

import (
	"context"
	"database/sql"

	"github.com/keywright/keywright/store/queries"
)

// KeyringChecks are the check values of the peppers that have sealed keys of this database,
// by version: they tell the right keyring from a wrong one and nothing else.
func (s *Store) KeyringChecks(ctx context.Context) (map[int][]byte, error) {
	return keyringChecks(ctx, s.q)
}

// KeyringChecksOf are those of a database for which there is no Store.
func KeyringChecksOf(ctx context.Context, db *sql.DB) (map[int][]byte, error) {
	return keyringChecks(ctx, queries.New(db))
}

func keyringChecks(ctx context.Context, q *queries.Queries) (map[int][]byte, error) {
	rows, err := q.KeyringChecks(ctx)
	if err != nil {
		return nil, failed("list", "keyring checks", err)
	}
	checks := make(map[int][]byte, len(rows))
	for _, row := range rows {
		checks[int(row.Version)] = row.Value
	}
	return checks, nil
}

// SaveKeyringChecks adds check values. One that is there cannot be replaced.
//
// Errors: *ConflictError (id) for a version that is already there.
func (s *Store) SaveKeyringChecks(ctx context.Context, checks map[int][]byte) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		for version, value := range checks {
			err := q.InsertKeyringCheck(ctx, queries.InsertKeyringCheckParams{Version: int64(version), Value: value})
			if err != nil {
				return s.dialect.inserted("keyring check", "id", "is already there", err)
			}
		}
		return nil
	})
}

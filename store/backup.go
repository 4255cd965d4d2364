package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"

	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/store/queries"
)

// backedUp are the tables of a backup, each after those that it refers to. Their columns are
// those that they have: a column that is added is in the next backup.
//
// A test walks the tables of the schema for one that is neither here nor in leftOut.
func backedUp() []string {
	return []string{"accounts", "members", "passwords", "links", "keys", "seals", "operator_tokens", "key_requests", "support_requests", "events", "receipts", "policies", "keyring_checks", "decisions"}
}

// leftOut are the tables that are not, and why.
func leftOut() map[string]string {
	return map[string]string{
		"clock":           "is in the header",
		"identity":        "is in the header",
		"changes":         "is for followers, who load everything anew",
		"sessions":        "ends with a restore: people sign in again",
		"nodes":           "is of the processes that run",
		"answers":         "is for requests that are sent again within a day",
		"schema_versions": "is of the database that it is restored to",
	}
}

// Backup writes all that there is at one revision to w, while others go on reading and writing.
// It holds one of the connections that follow.
//
// Errors: ErrBackwards, and those of w.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	return s.look(ctx, func(ctx context.Context, in *sql.Tx, now queries.ClockRow) error {
		h, err := s.header(ctx, in, now)
		if err != nil {
			return err
		}
		b, err := backup.NewWriter(w, h)
		if err != nil {
			return err
		}
		for _, table := range backedUp() {
			if err := copyTable(ctx, in, b, table); err != nil {
				return fmt.Errorf("back up %s: %w", table, err)
			}
		}
		return b.End()
	})
}

func (s *Store) header(ctx context.Context, in *sql.Tx, now queries.ClockRow) (backup.Header, error) {
	h := backup.Header{
		At: instant(millis(s.options.Now())), Revision: uint64(now.Revision), Stamp: uint64(now.Stamp),
		Peppers: map[int][]byte{}, Rows: map[string]int64{},
	}
	identity, err := queries.New(in).Identity(ctx)
	if err != nil {
		return h, failed("read", "identity", err)
	}
	h.Database = identity.Database
	checks, err := queries.New(in).KeyringChecks(ctx)
	if err != nil {
		return h, failed("list", "keyring checks", err)
	}
	for _, check := range checks {
		h.Peppers[int(check.Version)] = check.Value
	}
	for _, number := range []struct {
		query string
		into  *int64
	}{
		{"SELECT max(version_id) FROM schema_versions WHERE is_applied", &h.Schema},
		{"SELECT sequence FROM clock WHERE id = 1", &h.Sequence},
	} {
		if err := in.QueryRowContext(ctx, number.query).Scan(number.into); err != nil {
			return h, failed("read", "header", err)
		}
	}
	for _, table := range backedUp() {
		var rows int64
		if err := in.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
			return h, failed("count", table, err)
		}
		h.Rows[table] = rows
	}
	return h, nil
}

// copyTable writes a table as it lies.
func copyTable(ctx context.Context, tx *sql.Tx, b *backup.Writer, name string) error {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+name) //nolint:gosec // G202: our own names
	if err != nil {
		return failed("read", "table", err)
	}
	defer rows.Close() //nolint:errcheck // Err says it
	t, err := tableOf(name, rows)
	if err != nil {
		return err
	}
	if err := b.Table(t); err != nil {
		return err
	}
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return failed("read", "row", err)
		}
		if err := b.Row(values); err != nil {
			return err
		}
	}
	return failed("read", "table", rows.Err())
}

// tableOf is what a table's columns are.
func tableOf(name string, rows *sql.Rows) (backup.Table, error) {
	t := backup.Table{Name: name}
	columns, err := rows.ColumnTypes()
	if err != nil {
		return t, failed("read", "columns", err)
	}
	for _, column := range columns {
		t.Columns = append(t.Columns, column.Name())
		if slices.Contains([]string{"BLOB", "BYTEA"}, column.DatabaseTypeName()) {
			t.Bytes = append(t.Bytes, column.Name())
		}
	}
	return t, nil
}

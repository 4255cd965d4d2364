package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/store/queries"
)

// ErrNotEmpty says that a backup can't be restored to a database that has something.
var ErrNotEmpty = errors.New("is not empty; a backup is restored to a new one")

// ErrNewerSchema says that a backup has tables of a newer version than the database.
var ErrNewerSchema = errors.New("was made by a newer version of keywright")

// Restore fills an empty database with a backup that was checked before, in one transaction, and
// puts it into quarantine: JustRestored. The tables of the backup may be of an earlier version,
// because what that version writes, the tables of this one take.
//
// It is for a process that has the database to itself.
//
// Errors: ErrNotEmpty, ErrNewerSchema, those of package backup.
func (s *Store) Restore(ctx context.Context, h backup.Header, r io.Reader) error {
	return s.inTurn(ctx, func() error {
		begun, err := s.pools.Write.BeginTx(ctx, nil)
		if err != nil {
			return failed("begin", "to write", err)
		}
		defer begun.Rollback() //nolint:errcheck // after a commit it does nothing; otherwise another error is on its way
		if s.dialect.Bulk != "" {
			if _, err := begun.ExecContext(ctx, s.dialect.Bulk); err != nil {
				return failed("prepare", "to restore", err)
			}
		}
		if err := empty(ctx, begun, h); err != nil {
			return err
		}
		if err := assume(ctx, begun, h); err != nil {
			return err
		}
		if err := fill(ctx, begun, s.dialect.perInsert(), h, r); err != nil {
			return err
		}
		return s.commit(begun)
	})
}

// empty refuses a database that the backup can't be restored to.
func empty(ctx context.Context, tx *sql.Tx, h backup.Header) error {
	for _, table := range backedUp() {
		var some bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+")").Scan(&some); err != nil {
			return failed("look into", table, err)
		}
		if some {
			return ErrNotEmpty
		}
	}
	var schema int64
	if err := tx.QueryRowContext(ctx, "SELECT max(version_id) FROM schema_versions WHERE is_applied").Scan(&schema); err != nil {
		return failed("read", "schema", err)
	}
	if h.Schema > schema {
		return fmt.Errorf("%w: its tables are at %d, and this one knows %d", ErrNewerSchema, h.Schema, schema)
	}
	return nil
}

// assume makes the database the one that was backed up, at the same point of its history, and
// puts it into quarantine.
func assume(ctx context.Context, tx *sql.Tx, h backup.Header) error {
	q := queries.New(tx)
	if err := q.SetDatabase(ctx, h.Database); err != nil {
		return failed("set", "database", err)
	}
	if err := q.SetQuarantined(ctx, string(keywright.JustRestored)); err != nil {
		return failed("set", "quarantine", err)
	}
	return failed("set", "clock", q.SetClock(ctx, queries.SetClockParams{
		Revision: int64(h.Revision), Sequence: h.Sequence, Stamp: int64(h.Stamp),
	}))
}

// fill inserts all rows.
func fill(ctx context.Context, tx *sql.Tx, perInsert int, h backup.Header, r io.Reader) error {
	left := backedUp()
	counts := map[string]int64{}
	var now *inserting
	err := backup.Read(r, func(t backup.Table) (func([]any) error, error) {
		if err := now.flush(ctx); err != nil {
			return nil, err
		}
		at := slices.Index(left, t.Name) // only forward: what is referred to comes first
		if at < 0 {
			return nil, fmt.Errorf("a table %q that should not be there", t.Name)
		}
		left = left[at+1:]
		var err error
		if now, err = insertInto(ctx, tx, perInsert, t); err != nil {
			return nil, err
		}
		return func(values []any) error {
			counts[t.Name]++
			return now.add(ctx, values)
		}, nil
	})
	if err == nil {
		err = now.flush(ctx)
	}
	if err != nil {
		return err
	}
	for table, want := range h.Rows {
		if counts[table] != want {
			return fmt.Errorf("%w: %s has %d rows of %d", backup.ErrDamaged, table, counts[table], want)
		}
	}
	return nil
}

// perInsert is how many values are sent in one statement, a row at least. A server is not asked for
// each row; PostgreSQL takes 65,535 values. On a file there is no way to save, and SQLite looks for
// the name of each value among those before it, so that many cost more than they are worth.
func (d Dialect) perInsert() int {
	if d.Server {
		return 8_000
	}
	return 1
}

// inserting gathers the rows of one table.
type inserting struct {
	tx     *sql.Tx
	table  backup.Table
	most   int // rows in a statement
	full   *sql.Stmt
	values []any
}

// insertInto begins a table. Its columns must be among those that the database has: nothing else
// in a file becomes a part of a statement.
func insertInto(ctx context.Context, tx *sql.Tx, perInsert int, t backup.Table) (*inserting, error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+t.Name+" LIMIT 0") //nolint:gosec // G202: one of ours, by backedUp
	if err != nil {
		return nil, failed("read", "columns", err)
	}
	defer rows.Close() //nolint:errcheck // there are none
	have, err := rows.Columns()
	if err = errors.Join(err, rows.Err()); err != nil {
		return nil, failed("read", "columns", err)
	}
	for i, column := range t.Columns {
		if !slices.Contains(have, column) || slices.Contains(t.Columns[:i], column) {
			return nil, fmt.Errorf("table %s has a column %q that should not be there", t.Name, column)
		}
	}
	return &inserting{tx: tx, table: t, most: max(1, perInsert/len(t.Columns))}, nil
}

func (in *inserting) statement(rows int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", in.table.Name, strings.Join(in.table.Columns, ", "))
	parameter := 0
	for row := range rows {
		if row > 0 {
			text.WriteByte(',')
		}
		for column := range in.table.Columns {
			parameter++
			if column == 0 {
				fmt.Fprintf(&text, "($%d", parameter)
			} else {
				fmt.Fprintf(&text, ",$%d", parameter)
			}
		}
		text.WriteByte(')')
	}
	return text.String()
}

func (in *inserting) add(ctx context.Context, values []any) (err error) {
	in.values = append(in.values, values...)
	if len(in.values) < in.most*len(in.table.Columns) {
		return nil
	}
	if in.full == nil {
		if in.full, err = in.tx.PrepareContext(ctx, in.statement(in.most)); err != nil {
			return failed("prepare for", in.table.Name, err)
		}
	}
	_, err = in.full.ExecContext(ctx, in.values...)
	clear(in.values)
	in.values = in.values[:0]
	return failed("insert into", in.table.Name, err)
}

// flush inserts what is left; nil has nothing.
func (in *inserting) flush(ctx context.Context) error {
	if in == nil || len(in.values) == 0 {
		return nil
	}
	_, err := in.tx.ExecContext(ctx, in.statement(len(in.values)/len(in.table.Columns)), in.values...)
	in.values = nil
	return failed("insert into", in.table.Name, err)
}

package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/keywright/keywright/store/queries"
)

// look runs queries in one transaction that only reads. All of them see what was there at now.
//
// Errors: ErrBackwards, and those of see.
func (s *Store) look(ctx context.Context, see func(ctx context.Context, in looking, now queries.ClockRow) error) error {
	ctx, leave := s.watch(ctx)
	defer leave()
	err := s.watched(ctx, see)
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

func (s *Store) watched(ctx context.Context, see func(ctx context.Context, in looking, now queries.ClockRow) error) error {
	before, err := s.known.now()
	if err != nil {
		return err
	}
	return s.glance(ctx, func(in looking, now queries.ClockRow) error {
		if err := s.compare(ctx, in.reader().q, before, now); err != nil {
			return err
		}
		return see(ctx, in, now)
	})
}

// glance is look at a database as it is, also at one that lacks what it had.
func (s *Store) glance(ctx context.Context, see func(in looking, now queries.ClockRow) error) error {
	tx, err := s.pools.Follow.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return failed("begin", "to read", err)
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	in := looking{tx, s.following}
	now, err := in.reader().q.Clock(ctx)
	if err != nil {
		return failed("read", "clock", err)
	}
	return see(in, now)
}

// looking runs queries in one transaction that only reads, by statements prepared before.
type looking struct {
	tx       *sql.Tx
	prepared *prepared
}

var _ queries.DBTX = looking{}

func (l looking) reader() reader { return reader{queries.New(l)} }

func (l looking) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	statement, err := l.prepared.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return l.tx.StmtContext(ctx, statement), nil // closed with the transaction
}

func (l looking) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return l.tx.ExecContext(ctx, text, args...)
}

func (l looking) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := l.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed with the transaction
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (l looking) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := l.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed with the transaction
	if err != nil {
		return l.tx.QueryRowContext(ctx, text, args...) // fails likewise, and only it can make a Row
	}
	return statement.QueryRowContext(ctx, args...)
}

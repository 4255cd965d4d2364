package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/keywright/keywright/store/queries"
)

// prepared runs every query as a prepared statement, made at its first use: on SQLite,
// preparing the join of a verification costs more than running it.
type prepared struct {
	db     *sql.DB
	byText sync.Map // of *sql.Stmt
}

var _ queries.DBTX = (*prepared)(nil)

func (p *prepared) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	if found, ok := p.byText.Load(text); ok {
		return found.(*sql.Stmt), nil
	}
	statement, err := p.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	kept, raced := p.byText.LoadOrStore(text, statement)
	if raced {
		defer statement.Close() //nolint:errcheck // it was never used
	}
	return kept.(*sql.Stmt), nil
}

func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := p.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := p.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := p.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return p.db.QueryRowContext(ctx, text, args...) // fails likewise, and only it can make a Row
	}
	return statement.QueryRowContext(ctx, args...)
}

func (p *prepared) close() error {
	var all []error
	p.byText.Range(func(_, statement any) bool {
		all = append(all, statement.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(all...)
}

// steady runs queries in one transaction, under the transaction's own deadline and not the
// caller's: SQLite undoes a whole transaction when one of its statements is interrupted, and
// what ran next would commit by itself. For the same reason nothing runs after a failure.
type steady struct {
	ctx    context.Context
	tx     *sql.Tx
	wrote  bool
	failed error // the first failure of a statement
}

var _ queries.DBTX = (*steady)(nil)

func (s *steady) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	var result sql.Result
	result, s.failed = s.tx.ExecContext(s.ctx, text, args...)
	s.wrote = true
	return result, s.failed
}

func (s *steady) PrepareContext(_ context.Context, text string) (*sql.Stmt, error) {
	return s.tx.PrepareContext(s.ctx, text)
}

func (s *steady) QueryContext(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	var rows *sql.Rows
	rows, s.failed = s.tx.QueryContext(s.ctx, text, args...)
	return rows, s.failed
}

func (s *steady) QueryRowContext(_ context.Context, text string, args ...any) *sql.Row {
	if s.failed != nil {
		ended, end := context.WithCancel(s.ctx) // only the Tx can make a Row, so let it make a failed one
		end()
		return s.tx.QueryRowContext(ended, text, args...)
	}
	row := s.tx.QueryRowContext(s.ctx, text, args...)
	s.failed = row.Err()
	return row
}

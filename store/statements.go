package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/keywright/keywright/store/queries"
)

// prepared runs every query as a prepared statement, made at its first use: on SQLite,
// preparing the join of a verification costs more than running it.
type prepared struct {
	db     *sql.DB
	byText sync.Map // of *sql.Stmt
	wanted []string // in a transaction on the only connection; owned by whoever has the turn
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

func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (result sql.Result, err error) {
	for range mostCut {
		var statement *sql.Stmt
		if statement, err = p.PrepareContext(ctx, text); err == nil { //nolint:sqlclosecheck // kept for the next call
			result, err = statement.ExecContext(ctx, args...)
		}
		if !neverSent(err) {
			break
		}
	}
	return result, err
}

func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (rows *sql.Rows, err error) {
	for range mostCut {
		var statement *sql.Stmt
		if statement, err = p.PrepareContext(ctx, text); err == nil { //nolint:sqlclosecheck // kept for the next call
			rows, err = statement.QueryContext(ctx, args...)
		}
		if !neverSent(err) {
			break
		}
	}
	return rows, err
}

func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) (row *sql.Row) {
	for range mostCut {
		statement, err := p.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept for the next call
		if err != nil {
			row = p.db.QueryRowContext(ctx, text, args...) // fails likewise, and only it can make a Row
		} else {
			row = statement.QueryRowContext(ctx, args...)
		}
		if !neverSent(row.Err()) {
			break
		}
	}
	return row
}

// mostCut is how many connections a statement tries that were cut off before anyone used them; a
// pool has no more. It looks at one that was used when it takes it up again, and never at others.
const mostCut = 10

// neverSent reports whether nothing of a statement has reached the database.
func neverSent(err error) bool {
	var sending interface{ SafeToRetry() bool }
	return errors.As(err, &sending) && sending.SafeToRetry()
}

// in is the statement in a transaction of db; nil when it is not prepared yet. That takes a
// connection, of which the transaction may have the only one, so it is done before the next one.
func (p *prepared) in(ctx context.Context, tx *sql.Tx, text string) *sql.Stmt {
	found, ok := p.byText.Load(text)
	if !ok {
		p.wanted = append(p.wanted, text)
		return nil
	}
	return tx.StmtContext(ctx, found.(*sql.Stmt))
}

// provide prepares what was wanted. What fails is wanted again.
func (p *prepared) provide(ctx context.Context) {
	if p == nil {
		return
	}
	for _, text := range p.wanted {
		_, _ = p.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept
	}
	p.wanted = nil
}

func (p *prepared) close() error {
	if p == nil {
		return nil
	}
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
	ctx      context.Context
	limit    context.Context // ends when the transaction must
	tx       *sql.Tx
	prepared *prepared            // nil: the driver itself keeps what it has prepared
	known    map[string]*sql.Stmt // by text, those of prepared that the transaction has
	wrote    bool
	failed   error // the first failure of a statement
}

var _ queries.DBTX = (*steady)(nil)

// statement is the prepared one of a text, or nil, or s.failed is set.
func (s *steady) statement(text string) *sql.Stmt {
	if s.failed = s.limit.Err(); s.failed != nil || s.prepared == nil {
		return nil
	}
	found, ok := s.known[text]
	if !ok {
		found = s.prepared.in(s.ctx, s.tx, text)
		s.known[text] = found
	}
	return found
}

// passedOver is the failure of a statement that whoever ran it made nothing of.
func (s *steady) passedOver() error {
	if s.failed == nil {
		return nil
	}
	return fmt.Errorf("a failed statement was passed over: %w", s.failed)
}

// apart runs do on a part of the transaction, and undoes that part alone when it fails or writes
// nothing. After an error of its own nothing of the whole transaction can stand.
func (s *steady) apart(do func(part *steady) error) error {
	if err := s.run("SAVEPOINT part"); err != nil {
		return err
	}
	part := &steady{ctx: s.ctx, limit: s.limit, tx: s.tx, prepared: s.prepared, known: s.known}
	if err := do(part); err != nil || !part.wrote {
		if err := s.run("ROLLBACK TO part"); err != nil {
			return err
		}
	} else {
		s.wrote = true
	}
	return s.run("RELEASE part")
}

func (s *steady) run(statement string) error {
	_, err := s.exec(statement)
	return failed("do", "one of several changes", err)
}

func (s *steady) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	if s.failed == nil {
		s.wrote = true
	}
	return s.exec(text, args...)
}

func (s *steady) exec(text string, args ...any) (result sql.Result, _ error) {
	if s.failed != nil {
		return nil, s.failed
	}
	switch statement := s.statement(text); { //nolint:sqlclosecheck // the transaction closes it
	case s.failed != nil:
	case statement != nil:
		result, s.failed = statement.ExecContext(s.ctx, args...)
	default:
		result, s.failed = s.tx.ExecContext(s.ctx, text, args...)
	}
	return result, s.failed
}

func (s *steady) PrepareContext(_ context.Context, text string) (*sql.Stmt, error) {
	return s.tx.PrepareContext(s.ctx, text)
}

func (s *steady) QueryContext(_ context.Context, text string, args ...any) (rows *sql.Rows, _ error) {
	if s.failed != nil {
		return nil, s.failed
	}
	switch statement := s.statement(text); { //nolint:sqlclosecheck // the transaction closes it
	case s.failed != nil:
	case statement != nil:
		rows, s.failed = statement.QueryContext(s.ctx, args...)
	default:
		rows, s.failed = s.tx.QueryContext(s.ctx, text, args...)
	}
	return rows, s.failed
}

func (s *steady) QueryRowContext(_ context.Context, text string, args ...any) (row *sql.Row) {
	if s.failed == nil {
		switch statement := s.statement(text); { //nolint:sqlclosecheck // the transaction closes it
		case s.failed != nil:
		case statement != nil:
			row = statement.QueryRowContext(s.ctx, args...)
		default:
			row = s.tx.QueryRowContext(s.ctx, text, args...)
		}
	}
	if row == nil {
		ended, end := context.WithCancel(s.ctx) // only the Tx can make a Row, so let it make a failed one
		end()
		return s.tx.QueryRowContext(ended, text, args...)
	}
	s.failed = row.Err()
	return row
}

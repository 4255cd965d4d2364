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
func (s *Store) look(ctx context.Context, see func(ctx context.Context, in *sql.Tx, now queries.ClockRow) error) error {
	ctx, leave := s.watch(ctx)
	defer leave()
	err := s.watched(ctx, see)
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

func (s *Store) watched(ctx context.Context, see func(ctx context.Context, in *sql.Tx, now queries.ClockRow) error) error {
	before, err := s.known.now()
	if err != nil {
		return err
	}
	return s.glance(ctx, func(in *sql.Tx, now queries.ClockRow) error {
		if err := s.compare(ctx, queries.New(in), before, now); err != nil {
			return err
		}
		return see(ctx, in, now)
	})
}

// glance is look at a database as it is, also at one that lacks what it had. It takes one connection
// and nothing else of the pool, so that those who look at once never wait for each other in a ring:
// statements prepared on the pool would, at their first use.
func (s *Store) glance(ctx context.Context, see func(in *sql.Tx, now queries.ClockRow) error) error {
	tx, err := begin(ctx, s.pools.Follow, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return failed("begin", "to read", err)
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	now, err := queries.New(tx).Clock(ctx)
	if err != nil {
		return failed("read", "clock", err)
	}
	return see(tx, now)
}

// begin begins a transaction, also when connections were cut off while nobody used them.
func begin(ctx context.Context, pool *sql.DB, o *sql.TxOptions) (tx *sql.Tx, err error) {
	for range mostCut {
		if tx, err = pool.BeginTx(ctx, o); !neverSent(err) {
			break
		}
	}
	return tx, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// writeTime is how long a transaction may take from its beginning to its commit.
const writeTime = 10 * time.Second

// commitTime is how long a server may take to confirm a commit before its outcome is unknown. On
// a file there is no such limit: to cut a commit off there would be the harm.
const commitTime = 10 * time.Second

// mostRuns is how often a change is run when it gets into the way of others.
const mostRuns = 5

// tx is one transaction that changes the domain; it implements keywright.Tx.
type tx struct {
	reader
	dialect  Dialect
	revision int64
	stamp    int64 // of the revision
	was      int64 // the stamp of the one before
	touched  touched
}

var _ keywright.Tx = (*tx)(nil)

func (t *tx) Revision() uint64 { return uint64(t.revision) }

// Write runs change in a transaction and gives it the next revision. A change that writes nothing
// takes none. Once change has begun, the end of ctx does not stop it. Another goroutine may run it,
// when both wait at the same time.
//
// Errors: ErrBackwards, ErrOutcomeUnknown, and those of change.
func (s *Store) Write(ctx context.Context, change func(keywright.Tx) error) error {
	p := &pending{change: change, ended: ctx.Err, done: make(chan struct{})}
	s.queue.join(p)
	select {
	case <-p.done:
	case s.turn <- struct{}{}:
		func() {
			defer func() { <-s.turn }()
			s.lead(context.WithoutCancel(ctx), p)
		}()
	case <-ctx.Done():
		if s.queue.leave(p) {
			return fmt.Errorf("wait to write: %w", ctx.Err())
		}
		<-p.done
	}
	if p.panicked != nil {
		panic(p.panicked)
	}
	return p.err
}

// confirm returns once everything that was committed before is as safe as a commit of our own.
// Whoever calls it has the turn.
func (s *Store) confirm(ctx context.Context) error {
	if s.dialect.Confirm == "" {
		return nil
	}
	_, err := s.transact(ctx, func(ctx context.Context, db *steady) error {
		_, err := db.ExecContext(ctx, s.dialect.Confirm)
		return failed("confirm", "what was committed before", err)
	})
	return err
}

// Latest is a revision that has all that was written by this process, and all that its writes have
// found.
func (s *Store) Latest() uint64 { return s.latest.Load() }

// alone runs change in one transaction, when all who came before have had their turn, and
// commits what it wrote. After an error nothing of it stands, unless it is ErrOutcomeUnknown.
// It takes no revision, so it is for what no keyset holds.
func (s *Store) alone(ctx context.Context, change func(context.Context, *queries.Queries) error) error {
	return s.inTurn(ctx, func() error {
		_, err := s.transact(ctx, func(ctx context.Context, db *steady) error { return change(ctx, queries.New(db)) })
		return err
	})
}

func (s *Store) inTurn(ctx context.Context, write func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return fmt.Errorf("wait to write: %w", ctx.Err())
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait to write: %w", err)
	}
	return s.attempt(mostRuns, write)
}

// attempt runs write as often as it gets into the way of others, and most times at most. Whoever
// calls it has the turn.
func (s *Store) attempt(most int, write func() error) error {
	for run := 1; ; run++ {
		select {
		case <-s.broken:
			return errBroken
		default:
		}
		if _, err := s.known.now(); err != nil {
			return err
		}
		err := write()
		if err == nil || errors.Is(err, keywright.ErrOutcomeUnknown) || run == most || !s.dialect.Again(err) {
			return err
		}
	}
}

// transact reports whether it committed something. Whoever calls it has the turn.
func (s *Store) transact(ctx context.Context, change func(context.Context, *steady) error) (committed bool, err error) {
	ctx, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	// A connection on which nothing comes back holds up the beginning and the end as well,
	// for which limited is too late or too early.
	late := time.AfterFunc(writeTime+time.Second, cut)
	defer late.Stop()
	s.writing.provide(ctx)
	begun, err := begin(ctx, s.pools.Write, nil)
	if err != nil && unavailable(err) { // the connection was cut off just now
		begun, err = begin(ctx, s.pools.Write, nil)
	}
	if err != nil {
		return false, failed("begin", "to write", err)
	}
	defer begun.Rollback() //nolint:errcheck // after a commit it does nothing; otherwise another error is on its way
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	db := &steady{ctx: limited, limit: limited, tx: begun, prepared: s.writing, known: map[string]*sql.Stmt{}}
	if !s.dialect.Server { // a driver in this process has a goroutine for each statement that can be cut off
		db.ctx = context.WithoutCancel(ctx)
	}
	if err := change(limited, db); err != nil {
		return false, err
	}
	if err := db.passedOver(); err != nil {
		return false, err
	}
	if !db.wrote {
		return false, nil
	}
	late.Stop()
	if s.dialect.Server {
		late.Reset(commitTime)
	}
	err = s.commit(begun)
	return err == nil, err
}

// commit ends a transaction. Whoever calls it has the turn.
func (s *Store) commit(begun interface{ Commit() error }) error {
	err := begun.Commit()
	if err == nil {
		return nil
	}
	if s.dialect.Refused(err) {
		return failed("commit", "the change", err)
	}
	// The disk may hold the commit although it failed: a failed fsync has been seen to leave
	// it there. Another write could build on what is not so.
	if !s.dialect.Server {
		close(s.broken)
	}
	return fmt.Errorf("commit: %w: %w", keywright.ErrOutcomeUnknown, err)
}

package store

import (
	"context"
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

// Write runs change in a transaction of its own and gives it the next revision. A change
// that writes nothing takes none. Once change has begun, the end of ctx does not stop it.
//
// Errors: ErrBackwards, ErrOutcomeUnknown, and those of change.
func (s *Store) Write(ctx context.Context, change func(keywright.Tx) error) error {
	return s.inTurn(ctx, func() error {
		before, err := s.known.now()
		if err != nil {
			return err
		}
		var t *tx
		var since keywright.Point
		var changes keywright.Changes
		var restrictions keywright.Restrictions
		committed, err := s.transact(ctx, func(ctx context.Context, db *steady) error {
			q := queries.New(db)
			// The first statement of all: its row's lock makes every other writer wait.
			stamp := newStamp()
			next, err := q.NextRevision(ctx, stamp)
			if err != nil {
				return failed("take", "the next revision", err)
			}
			t = &tx{reader: reader{q}, dialect: s.dialect, revision: next.Revision, stamp: stamp, was: next.StampBefore}
			since = t.since()
			found := queries.ClockRow{Revision: next.Revision - 1, Stamp: next.StampBefore, Horizon: next.Horizon}
			if err := s.compare(ctx, q, before, found); err != nil {
				return err
			}
			if err := change(t); err != nil {
				return err
			}
			if db.failed != nil || !db.wrote && len(t.touched.things) == 0 {
				return nil
			}
			now := s.options.Now()
			if changes, err = t.log(ctx, now, len(s.followers) > 0); err != nil {
				return err
			}
			restrictions, err = t.restrictions(ctx, now, len(s.journals) > 0)
			return err
		})
		if err == nil && !committed { // what it found, its caller will tell: that it was done before, say
			err = s.confirm(ctx)
		}
		if err == nil {
			s.latest.Store(t.since().Revision)
		}
		if committed {
			err = s.stands(ctx, since, t.at())
			committed = err == nil
		}
		if committed {
			s.latest.Store(t.at().Revision)
			s.tell(changes, restrictions)
		}
		if committed || errors.Is(err, keywright.ErrOutcomeUnknown) {
			s.hint() // our own follower hears it too, and looks whether the change stands
		}
		return err
	})
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
		if err == nil || errors.Is(err, keywright.ErrOutcomeUnknown) || run == mostRuns || !s.dialect.Again(err) {
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
	begun, err := s.pools.Write.BeginTx(ctx, nil)
	if err != nil && unavailable(err) { // a connection that was cut while nobody used it
		begun, err = s.pools.Write.BeginTx(ctx, nil)
	}
	if err != nil {
		return false, failed("begin", "to write", err)
	}
	defer begun.Rollback() //nolint:errcheck // after a commit it does nothing; otherwise another error is on its way
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	db := &steady{ctx: limited, tx: begun}
	if err := change(limited, db); err != nil {
		return false, err
	}
	if db.failed != nil {
		return false, fmt.Errorf("a failed statement was passed over: %w", db.failed)
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

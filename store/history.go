package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// known is how far a database has been seen to be. It refuses the database for good when that
// is found to lack what it had.
type known struct {
	mu        sync.Mutex
	at        keywright.Point           // under mu
	backwards *keywright.BackwardsError // under mu; nil while all is well
	lost      chan struct{}             // closed under mu, when backwards is set
}

// Expect says what the database has had: when it lacks that, the Store answers ErrBackwards to
// every write, poll and snapshot from then on. It is for whoever has just made the Store.
func (s *Store) Expect(at keywright.Point) {
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	s.known.at = at
}

// Known is the last point of the database's history that was seen, or expected.
func (s *Store) Known() keywright.Point {
	at, _ := s.known.now()
	return at
}

// Backwards is closed when the database was found to lack what it had.
func (s *Store) Backwards() <-chan struct{} { return s.known.lost }

// now is what is known, for whoever is about to look: what he then sees must not be before it.
func (k *known) now() (keywright.Point, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.backwards != nil {
		return k.at, k.backwards
	}
	return k.at, nil
}

// advance notes that the database, which had from, has at too. When someone else has noted
// something meanwhile, nobody has compared at with that: it answers what, and notes nothing.
func (k *known) advance(from, at keywright.Point) (meanwhile keywright.Point, noted bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at != from {
		return k.at, false
	}
	if at.Revision > from.Revision {
		k.at = at
	}
	return k.at, true
}

// refuse notes that the database lacks what it had.
func (k *known) refuse(err *keywright.BackwardsError) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.backwards == nil {
		k.backwards = err
		close(k.lost)
	}
	return k.backwards
}

// newStamp draws the stamp of a revision. It tells histories apart and keeps nobody out.
func newStamp() int64 { return 1 + rand.Int64N(1<<62) } //nolint:gosec // G404: see above

func point(clock queries.ClockRow) keywright.Point {
	return keywright.Point{Revision: uint64(clock.Revision), Stamp: uint64(clock.Stamp)}
}

// since and at are where a transaction begins and where it leads to.
func (t *tx) since() keywright.Point {
	return keywright.Point{Revision: uint64(t.revision - 1), Stamp: uint64(t.was)}
}

func (t *tx) at() keywright.Point {
	return keywright.Point{Revision: uint64(t.revision), Stamp: uint64(t.stamp)}
}

// clock reads the clock, of a database that has before.
func (s *Store) clock(ctx context.Context, q *queries.Queries, before keywright.Point) (queries.ClockRow, error) {
	clock, err := q.Clock(ctx)
	if err != nil {
		return clock, failed("read", "clock", err)
	}
	return clock, s.compare(ctx, q, before, clock)
}

// compare notes how far the database is now, or refuses one that lacks before, or what others have
// noted since. What they noted after this look it can't have: the next one compares with that.
func (s *Store) compare(ctx context.Context, q *queries.Queries, before keywright.Point, clock queries.ClockRow) error {
	now := point(clock)
	for {
		if err := s.has(ctx, q, before, clock); err != nil {
			return err
		}
		meanwhile, noted := s.known.advance(before, now)
		if noted || meanwhile.Revision > now.Revision {
			return nil
		}
		before = meanwhile
	}
}

// has refuses a database that lacks a point. What the change log no longer has, nobody can tell.
func (s *Store) has(ctx context.Context, q *queries.Queries, p keywright.Point, clock queries.ClockRow) error {
	if now := point(clock); p.Revision > now.Revision {
		return s.known.refuse(&keywright.BackwardsError{Known: p, Found: now})
	}
	if p.Stamp == 0 {
		return nil
	}
	found, err := at(ctx, q, p.Revision, clock)
	if err != nil {
		return err
	}
	if found.Differs(p) {
		return s.known.refuse(&keywright.BackwardsError{Known: p, Found: found})
	}
	return nil
}

// stands notes a commit of this process. When a poll has seen more in the moment since, that may
// be the history of a server that has not got the commit, and the database is asked.
//
// Errors: ErrOutcomeUnknown.
func (s *Store) stands(ctx context.Context, since, made keywright.Point) error {
	meanwhile, noted := s.known.advance(since, made)
	if noted || meanwhile == made {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), perWatch)
	defer cancel()
	if _, err := s.clock(ctx, queries.New(s.pools.Write), made); err != nil {
		return fmt.Errorf("look whether it stands: %w: %w", keywright.ErrOutcomeUnknown, err)
	}
	return nil
}

// at is the point of a revision in the database's history. Its stamp is 0 when nobody can tell:
// when it is no longer in the log, is still to come, or was written by who knew of none.
func at(ctx context.Context, q *queries.Queries, revision uint64, clock queries.ClockRow) (keywright.Point, error) {
	p := keywright.Point{Revision: revision}
	switch now := point(clock); {
	case revision == now.Revision:
		return now, nil
	case revision > now.Revision, revision < uint64(clock.Horizon):
		return p, nil
	}
	stamp, err := q.Stamp(ctx, int64(revision))
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	p.Stamp = uint64(stamp)
	return p, failed("read", "stamp", err)
}

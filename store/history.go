package store

import (
	"context"
	"database/sql"
	"errors"
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

// advance notes that the database, which had from, has at too. When someone else has noted more
// than from meanwhile, that stays: whoever looks next compares with it.
func (k *known) advance(from, at keywright.Point) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at == from && at.Revision > from.Revision {
		k.at = at
	}
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

// follows refuses to go on from since, when the database had before.
func (k *known) follows(before, since keywright.Point) error {
	if since.Revision < before.Revision || since.Differs(before) {
		return k.refuse(&keywright.BackwardsError{Known: before, Found: since})
	}
	return nil
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

// compare notes how far the database is now, or refuses one that lacks before. What the change
// log no longer has, nobody can tell.
func (s *Store) compare(ctx context.Context, q *queries.Queries, before keywright.Point, clock queries.ClockRow) error {
	now := point(clock)
	if before.Revision > now.Revision {
		return s.known.refuse(&keywright.BackwardsError{Known: before, Found: now})
	}
	found := keywright.Point{}
	if before.Stamp != 0 {
		var err error
		if found, err = at(ctx, q, before.Revision, clock); err != nil {
			return err
		}
	}
	if found.Differs(before) {
		return s.known.refuse(&keywright.BackwardsError{Known: before, Found: found})
	}
	s.known.advance(before, now)
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

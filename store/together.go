package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Changes that wait for the turn at the same time share one transaction: whoever gets the turn does
// all of them, each in a savepoint of its own and with a revision of its own. None is answered
// before the commit, not even one that failed, since it may have failed by what it saw of the others.

// errPanicked stands for what a change panicked with.
var errPanicked = errors.New("the change panicked")

// errLost is for those whose change was done by a goroutine that ended in the middle of it.
var errLost = fmt.Errorf("who did it ended in the middle: %w", keywright.ErrOutcomeUnknown)

// lead does what waits, in its order, until own is done. Whoever calls it has the turn.
func (s *Store) lead(ctx context.Context, own *pending) {
	for {
		select {
		case <-own.done:
			return
		default:
		}
		if s.crowded { // those who have just been answered may be about to ask for more
			runtime.Gosched()
		}
		group := s.queue.take()
		s.crowded = len(group) > 1
		s.serve(ctx, group)
	}
}

// serve does a group and answers it. What they can't do together, without doubt that nothing of it
// stands, each does alone: so nobody suffers from what another one did.
func (s *Store) serve(ctx context.Context, group []*pending) {
	var live []*pending
	defer func() {
		for _, p := range live {
			p.answer(errLost)
		}
	}()
	for _, p := range group {
		if err := p.ended(); err != nil {
			p.answer(fmt.Errorf("wait to write: %w", err))
		} else {
			live = append(live, p)
		}
	}
	if len(live) == 0 {
		return
	}
	most := mostRuns
	if len(live) > 1 {
		most = 1
	}
	err := s.attempt(most, func() error { return s.together(ctx, live) })
	done := live
	live = nil
	if err != nil && len(done) > 1 && !errors.Is(err, keywright.ErrOutcomeUnknown) {
		for _, p := range s.queue.rejoin(done) {
			p.answer(fmt.Errorf("wait to write: %w", p.ended()))
		}
		return
	}
	for _, p := range done {
		if err != nil {
			p.err = err
		}
		p.answer(p.err)
	}
}

// together does changes in one transaction. After an error nothing of it stands, unless it is
// ErrOutcomeUnknown; else each has an error of its own, or none. Whoever calls it has the turn.
func (s *Store) together(ctx context.Context, group []*pending) error {
	before, err := s.known.now()
	if err != nil {
		return err
	}
	committed, err := s.transact(ctx, func(ctx context.Context, db *steady) error {
		if len(group) == 1 {
			return s.perform(ctx, db, group[0], &before)
		}
		for _, p := range group {
			compared := &before
			if db.wrote { // nobody else has since
				compared = nil
			}
			if err := db.apart(func(part *steady) error { return s.perform(ctx, part, p, compared) }); err != nil {
				return err
			}
			if s.dialect.Again(p.err) {
				return p.err
			}
		}
		return nil
	})
	var kept []*pending
	var found *pending // the last that wrote nothing
	for _, p := range group {
		switch {
		case err != nil || p.err != nil:
		case p.wrote:
			kept = append(kept, p)
		default:
			found = p
		}
	}
	if found != nil && !committed { // what it found, its caller will tell: that it was done before, say
		err = s.confirm(ctx)
	}
	if found != nil && err == nil {
		s.latest.Store(found.tx.since().Revision)
	}
	if committed {
		made := kept[len(kept)-1].tx.at()
		if err = s.stands(ctx, kept[0].since, made); err == nil {
			s.latest.Store(made.Revision)
			for _, p := range kept {
				s.tell(p.changes, p.restrictions)
			}
		}
	}
	if committed || errors.Is(err, keywright.ErrOutcomeUnknown) {
		s.hint() // our own follower hears it too, and looks whether the change stands
	}
	return err
}

// perform runs a change in a transaction and logs it. Unless before is nil, the database that it finds
// must have that.
func (s *Store) perform(ctx context.Context, db *steady, p *pending, before *keywright.Point) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			p.panicked = fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
			err = errPanicked
		}
		p.err = err
	}()
	p.panicked, p.wrote = nil, false
	q := queries.New(db)
	// The first statement of all: its row's lock makes every other writer wait.
	stamp := newStamp()
	next, err := q.NextRevision(ctx, stamp)
	if err != nil {
		return failed("take", "the next revision", err)
	}
	p.tx = &tx{reader: reader{q}, dialect: s.dialect, revision: next.Revision, stamp: stamp, was: next.StampBefore}
	p.since = p.tx.since()
	if before != nil {
		found := queries.ClockRow{Revision: next.Revision - 1, Stamp: next.StampBefore, Horizon: next.Horizon}
		if err := s.compare(ctx, q, *before, found); err != nil {
			return err
		}
	}
	if err := p.change(p.tx); err != nil {
		return err
	}
	if err := db.passedOver(); err != nil || !db.wrote && len(p.tx.touched.things) == 0 {
		return err
	}
	now := s.options.Now()
	if p.changes, err = p.tx.log(ctx, now, len(s.followers) > 0); err != nil {
		return err
	}
	if p.restrictions, err = p.tx.restrictions(ctx, now, len(s.journals) > 0); err != nil {
		return err
	}
	p.wrote = true
	return nil
}

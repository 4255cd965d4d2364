package follow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// Run keeps the keyset current until ctx ends: it asks the source for changes every Poll, and at
// each hint, and extends the lease whenever the source has answered. It loads a snapshot when none is loaded,
// when the log does not reach back to where the keyset is, and when something went wrong with
// the keyset. What fails is tried again with the next poll.
func (f *Follower) Run(ctx context.Context) {
	tick := time.NewTicker(f.options.Poll)
	defer tick.Stop()
	var hearing sync.WaitGroup
	defer hearing.Wait()
	hearing.Go(func() { f.hear(ctx) })
	var told state
	for surveyed := time.Duration(0); ; {
		err := f.round(ctx)
		if ctx.Err() != nil {
			return
		}
		told = f.tell(ctx, err, told)
		tick.Reset(f.pace(told.failing))
		if now := f.options.Clock(); err == nil && now-surveyed >= f.options.Poll/2 { // not with each hint
			surveyed = now
			f.watch(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-f.wake:
		}
	}
}

// inTrouble is the time between two polls while something is wrong: it may be over any moment,
// and from then on every quarter of a second of staleness is ours.
const inTrouble = 250 * time.Millisecond

func (f *Follower) pace(failing bool) time.Duration {
	if failing || f.deaf.Load() {
		return min(inTrouble, f.options.Poll)
	}
	return f.options.Poll
}

// hear turns hints into polls until ctx ends.
func (f *Follower) hear(ctx context.Context) {
	if f.options.Listen == nil {
		return
	}
	for {
		err := f.options.Listen(ctx, func() {
			if f.deaf.Swap(false) {
				f.options.Log.InfoContext(ctx, "hints of changes are heard again")
			}
			f.look()
		})
		if ctx.Err() != nil {
			return
		}
		if !f.deaf.Swap(true) {
			f.options.Log.WarnContext(ctx, "hints of changes can't be heard; polling more often meanwhile", "error", err)
		}
		f.look()
		select {
		case <-ctx.Done():
			return
		case <-time.After(inTrouble):
		}
	}
}

// look makes Run poll at once, or once more when it is polling.
func (f *Follower) look() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// watch looks after the other nodes. It must not hold up the next poll.
func (f *Follower) watch(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, f.options.Poll)
	defer cancel()
	if _, err := f.survey(ctx); err != nil {
		f.options.Log.DebugContext(ctx, "the other nodes can't be looked at", "error", err)
	}
}

// round is one poll, or a load where a poll does not help.
func (f *Follower) round(ctx context.Context) error {
	f.mu.Lock()
	whole, refused := f.whole, f.refused
	f.mu.Unlock()
	if refused != nil {
		return refused
	}
	if whole {
		err := f.poll(ctx)
		if !errors.Is(err, errBehind) && !errors.Is(err, errDismissed) {
			return f.told(err)
		}
		f.options.Log.WarnContext(ctx, "all keys are loaded anew", "revision", f.Applied(), "reason", err)
	}
	return f.told(f.Load(ctx))
}

// told refuses a source that says itself that it went backwards.
func (f *Follower) told(err error) error {
	if errors.Is(err, keywright.ErrBackwards) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.refuse(err)
	}
	return err
}

// poll asks before it locks, so that a source that hangs holds up nobody's write. An answer that
// takes longer than the bound would begin no lease.
func (f *Follower) poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, f.options.Bound)
	defer cancel()
	polled, at := f.options.Clock(), f.set.Revision()
	changes, err := f.registry.Poll(ctx, f.self().ID, at, at, mostChanges)
	if err := f.heard(changes, polled, err); err != nil {
		return err
	}
	if changes.Revision > at {
		f.acknowledge(ctx)
	}
	return nil
}

// heard takes the answer to a poll, which began at a reading of the clock.
func (f *Follower) heard(changes keywright.Changes, polled time.Duration, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.took = f.options.Clock() - polled
	switch {
	case errors.Is(err, keywright.ErrNotFound):
		return f.dismissed()
	case err != nil:
		return fmt.Errorf("poll for changes of keys: %w", err)
	}
	f.latest = max(f.latest, changes.Revision)
	if err := f.take(changes); err != nil {
		return err
	}
	f.extend(polled)
	return nil
}

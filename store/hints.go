package store

import (
	"context"
	"time"
)

// A hint says that something was committed, so that other processes look sooner than they would.
// It follows the commit: inside the transaction it takes PostgreSQL two thirds of its writes.
const (
	hintTime = 2 * time.Second      // for one hint to be sent
	hintGap  = 5 * time.Millisecond // between two: whoever commits meanwhile is told of by the second
)

// Listen has hear called at each hint until ctx ends, and once when it begins to listen: what was
// before that, nobody has told. A hint can be lost, or be about nothing.
//
// Errors: hints can't be heard, or no longer. Whoever relies on them looks more often then.
func (s *Store) Listen(ctx context.Context, hear func()) error {
	if s.options.Listen == nil {
		<-ctx.Done() // nobody else writes
		return nil
	}
	return s.options.Listen(ctx, hear)
}

// hint tells other processes that something was committed. It waits for nothing; Close waits for
// it.
func (s *Store) hint() {
	if s.options.Tell == nil || s.untold.Add(1) > 1 {
		return // whoever is telling goes on
	}
	s.telling.Go(func() {
		for {
			about := s.untold.Load()
			ctx, cancel := context.WithTimeout(context.Background(), hintTime)
			_ = s.options.Tell(ctx) // without it, the others find out by themselves
			cancel()
			if s.untold.CompareAndSwap(about, 0) {
				return
			}
			<-time.After(hintGap)
		}
	})
}

package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// errSilent is a server that is gone without a word, as when its machine stops.
var errSilent = fmt.Errorf("%w: not a word from it for %s", keywright.ErrUnavailable, 2*perWatch)

// perWatch is how often a look makes sure that the server is there, and how long that may take.
const perWatch = 2 * time.Second

// watch ends ctx when the server is silent. How long a look takes nobody can say before, so what
// is watched is not the look.
func (s *Store) watch(ctx context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	if s.dialect.Server {
		watching.Go(func() {
			next := time.NewTicker(perWatch)
			defer next.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-next.C:
				}
				ping, cancel := context.WithTimeout(ctx, perWatch)
				err := s.pools.Follow.PingContext(ping)
				cancel()
				if err != nil {
					end(errSilent)
				}
			}
		})
	}
	return ctx, func() { end(nil); watching.Wait() }
}

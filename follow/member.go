package follow

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/keywright/keywright"
)

// self is this node as it is now.
func (f *Follower) self() keywright.Node {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.options.Node
	n.ID, n.Bound, n.ServesStale = f.member, f.options.Bound, f.options.Keyset.ServeStale
	n.Applied = f.set.Revision()
	return n
}

// join makes this node a member, if it is none. One of another promise that is there may have
// died there: join waits until that one has polled, which is a refusal, or is removed.
func (f *Follower) join(ctx context.Context) error {
	n := f.self()
	if n.ID != "" {
		return nil
	}
	f.neighbours.forget()
	for told := false; ; told = true {
		// Each time another id: what was seen of a node says nothing of the one that it has become.
		n.ID = keywright.NodeID("node_" + strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)) //nolint:gosec // G404: it is to differ, and no secret
		err := f.registry.Join(ctx, n)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.member = n.ID
			return nil
		}
		if !errors.Is(err, keywright.ErrConflict) || f.rivalPolls(ctx, n) {
			return fmt.Errorf("join the nodes of the database: %w", err)
		}
		if !told {
			f.options.Log.WarnContext(ctx, "waiting to see whether that node still lives", "error", err)
		}
		if !pause(ctx, f.options.Poll) {
			return ctx.Err()
		}
	}
}

// rivalPolls looks at the members, and reports whether one of another promise polls. That they
// can't be looked at is no reason to wait either.
func (f *Follower) rivalPolls(ctx context.Context, n keywright.Node) bool {
	others, err := f.survey(ctx)
	return err != nil || slices.ContainsFunc(others, func(other keywright.Node) bool {
		return other.Promise() != n.Promise() && f.neighbours.polled(other.ID)
	})
}

var errDismissed = errors.New("the other nodes have not seen this one poll for longer than the staleness bound")

// dismissed is for a node that finds that it is no member any more. It had no lease by then, and
// is to have none before it is one again, with all keys loaded anew. Whoever calls it holds mu.
func (f *Follower) dismissed() error {
	f.member, f.whole = "", false
	f.end()
	return errDismissed
}

// acknowledge says to whoever waits for it what this node has applied, a poll's time before it
// would be told anyway.
func (f *Follower) acknowledge(ctx context.Context) {
	self := f.self()
	if err := f.registry.Acknowledge(ctx, self.ID, self.Applied); err != nil {
		f.options.Log.DebugContext(ctx, "what is applied will be told with the next poll", "error", err)
	}
}

// Leave ends the lease and then the membership: who waits for this node needs to no longer. It
// is for the end, after Run.
func (f *Follower) Leave(ctx context.Context) error {
	f.mu.Lock()
	member := f.member
	f.member, f.whole = "", false
	f.end()
	f.mu.Unlock()
	if member == "" {
		return nil
	}
	if err := f.registry.Leave(ctx, member); err != nil {
		return fmt.Errorf("leave the nodes of the database: %w", err)
	}
	return nil
}

// pause reports whether it ended before ctx did.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

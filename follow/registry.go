package follow

import (
	"context"

	"github.com/keywright/keywright"
)

// registry is where the nodes of one database know of each other. A store that several processes
// share is one; where there is but this process, it is alone.
//
// How a receipt follows from it: a node's lease counts from the start of a Poll that was
// committed. So of a node that is not seen to have applied a revision, each Poll that did not
// bring it began before that revision's commit, and its lease ends by the commit and the bound. A
// node that is not in the registry has no lease. No clock is compared with another one anywhere.
type registry interface {
	// Join makes a node a member, unless there is one with another promise.
	//
	// Errors: *keywright.ConflictError.
	Join(ctx context.Context, n keywright.Node) error

	// Poll answers what changed since a revision. Before, in the same transaction, it counts the
	// poll in the member's row, and notes there what the member has applied.
	//
	// Errors: keywright.ErrNotFound (no member).
	Poll(ctx context.Context, id keywright.NodeID, applied, since uint64, most int) (keywright.Changes, error)

	// Acknowledge notes what a member has applied, without a poll.
	Acknowledge(ctx context.Context, id keywright.NodeID, applied uint64) error

	// Nodes are all members.
	Nodes(ctx context.Context) ([]keywright.Node, error)

	// Leave ends a membership. Whoever calls it has no lease any more.
	Leave(ctx context.Context, id keywright.NodeID) error

	// Remove ends the membership of a node that has not polled again since it had polled so often.
	Remove(ctx context.Context, id keywright.NodeID, polls uint64) error
}

// alone is the registry of one process: it is the one member, and writes nothing down.
type alone struct {
	source
	self func() keywright.Node
}

func (a alone) Join(context.Context, keywright.Node) error { return nil }

func (a alone) Poll(ctx context.Context, _ keywright.NodeID, _, since uint64, most int) (keywright.Changes, error) {
	return a.ChangesSince(ctx, since, most)
}

func (a alone) Acknowledge(context.Context, keywright.NodeID, uint64) error { return nil }

func (a alone) Nodes(context.Context) ([]keywright.Node, error) {
	if self := a.self(); self.ID != "" {
		return []keywright.Node{self}, nil
	}
	return nil, nil // it loads, and has no lease
}

func (a alone) Leave(context.Context, keywright.NodeID) error          { return nil }
func (a alone) Remove(context.Context, keywright.NodeID, uint64) error { return nil }

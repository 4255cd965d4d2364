package keywright

import "time"

// The least and the most that a staleness bound may be.
const (
	MinBound = time.Second
	MaxBound = 300 * time.Second
)

// NodeID names a node for as long as it is one; after that, no other.
type NodeID string

// Node is a process that answers for the keys of a database from its own memory, as it says of
// itself. What it promises, all nodes of a database promise alike.
type Node struct {
	ID      NodeID
	Name    string // for people
	Version string // of the program
	Address string // of its data plane

	Bound       time.Duration // it answers no longer than that after the start of its last poll …
	ServesStale bool          // … unless it goes on all the same: then Bound promises nothing

	Started time.Time // by its own clock
	Seen    time.Time // when it last polled, by its own clock
	Polls   uint64    // how often it has
	Applied uint64    // the revision up to which it has everything
}

// Promise is what a node says of how old its answers can be.
func (n Node) Promise() string {
	if n.ServesStale {
		return "--staleness-bound " + n.Bound.String() + " --on-stale serve"
	}
	return "--staleness-bound " + n.Bound.String() + " --on-stale refuse"
}

// Neighbour is a node as another one sees it.
type Neighbour struct {
	Node
	Self   bool
	Behind uint64        // by how many revisions
	Silent time.Duration // for how long it has not been seen to poll
}

// Live reports whether the node may still answer.
func (n Neighbour) Live() bool { return n.Self || n.ServesStale || n.Silent < n.Bound }

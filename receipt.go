package keywright

import "time"

// Wait is what a Receipt waits for.
type Wait string

// The ways to wait.
const (
	WaitAll   Wait = "all"   // until each node has the change, or may answer no more
	WaitBound Wait = "bound" // until the staleness bound has passed since, whatever nodes say
)

// Receipt says since when no node accepts what a change took away. It claims nothing that was
// not proved: by what each node acknowledged or, of one that did not, by the end of its lease.
type Receipt struct {
	Revision  uint64 // of the change
	Committed time.Time
	Wait      Wait
	Bound     time.Duration // the longest staleness bound of all nodes

	// Nodes are all that there were after the commit, by name. Without any, they could not be
	// asked, and only time proves something.
	Nodes []Acknowledgement

	// Safe says that no node accepts it from SafeAt on. If it does not say so yet, SafeAt is when
	// that will be so at the latest; zero: nobody can say.
	Safe   bool
	SafeAt time.Time

	// Void says that nodes answer with stale keys, because their operator chose so. A node that is
	// cut off can then accept for ever what it has not heard of, and nothing is ever Safe.
	Void bool

	Took time.Duration
}

// Acknowledgement is what a Receipt says of one node.
type Acknowledgement struct {
	Node  NodeID
	Name  string
	State NodeState
	After time.Duration // from the commit until it was seen to be Applied, or Gone

	// Of a silent node: when it may answer no more, by the clock of the node that waits, and when
	// it last polled, by its own.
	LeaseEnds, Seen time.Time
}

// NodeState is how a node stands to a change.
type NodeState string

// The states of a node.
const (
	NodeApplied NodeState = "applied" // it has the change
	NodeGone    NodeState = "gone"    // it is no node any more, and has no lease
	NodeSilent  NodeState = "silent"  // it has not said that it has the change
)

package follow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/keywright/keywright"
)

// How long a Receipt waits between two looks at the other nodes: from a little more than the
// time in which one on the same network acknowledges, to what makes nobody wait for long.
const (
	firstPause   = 2 * time.Millisecond
	longestPause = 250 * time.Millisecond
)

// Receipt waits for the proof that no node accepts any more what a change of this process has
// taken away, and answers it. It is to be called after the change's commit, and at once: time
// counts from the call on.
//
// It ends by the bound and a thousandth of it, also when nobody can be asked. When ctx ends
// before, it says how far it got.
func (f *Follower) Receipt(ctx context.Context, c keywright.Commit, wait keywright.Wait) keywright.Receipt {
	w := f.waitFor(c, wait)
	w.until(ctx)
	return w.receipt()
}

func (f *Follower) waitFor(c keywright.Commit, wait keywright.Wait) *waiting {
	return &waiting{
		f: f, commit: c, wait: wait, began: f.options.Clock(),
		member: f.Stats().Lease > 0, bound: f.options.Bound, void: f.options.Keyset.ServeStale,
	}
}

// waiting is a Receipt in the making.
type waiting struct {
	f      *Follower
	commit keywright.Commit
	wait   keywright.Wait
	began  time.Duration // after the commit, by the clock of this node

	// member says that this node had a lease after the commit, and so was a member at it. All
	// others that there were at that moment had then made the same promise.
	member bool

	asked bool                        // the members are known, from a look after the commit
	nodes []keywright.Acknowledgement // one for each
	ends  []time.Duration             // when, after the commit, the lease of each has ended
	bound time.Duration               // the longest
	void  bool
}

// until waits, until there is nothing left to wait for or ctx ends, and reports which. It can be
// called again.
func (w *waiting) until(ctx context.Context) bool {
	for next := firstPause; ; next = min(2*next, longestPause) {
		w.ask(ctx)
		if w.over() {
			return true
		}
		if !pause(ctx, min(next, ends(w.bound)-w.passed())) {
			return false
		}
	}
}

func (w *waiting) passed() time.Duration { return w.f.options.Clock() - w.began }

// ask looks at all members. The first time says who they are: whoever becomes one later polls
// before it has a lease, and so after the commit.
func (w *waiting) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, max(ends(w.bound)-w.passed(), firstPause))
	defer cancel()
	nodes, err := w.f.registry.Nodes(ctx)
	if err != nil {
		return
	}
	passed, now := w.passed(), map[keywright.NodeID]keywright.Node{}
	self := w.f.self()
	for _, n := range nodes {
		if n.ID == self.ID {
			n.Applied = max(n.Applied, self.Applied)
		}
		now[n.ID] = n
		if !w.asked {
			w.add(n)
		}
	}
	w.asked = true
	for i := range w.nodes {
		node := &w.nodes[i]
		n, member := now[node.Node]
		switch {
		case node.State != keywright.NodeSilent:
		case !member:
			node.State, node.After = keywright.NodeGone, passed
		case n.Applied >= w.commit.Revision:
			node.State, node.After = keywright.NodeApplied, passed
		default:
			node.Seen = n.Seen
		}
	}
}

func (w *waiting) add(n keywright.Node) {
	w.nodes = append(w.nodes, keywright.Acknowledgement{
		Node: n.ID, Name: n.Name, State: keywright.NodeSilent, LeaseEnds: w.commit.At.Add(ends(n.Bound)),
	})
	w.ends = append(w.ends, ends(n.Bound))
	w.bound, w.void = max(w.bound, n.Bound), w.void || n.ServesStale
}

// over reports whether there is nothing left to wait for.
func (w *waiting) over() bool {
	passed := w.passed()
	return passed >= ends(w.bound) || w.wait == keywright.WaitAll && w.asked && w.proved(passed)
}

// proved reports whether no node answers any more as if the change were not made.
func (w *waiting) proved(passed time.Duration) bool {
	if !w.asked { // by time alone
		return w.member && passed >= ends(w.bound)
	}
	for i, node := range w.nodes {
		if node.State == keywright.NodeSilent && passed < w.ends[i] {
			return false
		}
	}
	return true
}

func (w *waiting) receipt() keywright.Receipt {
	passed := w.passed()
	r := keywright.Receipt{
		Revision: w.commit.Revision, Committed: w.commit.At, Wait: w.wait, Bound: w.bound,
		Nodes: slices.Clone(w.nodes), Void: w.void, Took: passed,
	}
	slices.SortFunc(r.Nodes, func(a, b keywright.Acknowledgement) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Node, b.Node))
	})
	switch {
	case w.void:
	case w.over() && w.proved(passed):
		r.Safe, r.SafeAt = true, w.commit.At.Add(passed)
	case w.member || w.asked:
		r.SafeAt = w.commit.At.Add(ends(w.bound))
	}
	for i := range r.Nodes {
		if r.Nodes[i].State != keywright.NodeSilent {
			r.Nodes[i].LeaseEnds, r.Nodes[i].Seen = time.Time{}, time.Time{}
		}
	}
	return r
}

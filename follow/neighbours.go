package follow

import (
	"context"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// neighbours is what this node has seen of the others: for how long, by its own clock, each has
// not polled.
type neighbours struct {
	mu     sync.Mutex
	looked time.Duration
	seen   map[keywright.NodeID]sighting
}

type sighting struct {
	polls uint64
	since time.Duration // when that many were first seen
	again bool          // it had been fewer, or more, before
}

// note takes down a look at the members, which was over at now. After a while without a look it
// starts anew: what was not seen may have come and gone.
func (s *neighbours) note(nodes []keywright.Node, now, most time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.seen
	if now-s.looked > most {
		before = nil
	}
	s.looked, s.seen = now, map[keywright.NodeID]sighting{}
	for _, n := range nodes {
		was, known := before[n.ID]
		if !known || was.polls != n.Polls {
			was = sighting{polls: n.Polls, since: now, again: known}
		}
		s.seen[n.ID] = was
	}
}

// silent is for how long a node has not been seen to poll.
func (s *neighbours) silent(id keywright.NodeID, now time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, known := s.seen[id]
	if !known {
		return 0
	}
	return now - seen.since
}

// polled reports whether a node was seen to poll.
func (s *neighbours) polled(id keywright.NodeID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[id].again
}

// forget lets what is seen from now on count alone.
func (s *neighbours) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}

// ends is how long after its last sign of life a lease of that bound has ended on every clock:
// those of two machines run apart by less than a thousandth (adjtimex(2) lets each be slewed by
// half of that), and each may be wrong by a millisecond (package uptime).
func ends(bound time.Duration) time.Duration { return bound + bound/1000 + 5*time.Millisecond }

// survey reads who the members are, and removes those whose lease has ended: nobody is to wait for
// them.
func (f *Follower) survey(ctx context.Context) ([]keywright.Node, error) {
	nodes, err := f.registry.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	f.neighbours.note(nodes, f.options.Clock(), f.options.Bound/2)
	self := f.self().ID
	for _, n := range nodes {
		silent := f.neighbours.silent(n.ID, f.options.Clock())
		if n.ID == self || silent < ends(n.Bound) {
			continue
		}
		if err := f.registry.Remove(ctx, n.ID, n.Polls); err != nil {
			return nodes, err
		}
		f.options.Log.WarnContext(ctx, "a node is silent and counts no longer", "node", n.Name, "address", n.Address, "silent", silent.Round(time.Second))
	}
	return nodes, nil
}

// Nodes are all nodes of the database as this one sees them, itself too.
//
// Errors: those of the source.
func (f *Follower) Nodes(ctx context.Context) ([]keywright.Neighbour, error) {
	nodes, err := f.registry.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	self, now, latest := f.self(), f.options.Clock(), f.set.Revision()
	for _, n := range nodes {
		latest = max(latest, n.Applied)
	}
	all := make([]keywright.Neighbour, len(nodes))
	for i, n := range nodes {
		all[i] = keywright.Neighbour{Node: n, Self: n.ID == self.ID, Silent: f.neighbours.silent(n.ID, now)}
		if all[i].Self {
			all[i].Applied, all[i].Silent = self.Applied, 0
		}
		all[i].Behind = latest - all[i].Applied
	}
	return all, nil
}

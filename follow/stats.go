package follow

import "time"

// Stats are for whoever watches over a node.
type Stats struct {
	Revision uint64        // up to which everything is in the keyset
	Behind   uint64        // how many revisions that is behind what the last poll told of
	Lease    time.Duration // how long the keyset may still answer without another poll; 0 or less: not
	Poll     time.Duration // how long the last poll took
	Bound    time.Duration // Options.Bound, with its default
	Void     bool          // the keyset serves on without a lease, so that no bound holds
}

// Stats answers how following goes at this moment.
func (f *Follower) Stats() Stats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := Stats{Revision: f.set.Revision(), Poll: f.took, Bound: f.options.Bound, Void: f.options.Keyset.ServeStale}
	s.Behind = max(f.latest, s.Revision) - s.Revision
	if f.leased {
		s.Lease = f.options.Bound - (f.options.Clock() - f.polled)
	}
	return s
}

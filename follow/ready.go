package follow

import (
	"fmt"
	"sync/atomic"
	"time"
)

// progress is how far a load is, in keys.
type progress struct {
	loaded atomic.Int64
	about  int
}

func (p *progress) String() string {
	return fmt.Sprintf("loading keys: %d of about %d", p.loaded.Load(), p.about)
}

// Ready reports whether the keyset answers, and in words where it is: how many keys it has, how
// many are loaded so far, or what is the matter.
func (f *Follower) Ready() (bool, string) {
	f.mu.Lock()
	whole, refused, leased, polled := f.whole, f.refused, f.leased, f.polled
	f.mu.Unlock()
	age := f.options.Clock() - polled
	loading := f.loading.Load()
	switch {
	case leased && age < f.options.Bound:
		return true, fmt.Sprintf("%d keys at revision %d", f.set.Stats().Keys, f.set.Revision())
	case leased && f.options.Keyset.ServeStale:
		return true, fmt.Sprintf("%d keys at revision %d, stale for %s and served all the same (--on-stale serve)",
			f.set.Stats().Keys, f.set.Revision(), (age - f.options.Bound).Round(time.Second))
	case refused != nil:
		return false, "the database went backwards, and nothing more is taken from it; the log says what there is to decide"
	case loading != nil:
		return false, loading.String()
	case !whole:
		return false, "keys are not loaded"
	case !leased:
		return false, "a change is committed and not applied"
	}
	return false, fmt.Sprintf("the last poll for changes that succeeded was %s ago", age.Round(time.Second))
}

package keyset

import "time"

// lease says how long a Set may be relied on, on a clock that only goes forward.
type lease struct{ polled, bound time.Duration }

// Extend lets the Set answer until polled + bound. It is called when what a poll for changes has
// brought is applied. polled is the reading of the clock that Verify is given too, taken before
// that poll began: what happened after it may be missing. A bound of 0 ends the lease, and then
// the Set does not answer whatever its Options say.
func (s *Set) Extend(polled, bound time.Duration) { s.lease.Store(&lease{polled, bound}) }

// age is how old the Set may be, and whether that is within the lease. A reading from before the
// poll is one of a moment ago; one from more than the bound before is of another clock, and not
// to be trusted.
func (s *Set) age(uptime time.Duration) (time.Duration, bool) {
	l := s.lease.Load()
	if l == nil {
		return 0, false
	}
	age := uptime - l.polled
	return max(age, 0), age < l.bound && age > -l.bound
}

// overdue reports whether the Set answers although no lease holds: when its Options say so, and
// a lease has run out. One that never began says that keys are not loaded; one that was ended,
// that they are known to be wrong.
func (s *Set) overdue() bool {
	l := s.lease.Load()
	return s.options.ServeStale && l != nil && l.bound > 0
}

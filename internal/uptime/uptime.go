// Package uptime is a clock for leases: it only goes forward, and goes on while the machine
// sleeps.
package uptime

import (
	"sync/atomic"
	"time"
)

// drift is by how much the clock may be wrong. A lease takes a second at least.
const drift = time.Millisecond

// Clock answers the time since the machine started, wrong by a millisecond at most.
//
// Linux has that clock, CLOCK_BOOTTIME, but Go reaches it by a system call only. That takes half
// a microsecond, a fourth of all that a verification takes; the two clocks of package time take a
// tenth of it. One of those stands still while the machine sleeps. The other goes on, and
// may be set. As long as both have gone on alike since boot was asked, nothing of the kind has
// happened, and as much time has passed as they say. Nobody sets a clock back by just as long as
// the machine slept.
func Clock() func() time.Duration { return clock(system(), boot()) }

// reading is what the clocks said at one moment. steady stands still while the machine sleeps.
type reading struct{ wall, steady, boot time.Duration }

// alike reports whether both clocks went on by the same time since r, and what time.
func (r reading) alike(wall, steady time.Duration) (time.Duration, bool) {
	passed := steady - r.steady
	apart := wall - r.wall - passed
	return passed, apart < drift && apart > -drift
}

func clock(now func() (wall, steady time.Duration), boot func() time.Duration) func() time.Duration {
	var last atomic.Pointer[reading]
	return func() time.Duration {
		wall, steady := now()
		if r := last.Load(); r != nil {
			if passed, alike := r.alike(wall, steady); alike {
				return r.boot + passed
			}
		}
		r := reading{wall, steady, boot()}
		if passed, alike := r.alike(now()); alike && passed < drift { // else they are not of one moment
			last.Store(&r)
		}
		return r.boot
	}
}

func system() func() (wall, steady time.Duration) {
	start := time.Now()
	return func() (wall, steady time.Duration) {
		now := time.Now()
		return time.Duration(now.UnixNano()), now.Sub(start)
	}
}

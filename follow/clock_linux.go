package follow

import (
	"time"

	"golang.org/x/sys/unix"
)

// clock is the time since the machine started. Unlike the clock of package time it goes on while
// the machine sleeps: a lease must not be good, on waking up, for what was left of it before.
func clock() func() time.Duration {
	return func() time.Duration {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
			panic("every Linux since 2.6.39 has CLOCK_BOOTTIME: " + err.Error())
		}
		return time.Duration(now.Nano())
	}
}

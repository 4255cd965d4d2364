//go:build !linux

package follow

import "time"

// clock is the time since the call. On some systems it stands still while the machine sleeps.
func clock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

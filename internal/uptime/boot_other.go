//go:build !linux

package uptime

import "time"

// boot is the time since the call. On some systems it stands still while the machine sleeps.
func boot() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

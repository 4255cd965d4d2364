package uptime

import (
	"time"

	"golang.org/x/sys/unix"
)

func boot() func() time.Duration {
	return func() time.Duration {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
			panic("every Linux since 2.6.39 has CLOCK_BOOTTIME: " + err.Error())
		}
		return time.Duration(now.Nano())
	}
}

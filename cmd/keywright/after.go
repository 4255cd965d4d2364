package main

import (
	"strconv"
	"time"
)

const longest = 100 * 365 * 24 * time.Hour

// after is the moment so long from now: a whole number and d, h or m.
func after(text string) (time.Time, bool) {
	units := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute}
	if text == "" {
		return time.Time{}, false
	}
	end := len(text) - 1
	n, err := strconv.ParseUint(text[:end], 10, 32)
	unit, ok := units[text[end]]
	if err != nil || !ok || n == 0 || n > uint64(longest/unit) {
		return time.Time{}, false
	}
	return time.Now().Add(time.Duration(n) * unit).UTC().Truncate(time.Millisecond), true
}

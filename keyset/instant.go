package keyset

import "time"

// An instant is in milliseconds since 1970, and 0 is none. maxInstant is in the year 10889.
const maxInstant = 1<<48 - 1

// begin and end are the instants of a time. What is finer than a millisecond is rounded so that
// the key verifies for the shorter time.
func begin(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return end(t.Add(time.Millisecond - 1))
}

func end(t time.Time) int64 {
	switch {
	case t.IsZero():
		return 0
	case t.Unix() > maxInstant/1000: // in a few hundred million years UnixMilli overflows
		return maxInstant
	}
	return max(t.UnixMilli(), 1)
}

// timeOf is the zero Time for 0.
func timeOf(instant int64) time.Time {
	if instant == 0 {
		return time.Time{}
	}
	return time.UnixMilli(instant).UTC()
}

package console

import (
	"strconv"
	"time"
)

// The forms of a time. All are in UTC and say so; console.js rewrites them in the reader's
// zone, and says that too.
const (
	dayForm   = "2 Jan 2006"
	exactForm = "2 Jan 2006, 15:04 MST"
)

// machine is a time for a <time>'s datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func day(t time.Time) string   { return t.UTC().Format(dayForm) }
func exact(t time.Time) string { return t.UTC().Format(exactForm) }

// second is a time to the second, never earlier than it is.
func second(t time.Time) string {
	return t.Add(time.Second - 1).UTC().Format("2 Jan 2006, 15:04:05 MST")
}

// ago is how long before now something was, in one unit; the date when it is longer than a
// month, because nobody counts back that far.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute: // also a little in the future: clocks differ
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h ago"
	case d < 31*24*time.Hour:
		return strconv.Itoa(int(d/(24*time.Hour))) + " days ago"
	}
	return "on " + day(t)
}

// roughly is a wait for people: rounded up, so that trying again then is not too early.
func roughly(d time.Duration) string {
	if d <= time.Minute {
		return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " s"
	}
	return strconv.Itoa(int((d+time.Minute-1)/time.Minute)) + " min"
}

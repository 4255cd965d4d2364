package console

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	now := start()
	for want, before := range map[string]time.Duration{
		"just now":       59 * time.Second,
		"1 min ago":      time.Minute,
		"59 min ago":     time.Hour - time.Second,
		"1 h ago":        time.Hour,
		"47 h ago":       48*time.Hour - time.Second,
		"2 days ago":     48 * time.Hour,
		"30 days ago":    31*24*time.Hour - time.Second,
		"on 2 Apr 2026":  31 * 24 * time.Hour,
		"on 19 Jul 2024": 653 * 24 * time.Hour,
	} {
		if got := ago(now.Add(-before), now); got != want {
			t.Errorf("%v before: got %q, want %q", before, got, want)
		}
	}
	if got := ago(now.Add(time.Second), now); got != "just now" {
		t.Errorf("a clock that is ahead: got %q", got)
	}
}

func TestTimesAreInUTCAndSaySo(t *testing.T) {
	berlin := time.FixedZone("CEST", 2*60*60)
	at := time.Date(2026, 5, 4, 1, 30, 0, 0, berlin)
	if got := exact(at); got != "3 May 2026, 23:30 UTC" {
		t.Errorf("got %q", got)
	}
	if got := day(at); got != "3 May 2026" {
		t.Errorf("got %q", got)
	}
	if got := machine(at); got != "2026-05-03T23:30:00Z" {
		t.Errorf("got %q", got)
	}
}

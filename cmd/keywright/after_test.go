package main

import (
	"testing"
	"time"
)

func TestAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90d": 90 * 24 * time.Hour, "12h": 12 * time.Hour, "30m": 30 * time.Minute, "36500d": 36500 * 24 * time.Hour, "007d": 7 * 24 * time.Hour,
		"": 0, "d": 0, "90": 0, "0d": 0, "-1d": 0, "+1d": 0, "1.5h": 0, "36501d": 0, "1d12h": 0, "1s": 0, " 1d": 0, "1 d": 0, "1D": 0, "99999999999999999999d": 0, "1y": 0, "١d": 0,
	} {
		before := time.Now()
		got, ok := after(text)
		if ok != (want > 0) {
			t.Errorf("%q: got %v, %t", text, got, ok)
		}
		if ok && (got.Before(before.Add(want).Truncate(time.Millisecond)) || got.After(time.Now().Add(want))) {
			t.Errorf("%q: got %v, want %s from now", text, got, want)
		}
	}
}

// FuzzAfter: whatever is taken lies in the future, and no further than what can be asked for.
func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"", "90d", "d", "36500d", "4294967295m", "9223372036854775807h", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := after(text); ok && (!got.After(time.Now()) || got.After(time.Now().Add(longest))) {
			t.Errorf("%q: got %v", text, got)
		}
	})
}

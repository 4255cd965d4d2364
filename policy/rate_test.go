package policy

import (
	"testing"
	"time"

	"github.com/keywright/keywright/limit"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]limit.Rate{
		"60/min":            {Every: time.Second, Burst: 60},
		"60/min burst 20":   {Every: time.Second, Burst: 20},
		"1/s":               {Every: time.Second, Burst: 1},
		"2/h burst 1":       {Every: 30 * time.Minute, Burst: 1},
		"24/d":              {Every: time.Hour, Burst: 24},
		"7/min":             {Every: 8571428572, Burst: 7},
		"1000000/s":         {Every: time.Microsecond, Burst: 1_000_000},
		"1/d burst 1000000": {Every: 24 * time.Hour, Burst: 1_000_000},
	} {
		if got, ok := ParseRate(text); !ok || got != want {
			t.Errorf("%s: got %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "60", "0/min", "60/m", "60/min burst 0", "60/min burst", "60/minute", "60 /min", "-1/s", "1.5/s", "1000001/s", "1/s burst 1000001", "60/min burst 20 ", "060/min"} {
		if got, ok := ParseRate(text); ok || got != (limit.Rate{}) {
			t.Errorf("%q: got %+v, want it to be refused", text, got)
		}
	}
}

// In no unit of time is more let through than the rate says, once the burst is spent.
func TestARateIsNeverMoreThanItSays(t *testing.T) {
	for _, c := range []struct {
		text string
		unit time.Duration
		most int
	}{{"7/s burst 1", time.Second, 7}, {"999/min burst 1", time.Minute, 999}, {"999983/s burst 1", time.Second, 999_983}} {
		rate, _ := ParseRate(c.text)
		if got := int(c.unit / rate.Every); got > c.most {
			t.Errorf("%s: got %d in %v, want %d at most", c.text, got, c.unit, c.most)
		}
	}
}

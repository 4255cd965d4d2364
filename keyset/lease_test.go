package keyset

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheLeaseCountsFromTheStartOfTheLastPoll(t *testing.T) {
	const polled, bound = 100 * time.Second, 30 * time.Second
	for name, c := range map[string]struct {
		uptime time.Duration
		want   Code
		age    time.Duration
	}{
		"when the poll began":                         {polled, Valid, 0},
		"a moment later":                              {polled + 1, Valid, 1},
		"a nanosecond before the bound":               {polled + bound - 1, Valid, bound - 1},
		"at the bound":                                {polled + bound, Stale, bound},
		"long after":                                  {polled + time.Hour, Stale, time.Hour},
		"a reading taken just before the poll":        {polled - 1, Valid, 0},
		"a reading of another clock, which is behind": {0, Stale, 0},
	} {
		p := population{1, testKeyring(t)}
		s := p.load(t)
		s.Extend(polled, bound)
		if v := s.Verify(p.text(t, 0), Request{}, noon(), c.uptime); v.Code != c.want || v.Age != c.age || v.Overdue != (c.want == Stale) {
			t.Errorf("%s: got %s at age %s, want %s at %s", name, v.Code, v.Age, c.want, c.age)
		}
	}
}

func TestASetWithoutALeaseIsStale(t *testing.T) {
	p := population{1, testKeyring(t)}
	s, err := Load(p.keyring, rules(), Options{}, Snapshot{Revision: 1, Records: p.records(t)})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Verify(p.text(t, 0), Request{}, noon(), 0).Code; got != Stale {
		t.Errorf("got %s, want %s", got, Stale)
	}
}

// Stale is said of a text that could be a key's, and of no other: 503 asks to come again.
func TestStaleIsSaidOfWhatMayBeAKey(t *testing.T) {
	p := population{1, testKeyring(t)}
	s := p.load(t)
	for name, c := range map[string]struct {
		text string
		want Code
	}{
		"a good key":                  {p.text(t, 0), Stale},
		"an id that is not there":     {p.text(t, 1), Stale},
		"a wrong check digit":         {mistyped(p.text(t, 0), 54), Malformed},
		"junk of the right length":    {"kw_live_~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", Malformed},
		"junk of another length":      {"kw", Malformed},
		"nothing":                     {"", NoCredential},
		"a text that is far too long": {string(make([]byte, 1<<20)), Malformed},
	} {
		if got := s.Verify(c.text, Request{}, noon(), time.Hour).Code; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestServeStaleAnswersAndSaysSo(t *testing.T) {
	p := population{1, testKeyring(t)}
	s, err := Load(p.keyring, rules(), Options{ServeStale: true}, Snapshot{Revision: 1, Records: p.records(t)})
	if err != nil {
		t.Fatal(err)
	}
	s.Extend(0, time.Second)
	for uptime, overdue := range map[time.Duration]bool{0: false, time.Second: true, time.Hour: true} {
		if v := s.Verify(p.text(t, 0), Request{}, noon(), uptime); v.Code != Valid || v.Overdue != overdue || v.Age != uptime {
			t.Errorf("after %s: got %s, overdue %t, want %s, %t", uptime, v.Code, v.Overdue, Valid, overdue)
		}
	}
	if got := s.Verify(p.text(t, 0), Request{MinRevision: 2}, noon(), 0).Code; got != Stale {
		t.Errorf("a revision that was not reached: got %s, want %s", got, Stale)
	}
}

// Before keys are loaded, every one of them would be unknown; and whoever ends a lease knows that
// something is wrong.
func TestServeStaleAnswersOnlyAfterALeaseThatRanOut(t *testing.T) {
	p := population{1, testKeyring(t)}
	s, err := Load(p.keyring, rules(), Options{ServeStale: true}, Snapshot{Revision: 1, Records: p.records(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		extend func()
		want   Code
	}{
		{"no lease yet", func() {}, Stale},
		{"run out", func() { s.Extend(0, time.Second) }, Valid},
		{"ended", func() { s.Extend(time.Hour, 0) }, Stale},
		{"begun again, and run out", func() { s.Extend(0, time.Second) }, Valid},
	} {
		step.extend()
		if got := s.Verify(p.text(t, 0), Request{}, noon(), time.Hour).Code; got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

// A follower as it will be: it polls each second, and stops.
func TestAFollowerThatStopsLeavesAStaleSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := population{1, testKeyring(t)}
		s := p.load(t)
		start := time.Now()
		uptime := func() time.Duration { return time.Since(start) }
		for range 5 {
			s.Extend(uptime(), 3*time.Second)
			time.Sleep(time.Second)
		}
		for after, want := range []Code{Valid, Valid, Stale, Stale} {
			if got := s.Verify(p.text(t, 0), Request{}, noon(), uptime()).Code; got != want {
				t.Errorf("%d s after the poll would have been: got %s, want %s", after, got, want)
			}
			time.Sleep(time.Second)
		}
	})
}

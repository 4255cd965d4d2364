package uptime

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is a machine that sleeps, whose clock is set, and whose programs are stopped between any
// two of their steps.
type world struct {
	wall, steady, boot time.Duration
	interrupt          func(*world) // before each look at a clock
	looks              int          // at boot
}

func (w *world) pass(d time.Duration) { w.wall, w.steady, w.boot = w.wall+d, w.steady+d, w.boot+d }

func (w *world) sleep(d time.Duration) { w.wall, w.boot = w.wall+d, w.boot+d }

func (w *world) now() (wall, steady time.Duration) {
	w.interrupt(w)
	wall = w.wall
	w.interrupt(w)
	return wall, w.steady
}

func (w *world) sinceBoot() time.Duration {
	w.interrupt(w)
	w.looks++
	return w.boot
}

func TestNoSleepIsMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{wall: 1e18, interrupt: func(*world) {}}
		clock := clock(w.now, w.sinceBoot)
		happen := func(w *world) {
			d := time.Duration(rapid.Int64Range(0, int64(10*time.Second)).Draw(t, "time"))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				w.sleep(time.Hour + d) // longer than all by which the clock is set
			case 1:
				w.wall += d
			case 2:
				w.wall -= d
			default:
				w.pass(d)
			}
		}
		for range rapid.IntRange(1, 20).Draw(t, "readings") {
			w.interrupt = func(*world) {}
			happen(w)
			if rapid.Bool().Draw(t, "interrupted") {
				w.interrupt = func(w *world) {
					if rapid.IntRange(0, 3).Draw(t, "now") == 0 {
						happen(w)
					}
				}
			}
			before := w.boot
			if got := clock(); got < before-drift || got > w.boot+drift {
				t.Fatalf("got %v, want from %v to %v", got, before, w.boot)
			}
		}
	})
}

func TestTheSystemIsAskedWhenTheClocksPart(t *testing.T) {
	w := &world{interrupt: func(*world) {}}
	clock := clock(w.now, w.sinceBoot)
	for _, c := range []struct {
		what  string
		do    func()
		looks int
	}{
		{"at first", func() {}, 1},
		{"an hour later", func() { w.pass(time.Hour) }, 1},
		{"after a sleep", func() { w.sleep(time.Minute) }, 2},
		{"a second later", func() { w.pass(time.Second) }, 2},
		{"set back", func() { w.wall -= time.Hour }, 3},
		{"a millisecond off", func() { w.wall += drift }, 4},
		{"nearly a millisecond off", func() { w.wall += drift - 1 }, 4},
	} {
		c.do()
		if got := clock(); got != w.boot || w.looks != c.looks {
			t.Errorf("%s: got %v after %d looks, want %v after %d", c.what, got, w.looks, w.boot, c.looks)
		}
	}
}

func TestTheClockGoesForward(t *testing.T) {
	clock, boot := Clock(), boot()
	for start := boot(); boot()-start < 10*time.Millisecond; {
		before := boot()
		got := clock()
		if after := boot(); got < before-drift || got > after+drift {
			t.Fatalf("got %v, want from %v to %v", got, before, after)
		}
	}
}

func BenchmarkClock(b *testing.B) {
	b.Run("clock", func(b *testing.B) {
		clock := Clock()
		for b.Loop() {
			clock()
		}
	})
	b.Run("floor: the system call", func(b *testing.B) {
		boot := boot()
		for b.Loop() {
			boot()
		}
	})
}

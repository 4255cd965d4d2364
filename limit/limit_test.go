package limit

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestSpend(t *testing.T) {
	type call struct {
		after time.Duration // since the call before; negative: the clock went back
		cost  int
		want  Decision
	}
	perMinute := Rate{Every: time.Minute, Burst: 3}
	for name, c := range map[string]struct {
		rate  Rate
		calls []call
	}{
		"a full bucket gives its burst, then one for every minute": {perMinute, []call{
			{0, 1, Decision{OK: true, Remaining: 2}},
			{0, 1, Decision{OK: true, Remaining: 1}},
			{0, 1, Decision{OK: true, Remaining: 0}},
			{0, 1, Decision{RetryAfter: time.Minute}},
			{time.Minute - 1, 1, Decision{RetryAfter: 1}},
			{1, 1, Decision{OK: true}},
			{30 * time.Second, 1, Decision{RetryAfter: 30 * time.Second}},
		}},
		"a refusal costs nothing": {perMinute, []call{
			{0, 3, Decision{OK: true}},
			{0, 1, Decision{RetryAfter: time.Minute}},
			{0, 1, Decision{RetryAfter: time.Minute}},
			{time.Minute, 1, Decision{OK: true}},
		}},
		"no more than the burst is saved up": {perMinute, []call{
			{0, 3, Decision{OK: true}},
			{1000 * time.Hour, 1, Decision{OK: true, Remaining: 2}},
		}},
		"a cost above one waits until all of it is there": {perMinute, []call{
			{0, 2, Decision{OK: true, Remaining: 1}},
			{0, 2, Decision{RetryAfter: time.Minute, Remaining: 1}},
			{time.Minute, 2, Decision{OK: true}},
		}},
		"a cost above the burst never passes": {perMinute, []call{
			{0, 4, Decision{RetryAfter: Never, Remaining: 3}},
			{0, 3, Decision{OK: true}},
		}},
		"a cost of nothing asks": {perMinute, []call{
			{0, 0, Decision{OK: true, Remaining: 3}},
			{0, 3, Decision{OK: true}},
			{0, 0, Decision{OK: true}},
		}},
		"a negative cost gives nothing back": {perMinute, []call{
			{0, 3, Decision{OK: true}},
			{0, -2, Decision{OK: true}},
			{0, 1, Decision{RetryAfter: time.Minute}},
		}},
		"a clock that goes back an hour neither gives nor locks out for an hour": {perMinute, []call{
			{0, 3, Decision{OK: true}},
			{-time.Hour, 1, Decision{RetryAfter: time.Minute}},
			{time.Minute, 1, Decision{OK: true}},
			{0, 1, Decision{RetryAfter: time.Minute}},
		}},
		"without a burst nothing passes": {Rate{Every: time.Second}, []call{
			{0, 1, Decision{RetryAfter: Never}},
			{time.Hour, 1, Decision{RetryAfter: Never}},
		}},
		"a negative burst is none": {Rate{Every: time.Second, Burst: -5}, []call{
			{0, 1, Decision{RetryAfter: Never}},
		}},
		"what comes back at once bounds a single cost only": {Rate{Burst: 2}, []call{
			{0, 2, Decision{OK: true}},
			{0, 2, Decision{OK: true}},
			{0, 3, Decision{RetryAfter: Never, Remaining: 2}},
		}},
		"the largest burst and interval do not overflow": {Rate{Every: math.MaxInt64, Burst: math.MaxInt}, []call{
			{0, 1, Decision{OK: true}},
			{0, 1, Decision{RetryAfter: math.MaxInt64}},
			{0, math.MaxInt, Decision{RetryAfter: Never}},
		}},
		"the largest burst of nanoseconds": {Rate{Every: 1, Burst: math.MaxInt}, []call{
			{0, math.MaxInt, Decision{OK: true}},
			{0, 1, Decision{RetryAfter: 1}},
			{0, math.MaxInt, Decision{RetryAfter: math.MaxInt64}},
			{1, 1, Decision{OK: true}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var b Bucket
			now := start()
			for i, call := range c.calls {
				now = now.Add(call.after)
				var got Decision
				if got, b = Spend(b, c.rate, now, call.cost); got != call.want {
					t.Fatalf("call %d, cost %d: got %+v, want %+v", i+1, call.cost, got, call.want)
				}
			}
		})
	}
}

func TestABucketOfAnotherRateOrAFarFutureIsNoEmptierThanEmpty(t *testing.T) {
	far := Bucket{Full: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	d, next := Spend(far, Rate{Every: time.Second, Burst: 2}, start(), 1)
	if want := (Decision{RetryAfter: time.Second}); d != want {
		t.Errorf("got %+v, want %+v", d, want)
	}
	if want := start().Add(2 * time.Second); !next.Full.Equal(want) {
		t.Errorf("full again at: got %v, want %v", next.Full, want)
	}
}

func TestAFullBucketIsTheZeroOne(t *testing.T) {
	rate := Rate{Every: time.Second, Burst: 2}
	_, b := Spend(Bucket{}, rate, start(), 2)
	if _, b = Spend(b, rate, start().Add(2*time.Second), 0); b != (Bucket{}) {
		t.Errorf("got %v, want the zero Bucket", b)
	}
}

// The model is a pail: it leaks with the time that passes, and takes a cost when there is
// room for it. Time that passes backwards fills it again, to the brim at most.
type pail struct{ held time.Duration }

func (p *pail) spend(r Rate, passed time.Duration, cost int) bool {
	brim := time.Duration(r.Burst) * r.Every
	if p.held > 0 {
		p.held = min(max(p.held-passed, 0), brim)
	}
	if p.held+time.Duration(cost)*r.Every > brim {
		return false
	}
	p.held += time.Duration(cost) * r.Every
	return true
}

func TestSpendIsThePail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{
			Every: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "every")),
			Burst: rapid.IntRange(1, 50).Draw(t, "burst"),
		}
		var (
			b       Bucket
			model   pail
			now     = start()
			passed  time.Duration // forward only: what went back gives nothing
			spent   []struct{ at, cost time.Duration }
			backOdd = rapid.IntRange(0, 5).Draw(t, "a clock that goes back")
		)
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			step := time.Duration(rapid.Int64Range(0, 3*int64(rate.Every)).Draw(t, "step"))
			if backOdd > 0 && rapid.IntRange(0, backOdd).Draw(t, "back") == 0 {
				step = -step
			}
			now = now.Add(step)
			passed += max(0, step)
			cost := rapid.IntRange(0, rate.Burst+1).Draw(t, "cost")

			got, next := Spend(b, rate, now, cost)
			if want := model.spend(rate, step, cost); got.OK != want {
				t.Fatalf("cost %d at %v: got %+v, want OK %v", cost, now, got, want)
			}
			if want := int((time.Duration(rate.Burst)*rate.Every - model.held) / rate.Every); got.Remaining != want {
				t.Fatalf("remaining: got %d, want %d", got.Remaining, want)
			}
			checkRetryAfter(t, next, rate, now, cost, got)
			b = next
			if !got.OK {
				continue
			}
			spent = append(spent, struct{ at, cost time.Duration }{passed, time.Duration(cost)})
			checkWindows(t, rate, passed, spent)
		}
	})
}

// checkWindows holds the promise: in no window is more spent than Burst + elapsed/Every.
func checkWindows(t *rapid.T, rate Rate, passed time.Duration, spent []struct{ at, cost time.Duration }) {
	var sum time.Duration
	for i := len(spent) - 1; i >= 0; i-- {
		sum += spent[i].cost
		if most := time.Duration(rate.Burst) + (passed-spent[i].at)/rate.Every; sum > most {
			t.Fatalf("spent %d in %v: want at most %d", sum, passed-spent[i].at, most)
		}
	}
}

// checkRetryAfter: at RetryAfter there is room, a nanosecond before there is not.
func checkRetryAfter(t *rapid.T, b Bucket, rate Rate, now time.Time, cost int, d Decision) {
	switch {
	case d.OK && d.RetryAfter != 0:
		t.Fatalf("retry after: got %v, want 0 when OK", d.RetryAfter)
	case d.OK:
	case cost > rate.Burst:
		if d.RetryAfter != Never {
			t.Fatalf("retry after: got %v, want never", d.RetryAfter)
		}
	default:
		if at, _ := Spend(b, rate, now.Add(d.RetryAfter), cost); !at.OK {
			t.Fatalf("after %v: got %+v, want OK", d.RetryAfter, at)
		}
		if before, _ := Spend(b, rate, now.Add(d.RetryAfter-1), cost); before.OK {
			t.Fatalf("before %v: got %+v, want a refusal", d.RetryAfter, before)
		}
	}
}

func BenchmarkSpend(b *testing.B) {
	var bucket Bucket
	rate, now := Rate{Every: time.Microsecond, Burst: 100}, start()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		_, bucket = Spend(bucket, rate, now, 1)
	}
}

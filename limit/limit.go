package limit

import (
	"math"
	"time"
)

// Rate is how much may be spent: Burst at once, and one more for every Every that passes.
// At any instant, what was spent since an earlier one is at most Burst + elapsed/Every.
type Rate struct {
	// Every is the time in which one unit comes back. 0 or less: at once, so that Burst
	// alone bounds what a single call may cost.
	Every time.Duration

	// Burst is the most that can be there: 0 or less lets nothing through. A Burst that
	// would take more than 292 years to come back, which is all that a Duration can count,
	// is as much as comes back in that time.
	Burst int
}

// Bucket is what has to be remembered between two calls: the instant at which all of Burst
// is there again, the theoretical arrival time of the literature. The zero Bucket is full. A
// Bucket whose instant has passed is the same as the zero one and can be forgotten.
type Bucket struct{ Full time.Time }

// Decision says whether there was room, and what there is now.
type Decision struct {
	OK bool

	// RetryAfter is how long to wait until the same cost is there; 0 when OK, Never when it
	// is more than Burst.
	RetryAfter time.Duration

	// Remaining is how much can still be spent at this instant.
	Remaining int
}

// Never is the RetryAfter of what will not be there however long one waits.
const Never time.Duration = math.MaxInt64

// Spend takes cost from the bucket if it is there, and nothing if not. A cost of 0 or less
// asks how much remains. Store the Bucket that it answers in both cases: a clock that went
// back is mended in it, else a refusal would last until the clock has caught up.
func Spend(b Bucket, r Rate, now time.Time, cost int) (Decision, Bucket) {
	cost = max(cost, 0)
	burst := max(r.Burst, 0)
	if r.Every <= 0 {
		if cost > burst {
			return Decision{RetryAfter: Never, Remaining: burst}, Bucket{}
		}
		return Decision{OK: true, Remaining: burst - cost}, Bucket{}
	}
	burst = int(min(int64(burst), int64(math.MaxInt64/r.Every))) // so that no product overflows

	// What is missing, as the time in which it comes back. When the clock went back since the
	// last call that can be more than everything: the bucket is no emptier than empty.
	most := time.Duration(burst) * r.Every
	missing := min(max(b.Full.Sub(now), 0), most)

	d := Decision{Remaining: int((most - missing) / r.Every)}
	switch {
	case cost > burst:
		d.RetryAfter = Never
	case cost > d.Remaining:
		d.RetryAfter = time.Duration(cost)*r.Every - (most - missing)
	default:
		d.OK = true
		d.Remaining -= cost
		missing += time.Duration(cost) * r.Every
	}
	if missing == 0 {
		return d, Bucket{}
	}
	return d, Bucket{Full: now.Add(missing)}
}

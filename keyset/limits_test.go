package keyset

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright/limit"
	"pgregory.net/rapid"
)

func limited(t testing.TB, rate limit.Rate) (*Set, population) {
	p := population{2 * keysPerAccount, testKeyring(t)}
	s := p.load(t)
	r := rules()
	r.Plans[1].Rate = rate
	if err := s.Apply(2, r); err != nil {
		t.Fatal(err)
	}
	return s, p
}

// Each key has a bucket of its own, and spends from it as package limit says.
func TestTheRateIsThatOfPackageLimit(t *testing.T) {
	keyring := testKeyring(t)
	p := population{2, keyring}
	texts, records := []string{p.text(t, 0), p.text(t, 1)}, p.records(t)
	rapid.Check(t, func(t *rapid.T) {
		rate := limit.Rate{
			Every: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "every")),
			Burst: rapid.IntRange(1, 5).Draw(t, "burst"),
		}
		ruled := rules()
		ruled.Plans[1].Rate = rate
		s, err := Load(keyring, ruled, Options{}, Snapshot{Revision: 1, Records: records})
		if err != nil {
			t.Fatal(err)
		}
		s.Extend(0, time.Minute)
		var buckets [2]limit.Bucket
		now := noon()
		for range rapid.IntRange(1, 30).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(rate.Every), 2*int64(rate.Every)).Draw(t, "after")))
			n := rapid.IntRange(0, 1).Draw(t, "key")
			cost := rapid.IntRange(-1, rate.Burst+1).Draw(t, "cost")
			spent := cost
			if cost == 0 {
				spent = 1
			}
			var want limit.Decision
			want, buckets[n] = limit.Spend(buckets[n], rate, now, spent)
			v := s.Verify(texts[n], Request{Cost: cost}, now, 0)
			if !v.Limited || v.Limit != want || (v.Code == Valid) != want.OK || (v.Code == OverLimit) == want.OK {
				t.Fatalf("cost %d of key %d: got %s %+v, want %+v", cost, n, v.Code, v.Limit, want)
			}
		}
	})
}

func TestWhoeverSpendsAtOnceGetsNoMoreThanThereIs(t *testing.T) {
	const burst = 1000
	s, p := limited(t, limit.Rate{Every: time.Hour, Burst: burst})
	text := p.text(t, 0)
	var good atomic.Int64
	var spenders sync.WaitGroup
	for range 4 {
		spenders.Go(func() {
			for range burst / 2 {
				if s.Verify(text, Request{}, noon(), 0).Code == Valid {
					good.Add(1)
				}
			}
		})
	}
	spenders.Wait()
	if good.Load() != burst {
		t.Errorf("got %d good answers, want %d", good.Load(), burst)
	}
}

// What a key has spent stays spent when its record changes, its table grows, or the policy gives
// another rate. A key that was removed and comes back begins anew.
func TestABucketOutlivesChanges(t *testing.T) {
	s, p := limited(t, limit.Rate{Every: time.Hour, Burst: 3})
	text, k := p.text(t, 0), p.key(t, 0)
	remaining := func(want int) {
		t.Helper()
		if got := s.Verify(text, Request{Cost: -1}, noon(), 0).Limit.Remaining; got != want {
			t.Errorf("got %d remaining, want %d", got, want)
		}
	}
	apply := func(changes ...Change) {
		t.Helper()
		if err := s.Apply(s.Revision()+1, changes...); err != nil {
			t.Fatal(err)
		}
	}
	remaining(3)
	s.Verify(text, Request{Cost: 2}, noon(), 0)
	remaining(1)
	k.Expires = noon().Add(time.Hour)
	apply(k)
	remaining(1)
	for i := p.keys; i < 100*p.keys; i++ {
		other := p.key(t, i)
		other.Account, other.Kind = k.Account, AccountKey
		apply(other)
	}
	remaining(1)
	r := rules()
	r.Plans[1].Rate = limit.Rate{Every: time.Hour, Burst: 4}
	apply(r)
	remaining(2)
	apply(RemovedKey(k.ID))
	apply(k)
	remaining(4)
	if v := s.Verify(text, Request{Cost: 1}, noon(), 0); v.Limit.Remaining != 3 {
		t.Errorf("got %d remaining, want 3", v.Limit.Remaining)
	}
}

func TestAKeyThatIsNotInTheTablesYetHasABucketOfItsOwn(t *testing.T) {
	s, p := limited(t, limit.Rate{Every: time.Hour, Burst: 3})
	k := p.key(t, p.keys)
	k.Account = p.accountID(0)
	text := p.text(t, p.keys)
	k.Seals[0].MAC, _ = p.keyring.MAC(1, k.Account, text)
	over, err := s.writer.prepare([]Change{k})
	if err != nil {
		t.Fatal(err)
	}
	s.view.Store(s.writer.view(over))
	if v := s.Verify(text, Request{Cost: 3}, noon(), 0); v.Code != Valid {
		t.Fatalf("got %s", v.Code)
	}
	for i := range p.keys {
		if got := s.Verify(p.text(t, i), Request{Cost: -1}, noon(), 0); got.Limited && got.Limit.Remaining != 3 {
			t.Errorf("key %d: got %d remaining, want 3", i, got.Limit.Remaining)
		}
	}
}

func TestNanoseconds(t *testing.T) {
	for name, c := range map[string]struct {
		time time.Time
		want uint64
	}{
		"the zero Time":           {time.Time{}, 0},
		"before 1970":             {time.Unix(-1, 0), 0},
		"a nanosecond":            {time.Unix(0, 1), 1},
		"the last that fits":      {time.Unix(9_223_372_035, 999_999_999), 9_223_372_035_999_999_999},
		"in 292 years from now":   {noon().Add(math.MaxInt64), math.MaxInt64},
		"as late as there can be": {time.Unix(1<<60, 0), math.MaxInt64},
	} {
		if got := nanoseconds(c.time); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

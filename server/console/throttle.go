package console

import (
	"crypto/sha256"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/keywright/keywright/limit"
)

// How many wrong passwords there may be. They are counted by where they come from, never by
// the e-mail address alone: whoever attacks an owner from elsewhere can't lock him out.

// pairRate is for one e-mail address from one network address: 10 at once, then one in 5
// minutes, which is 298 guesses in the first day.
func pairRate() limit.Rate { return limit.Rate{Every: 5 * time.Minute, Burst: 10} }

// addressRate is for all e-mail addresses from one network address: 100 at once, then one
// in 6 seconds. An office behind one address shares it.
func addressRate() limit.Rate { return limit.Rate{Every: 6 * time.Second, Burst: 100} }

// maxBuckets bounds the memory that guessing can take to about 20 MB. Beyond it buckets are
// forgotten, which is a gift of some tries to an attacker who has that many addresses and
// needs no gifts.
const maxBuckets = 100_000

// throttle counts wrong passwords in memory: a restart forgets them, which an attacker can't
// bring about.
type throttle struct {
	mu      sync.Mutex
	buckets map[bucketKey]limit.Bucket
}

type bucketKey [sha256.Size]byte

func newThrottle() *throttle { return &throttle{buckets: map[bucketKey]limit.Bucket{}} }

// try takes one try for email from r's address. If there is none left it answers how long to
// wait. A try that proves right is given back with forgive.
func (t *throttle) try(r *http.Request, email string, now time.Time) (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	address, pair := keysOf(r, email)
	// Taken one after the other, and the first given back when the second is refused: tries
	// that were not made must not use up the address for its other people.
	first, was := t.spend(address, addressRate(), now)
	if !first.OK {
		return first.RetryAfter, false
	}
	second, _ := t.spend(pair, pairRate(), now)
	if !second.OK {
		t.buckets[address] = was
		return second.RetryAfter, false
	}
	return 0, true
}

// forgive gives a try back: the password was right.
func (t *throttle) forgive(r *http.Request, email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	address, pair := keysOf(r, email)
	t.giveBack(address, addressRate())
	t.giveBack(pair, pairRate())
}

// spend takes one from a bucket and answers what the bucket was before.
func (t *throttle) spend(key bucketKey, rate limit.Rate, now time.Time) (limit.Decision, limit.Bucket) {
	was, known := t.buckets[key]
	if !known && len(t.buckets) >= maxBuckets {
		t.forgetOne(now)
	}
	decision, next := limit.Spend(was, rate, now, 1)
	t.buckets[key] = next
	return decision, was
}

func (t *throttle) giveBack(key bucketKey, rate limit.Rate) {
	if b, ok := t.buckets[key]; ok {
		t.buckets[key] = limit.Bucket{Full: b.Full.Add(-rate.Every)}
	}
}

// forgetOne makes room: a bucket that is full again if one is soon found, else any.
func (t *throttle) forgetOne(now time.Time) {
	var any bucketKey
	looked := 0
	for key, b := range t.buckets { // Go begins at a random place
		any = key
		if looked++; looked == 16 || !b.Full.After(now) {
			break
		}
	}
	delete(t.buckets, any)
}

// keysOf names the two buckets of a try. They are hashes so that a long e-mail address takes
// no more memory than a short one.
func keysOf(r *http.Request, email string) (address, pair bucketKey) {
	from := network(r)
	email = strings.ToLower(strings.TrimSpace(email))
	return sha256.Sum256([]byte(from)), sha256.Sum256([]byte(from + " " + email))
}

// network is where r comes from: the peer's IPv4 address, or the /64 of its IPv6 address,
// which is what one customer is given at least. X-Forwarded-For is not read: anyone can
// write it.
func network(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := peer.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return r.RemoteAddr
	}
	return prefix.String()
}

// tooManyTries says how long to wait before the next password.
type tooManyTries struct{ wait time.Duration }

func (*tooManyTries) Error() string { return "too many tries" }

// seconds is the wait for a Retry-After header: whole seconds, rounded up.
func (e *tooManyTries) seconds() string {
	return strconv.FormatInt(int64((e.wait+time.Second-1)/time.Second), 10)
}

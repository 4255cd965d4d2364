package keyset

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
)

// Verify allocates nothing but what package secret may to compute a MAC, which is nothing too, but
// for the race detector: with it a sync.Pool forgets things on purpose.
func TestVerifyDoesNotAllocate(t *testing.T) {
	p := population{6, testKeyring(t)}
	s := p.load(t)
	r := rules()
	r.Plans[1].Rate = limit.Rate{Every: time.Nanosecond, Burst: 1_000_000}
	revoked, graced := p.key(t, 5), p.key(t, 0)
	revoked.Revoked = true
	graced.Seals = append(graced.Seals, Seal{Pepper: 2, Ends: noon()})
	if err := s.Apply(2, r, revoked, graced); err != nil {
		t.Fatal(err)
	}
	account, text := p.accountID(0), p.text(t, 0)
	aMAC := allocations(func() { p.keyring.MAC(1, account, text) })
	full := Request{
		Way: policy.PresentBearer, Version: "v2", Method: "GET",
		Scopes: []string{"incidents:read", "services:read"}, ClientIP: netip.MustParseAddr("192.0.2.7"), MinRevision: 2,
	}
	for name, c := range map[string]struct {
		text   string
		r      Request
		now    time.Time
		uptime time.Duration
		want   Code
	}{
		"good, with two seals":  {p.text(t, 0), full, noon(), 0, Valid},
		"good, personal":        {p.text(t, 1), full, noon(), 0, Valid},
		"good, with scopes":     {p.text(t, 2), full, noon(), 0, Valid},
		"good, with networks":   {p.text(t, 3), full, noon(), 0, Valid},
		"an unknown id":         {p.text(t, 9), full, noon(), 0, Unknown},
		"mistyped":              {mistyped(p.text(t, 0), 30), full, noon(), 0, Malformed},
		"junk":                  {"junk", full, noon(), 0, Malformed},
		"nothing":               {"", full, noon(), 0, NoCredential},
		"revoked":               {p.text(t, 5), full, noon(), 0, Revoked},
		"expired":               {p.text(t, 4), full, noon().Add(time.Hour), 0, Expired},
		"out of scope":          {p.text(t, 2), Request{Scopes: []string{"services:write"}}, noon(), 0, OutOfScope},
		"from another network":  {p.text(t, 3), Request{ClientIP: netip.MustParseAddr("2001:db9::1")}, noon(), 0, NetworkNotAllowed},
		"a version not allowed": {p.text(t, 0), Request{Version: "v9"}, noon(), 0, VersionNotAllowed},
		"stale":                 {p.text(t, 0), full, noon(), time.Hour, Stale},
	} {
		if got := s.Verify(c.text, c.r, c.now, c.uptime).Code; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		var v Verdict
		macs := 1.0
		if strings.HasPrefix(c.text[min(8, len(c.text)):], graced.ID) {
			macs = 2
		}
		if got := allocations(func() { v = s.Verify(c.text, c.r, c.now, c.uptime) }); got > macs*aMAC+0.5 {
			t.Errorf("%s: got %v allocations, %v of them for %v MACs, want no other", name, got, macs*aMAC, macs)
		}
		read := func() { _, _, _, _, _, _ = v.Account(), v.Slug(), v.Plan(), v.Member(), v.Expires(), v.Ends() }
		if got := allocations(read); got > 0 {
			t.Errorf("%s: got %v allocations to read the verdict, want none", name, got)
		}
	}
}

// 160 bytes a key with all that belongs to it, and nothing for each key that the garbage collector
// would have to look at.
func TestMemory(t *testing.T) {
	const keys = 200_000
	before := heap()
	s, err := Load(testKeyring(t), rules(), Options{}, Snapshot{Revision: 1, Records: func(yield func(Change, error) bool) {
		for i := range keys {
			account := fmt.Sprintf("acct_%020d", i/keysPerAccount)
			if i%keysPerAccount == 0 && !yield(Account{ID: account, Slug: "acme", Plan: "standard"}, nil) {
				return
			}
			k := Key{ID: fmt.Sprintf("%012d", i), Account: account, Kind: AccountKey, Version: "v1", Seals: []Seal{{Pepper: 1}}}
			if !yield(k, nil) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	after := heap()
	perKey := (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / keys
	if perKey > 160 {
		t.Errorf("got %.1f bytes a key, want at most 160", perKey)
	}
	if objects := int64(after.HeapObjects) - int64(before.HeapObjects); objects > keys/50 {
		t.Errorf("got %d objects for %d keys", objects, keys)
	}
	runtime.KeepAlive(s)
}

// allocations are those of one run, on average, without rounding.
func allocations(f func()) float64 {
	const runs = 10_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs
}

func heap() (m runtime.MemStats) {
	runtime.GC()
	runtime.GC() // what the first one finalised
	runtime.ReadMemStats(&m)
	return m
}

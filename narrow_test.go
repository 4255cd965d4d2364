package keywright_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// wantInvalid wants an error about one field that says so much.
func wantInvalid(t testing.TB, what string, err error, field, says string) {
	t.Helper()
	wrong := keywright.Invalids(err)
	if len(wrong) != 1 || wrong[0].Field != field || !strings.Contains(wrong[0].Why, says) {
		t.Errorf("%s: got %v, want %s … %s", what, err, field, says)
	}
}

func TestNetworks(t *testing.T) {
	got, err := keywright.ParseNetworks([]string{"192.0.2.0/24", " 2001:db8::/32 ", "192.0.2.0/24", "198.51.100.7", "::ffff:203.0.113.0/120", "::1", "0.0.0.0/0"})
	want := []netip.Prefix{}
	for _, text := range []string{"192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32", "203.0.113.0/24", "::1/128", "0.0.0.0/0"} {
		want = append(want, netip.MustParsePrefix(text))
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for text, says := range map[string]string{
		"192.0.2.0/33": "is no network", "192.0.2.7/24": "write 192.0.2.0/24", "2001:db8::1/32": "write 2001:db8::/32",
		"fe80::1%eth0": "has a zone", "fe80::%1/64": "has a zone", "010.0.0.1": "is no network", "10.1": "is no network", "": "is no network",
		"::ffff:192.0.2.0/95": "write it as IPv4", "192.0.2.0/-1": "is no network", "example.com": "is no network", "192.0.2.0/024": "is no network",
	} {
		_, err := keywright.ParseNetworks([]string{"192.0.2.1", text})
		wantInvalid(t, text, err, "networks", says)
		if !strings.Contains(fmt.Sprint(err), "entry 2") {
			t.Errorf("%s: %v does not say which entry", text, err)
		}
	}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("10.0.%d.%d", i/250, i%250))
	}
	_, err = keywright.ParseNetworks(many)
	wantInvalid(t, "1,000 entries", err, "networks", "more than 100")
}

func TestWhenAKeyBeginsAndEnds(t *testing.T) {
	h := open(t, "standard")
	day := 24 * time.Hour
	for _, c := range []struct {
		notBefore, expires string
		begin, end         time.Time
		field, says        string
	}{
		{},
		{expires: "never"},
		{expires: "2s", end: h.now.Add(2 * time.Second)},
		{expires: "90d", end: h.now.Add(90 * day)},
		{expires: "2027-01-01", end: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		{expires: "2027-01-01T09:00:00+02:00", end: time.Date(2027, 1, 1, 7, 0, 0, 0, time.UTC)},
		{notBefore: "1h", expires: "2h", begin: h.now.Add(time.Hour), end: h.now.Add(2 * time.Hour)},
		{notBefore: "2020-01-01"}, // it has begun
		{expires: "9999-12-31T23:59:59Z", end: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{expires: "30", field: "expires", says: "with its unit"},
		{expires: "0d", field: "expires", says: "with its unit"},
		{expires: "-1h", field: "expires", says: "with its unit"},
		{expires: "2020-01-01", field: "expires", says: "in the past"},
		{expires: "2026-05-03T12:00:00Z", field: "expires", says: "in the past"},
		{expires: "10000-01-01", field: "expires", says: "neither"},
		{expires: "2027-02-30", field: "expires", says: "neither"},
		{notBefore: "2h", expires: "1h", field: "expires", says: "not after not_before"},
		{notBefore: "1h", expires: "1h", field: "expires", says: "not after not_before"},
		{notBefore: "tomorrow", field: "not_before", says: "neither"},
	} {
		key, _, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: "x", NotBefore: c.notBefore, Expires: c.expires})
		if c.field != "" {
			wantInvalid(t, c.notBefore+" to "+c.expires, err, c.field, c.says)
			continue
		}
		if err != nil || !key.NotBefore.Equal(c.begin) || !key.Expires.Equal(c.end) {
			t.Errorf("%s to %s: got %v to %v, %v", c.notBefore, c.expires, key.NotBefore, key.Expires, err)
		}
	}
}

// underPolicy goes on with a changed built-in policy.
func (h *house) underPolicy(change func(*policy.Policy)) {
	p := policy.Default()
	change(p)
	h.Service = keywright.New(h.store, h.ring, plain{}, keywright.Options{Policy: p, Now: func() time.Time { return h.now }})
}

func standard(p *policy.Policy) *policy.Plan { return &p.Plans[2] }

func TestAPlanSaysHowLongItsKeysLive(t *testing.T) {
	h := open(t, "standard")
	h.underPolicy(func(p *policy.Policy) {
		standard(p).Lives = []policy.Life{{Kind: "read_only", Default: time.Hour, Longest: 2 * time.Hour}, {Longest: 24 * time.Hour}}
	})
	by := h.members["owner"].By()
	for _, c := range []struct {
		kind                     keywright.KeyKind
		notBefore, expires, says string
		end                      time.Duration
	}{
		{kind: keywright.ReadOnlyKey, end: time.Hour},
		{kind: keywright.ReadOnlyKey, expires: "2h", end: 2 * time.Hour},
		{kind: keywright.ReadOnlyKey, expires: "121min", says: "2h at most"},
		{kind: keywright.ReadOnlyKey, expires: "never", says: "2h at most"},
		{kind: keywright.ReadOnlyKey, notBefore: "1h", end: 2 * time.Hour},
		{kind: keywright.ReadOnlyKey, notBefore: "1h", expires: "3h", end: 3 * time.Hour},
		{kind: keywright.AccountKey, end: 24 * time.Hour},
		{kind: keywright.AccountKey, expires: "25h", says: "1d at most"},
	} {
		key, _, err := h.Issue(t.Context(), by, keywright.NewKey{Description: "x", Kind: c.kind, NotBefore: c.notBefore, Expires: c.expires})
		if c.says != "" {
			wantInvalid(t, string(c.kind)+" "+c.expires, err, "expires", c.says)
		} else if err != nil || key.Expires != h.now.Add(c.end) {
			t.Errorf("%s from %s to %s: got %v, %v", c.kind, c.notBefore, c.expires, key.Expires.Sub(h.now), err)
		}
	}
}

func TestAPlanSaysHowFastKeysAreMade(t *testing.T) {
	h := open(t, "standard")
	h.underPolicy(func(p *policy.Policy) { standard(p).NewKeys, _ = policy.ParseRate("2/h") })
	by := h.members["owner"].By()
	h.issue(t, by)
	h.issue(t, by)
	_, _, err := h.Issue(t.Context(), by, keywright.NewKey{Description: "x"})
	var fast *keywright.TooFastError
	if !errors.As(err, &fast) || fast.Retry != 30*time.Minute {
		t.Fatalf("got %v, want too fast", err)
	}
	h.now = h.now.Add(30 * time.Minute)
	h.issue(t, by)
}

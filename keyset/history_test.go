package keyset

import (
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"pgregory.net/rapid"
)

// TestMain makes rapid try 1,000 histories, or with KEYWRIGHT_SOAK 10,000, unless -rapid.checks says
// another number.
func TestMain(m *testing.M) {
	checks := "1000"
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		checks = "10000"
	}
	args := os.Args
	os.Args = append([]string{args[0], "-rapid.checks=" + checks}, args[1:]...)
	flag.Parse()
	os.Exit(m.Run())
}

// Any history of changes gives the same verdicts as the model, and in the end the same as a fresh
// snapshot.
func TestAnyHistoryGivesTheVerdictsOfTheModelAndOfASnapshot(t *testing.T) {
	seen := map[Code]int{}
	keyring := testKeyring(t)
	rapid.Check(t, func(t *rapid.T) {
		runHistory(t, keyring, seen, func(rules Rules) subject { return &follower{New(keyring, rules, Options{}), keyring} })
	})
	for code := Valid; code <= OutOfScope; code++ {
		if seen[code] == 0 && code != AmbiguousCredential {
			t.Errorf("no history came upon %s", code)
		}
	}
}

// subject is what runs a history: a Set, or one with a fault.
type subject interface {
	Apply(revision uint64, changes ...Change) error
	Verify(text string, r Request, now time.Time, uptime time.Duration) Verdict
	reload(rules Rules, s Snapshot) error
	use(keyring *secret.Keyring)
}

type follower struct {
	*Set
	keyring *secret.Keyring
}

func (f *follower) reload(rules Rules, s Snapshot) error {
	fresh, err := Load(f.keyring, rules, Options{}, s)
	if err != nil {
		return err
	}
	return f.Replace(fresh)
}

func (f *follower) use(keyring *secret.Keyring) { f.Set.keyring = keyring }

// history is one run: the world that changes, and the subject that must follow it.
type history struct {
	world
	keyring *secret.Keyring
	subject subject
	now     time.Time
	made    uint64
	old     []string // texts that once verified
	seen    map[Code]int
}

func runHistory(t *rapid.T, keyring *secret.Keyring, seen map[Code]int, start func(Rules) subject) {
	h := &history{
		world: world{
			rules: rules(), accounts: map[string]Account{}, members: map[string]Member{},
			keys: map[string]Key{}, texts: map[string][]string{},
		},
		keyring: keyring, subject: start(rules()), now: noon(), seen: seen,
	}
	if s, ok := h.subject.(interface {
		Extend(polled, bound time.Duration)
	}); ok {
		s.Extend(0, time.Minute)
	}
	changes := h.changes()
	actions := map[string]func(*rapid.T){"": h.check, "time passes": h.wait, "reload": h.reload, "two at once": func(t *rapid.T) {
		names := slices.Sorted(maps.Keys(changes))
		first := changes[rapid.SampledFrom(names).Draw(t, "first")](t)
		h.apply(t, append(first, changes[rapid.SampledFrom(names).Draw(t, "second")](t)...))
	}}
	for name, change := range changes {
		actions[name] = func(t *rapid.T) { h.apply(t, change(t)) }
	}
	for range 3 { // most of a history is about keys that are there
		h.apply(t, changes["account"](t))
		h.apply(t, changes["member"](t))
		h.apply(t, changes["issue"](t))
	}
	t.Repeat(actions)
	h.compareWithSnapshot(t)
}

func (h *history) apply(t *rapid.T, changes []Change) {
	h.revision++
	for range 2 { // the second time it is there already
		if err := h.subject.Apply(h.revision, changes...); err != nil {
			t.Fatalf("apply: %v", err)
		}
	}
}

func (h *history) wait(t *rapid.T) {
	h.now = h.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
}

func (h *history) reload(t *rapid.T) {
	if err := h.subject.reload(h.rules, h.snapshot()); err != nil {
		t.Fatalf("reload: %v", err)
	}
}

func (h *history) check(t *rapid.T) {
	for range 4 {
		text, r := h.text(t), h.request(t)
		got := h.subject.Verify(text, r, h.now, 0)
		h.compare(t, text, r, got)
		if _, formed := secret.Cut(text); formed && got.Code != Stale && !h.computesMAC(t, text, r) {
			t.Fatalf("%s: no MAC was computed", got.Code)
		}
	}
}

// computesMAC asks again with a keyring that has not computed anything yet: its first MAC, and
// nothing else on the way to a verdict, makes something.
func (h *history) computesMAC(t *rapid.T, text string, r Request) bool {
	h.subject.use(testKeyring(t))
	defer h.subject.use(h.keyring)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h.subject.Verify(text, r, h.now, 0)
	runtime.ReadMemStats(&after)
	return after.Mallocs > before.Mallocs
}

func (h *history) compare(t *rapid.T, text string, r Request, got Verdict) {
	code, missing := h.verdict(text, r, h.now)
	h.seen[code]++
	if got.Code != code || got.Missing != missing || got.Revision != h.revision {
		t.Fatalf("%+v\ngot %s %s at revision %d\nwant %s %s at %d", r, got.Code, got.Missing, got.Revision, code, missing, h.revision)
	}
	key, ends, _ := h.keyOf(text)
	if code == Stale || code == Malformed || code == Unknown || key.ID == "" {
		if got != (Verdict{Code: code, Revision: h.revision}) {
			t.Fatalf("%s: got %+v, which tells of a key", code, got)
		}
		return
	}
	member := key.Member
	if key.Kind != PersonalKey {
		member = ""
	}
	if got.Key.String() != key.ID || got.Kind != key.Kind || got.Account() != key.Account || got.Member() != member ||
		got.Slug() != h.accounts[key.Account].Slug || got.Plan() != h.accounts[key.Account].Plan ||
		!got.Expires().Equal(key.Expires) || !got.Ends().Equal(ends) || string(got.LastFour[:]) != text[len(text)-4:] {
		t.Fatalf("got %+v of %s, want %+v", got, got.Account(), key)
	}
	reach := slices.DeleteFunc(slices.Clone(h.rules.Scopes), func(scope string) bool { return !h.reaches(key, scope) })
	if scopes := slices.Collect(got.Scopes.All()); !slices.Equal(scopes, reach) {
		t.Fatalf("got reach %v, want %v", scopes, reach)
	}
}

// compareWithSnapshot asks the same of the subject and of a Set that has only seen the end.
func (h *history) compareWithSnapshot(t *rapid.T) {
	fresh, err := Load(h.keyring, h.rules, Options{}, h.snapshot())
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	fresh.Extend(0, time.Minute)
	for range 20 {
		text, r := h.text(t), h.request(t)
		h.compare(t, text, r, fresh.Verify(text, r, h.now, 0))
		h.compare(t, text, r, h.subject.Verify(text, r, h.now, 0))
	}
	for _, texts := range h.texts {
		for _, text := range texts {
			h.compare(t, text, Request{}, fresh.Verify(text, Request{}, h.now, 0))
			h.compare(t, text, Request{}, h.subject.Verify(text, Request{}, h.now, 0))
		}
	}
}

// text is one to present: mostly of a key that is there.
func (h *history) text(t *rapid.T) string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(h.texts)) {
		all = append(all, h.texts[id]...)
	}
	switch kind := rapid.IntRange(0, 19).Draw(t, "text"); {
	case kind == 0:
		return ""
	case kind == 1 || len(all) == 0:
		return h.newText("")
	case kind == 2:
		return h.newText(all[0][8:20]) // the id of a key that is there
	case kind == 3:
		return all[0][:30] + "~" + all[0][31:]
	case kind < 6 && len(h.old) > 0:
		return rapid.SampledFrom(h.old).Draw(t, "old")
	}
	return rapid.SampledFrom(all).Draw(t, "text of a key")
}

func (h *history) request(t *rapid.T) Request {
	odd := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
	r := Request{Way: policy.PresentBearer, Method: "GET", ClientIP: netip.MustParseAddr("192.0.2.7")}
	if odd("way") {
		r.Way = rapid.SampledFrom([]policy.Presentation{"", policy.PresentToken, policy.PresentBasic, policy.PresentHeader}).Draw(t, "way")
	}
	if odd("version") {
		r.Version = rapid.SampledFrom([]string{"v0", "v1", "v2", "v3"}).Draw(t, "version")
	}
	if odd("method") {
		r.Method = rapid.SampledFrom([]string{"", "HEAD", "OPTIONS", "POST", "get"}).Draw(t, "method")
	}
	if odd("client") {
		r.ClientIP = rapid.SampledFrom([]netip.Addr{{}, netip.MustParseAddr("::ffff:192.0.2.7"), netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("2001:db8::1%eth0")}).Draw(t, "client")
	}
	if odd("environment") {
		r.Env = rapid.SampledFrom([]secret.Env{secret.Live, secret.Test}).Draw(t, "environment")
	}
	if odd("token") {
		r.Token = rapid.SampledFrom([]Kind{VerifyToken, OperateToken}).Draw(t, "token")
	}
	r.Scopes = rapid.SliceOfN(rapid.SampledFrom(append(scopes(), "none:such")), 0, 2).Draw(t, "scopes")
	if odd("revision") {
		r.MinRevision = h.revision + uint64(rapid.IntRange(0, 1).Draw(t, "ahead"))
	}
	return r
}

// newText makes a text that no key has, with this id unless it is empty.
func (h *history) newText(id string) string {
	h.made++
	s, err := secret.Make("kw", secret.Live, chance(h.made))
	if err != nil {
		panic(err)
	}
	if id == "" {
		return s.Reveal()
	}
	text := "kw_live_" + id + s.Reveal()[20:50]
	return text + checkOf(text)
}

// seal gives a text and what is kept of it.
func (h *history) seal(id, account string) (string, Seal) {
	text := h.newText(id)
	pepper := 1 + int(h.made)%2
	mac, ok := h.keyring.MAC(pepper, account, text)
	if !ok {
		panic(fmt.Sprint("no pepper ", pepper))
	}
	return text, Seal{MAC: mac, Pepper: pepper}
}

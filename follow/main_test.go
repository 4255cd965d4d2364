package follow_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
	"go.uber.org/goleak"
)

// TestMain makes rapid try 1,000 histories, or with KEYWRIGHT_SOAK 10,000, of some 8 steps each,
// unless its flags say other numbers. The race detector sees 100 of them.
func TestMain(m *testing.M) {
	checks := "-rapid.checks=1000"
	switch {
	case soaking():
		checks = "-rapid.checks=10000"
	case raced:
		checks = "-rapid.checks=100"
	}
	os.Args = append([]string{os.Args[0], checks, "-rapid.steps=8"}, os.Args[1:]...)
	goleak.VerifyTestMain(m)
}

// raced says that the race detector watches: the database takes ten times as long then.
var raced bool

func soaking() bool { return os.Getenv("KEYWRIGHT_SOAK") != "" }

var errCut = errors.New("the line is cut")

// line is what lies between a follower and the store: the one thing that these tests make fail.
type line struct {
	mu       sync.Mutex
	to       *store.Store
	cut      bool
	answered func(keywright.Changes) keywright.Changes // between the store's answer and the follower
	late     time.Duration                             // how long the answer to a poll then takes
	lost     bool                                      // the next poll is committed, and after that the line is cut
	taking   func(keyset.Snapshot) keyset.Snapshot     // the same for a snapshot
}

func (l *line) set(change func(l *line)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

func (l *line) get() (line, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	if l.cut {
		err = errCut
	}
	return line{to: l.to, answered: l.answered, late: l.late, lost: l.lost, taking: l.taking}, err
}

func (l *line) ChangesSince(ctx context.Context, since uint64, most int) (keywright.Changes, error) {
	now, err := l.get()
	if err != nil {
		return keywright.Changes{}, err
	}
	changes, err := now.to.ChangesSince(ctx, since, most)
	if err == nil && now.answered != nil {
		changes = now.answered(changes)
	}
	return changes, err
}

func (l *line) Snapshot(ctx context.Context, take func(keyset.Snapshot) error) error {
	now, err := l.get()
	if err != nil {
		return err
	}
	return now.to.Snapshot(ctx, func(s keyset.Snapshot) error {
		if now.taking != nil {
			s = now.taking(s)
		}
		return take(s)
	})
}

// house is a Service on a real database, with an account and its owner, and a line to it.
type house struct {
	*keywright.Service
	dir     string
	store   *store.Store
	line    *line
	keyring *secret.Keyring
	owner   keywright.Member
	lost    atomic.Bool // the policy is, and to ask for its rules panics, once
}

// plain matches passwords without the work, which these tests are not about.
type plain struct{}

func (plain) Hash(_ context.Context, password string) (string, error) {
	return "plain:" + password, nil
}

func (plain) Match(_ context.Context, password, hash string) (bool, error) {
	return hash == "plain:"+password, nil
}

func build(t testing.TB) *house { return buildWith(t, keywright.Options{}) }

func buildWith(t testing.TB, o keywright.Options) *house {
	t.Helper()
	keyring, err := secret.MakeKeyring(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{dir: t.TempDir(), keyring: keyring}
	h.store = open(t, h.dir)
	h.line = &line{to: h.store}
	h.Service = keywright.New(h.store, keyring, plain{}, o)
	_, h.owner, _, err = h.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme", Plan: "standard",
		Owner: keywright.NewMember{Name: "Zoe", Email: "zoe@acme.example", Password: "a good password"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (h *house) rules(in policy.InForce) (keyset.Rules, error) {
	if h.lost.CompareAndSwap(true, false) {
		panic("no rules")
	}
	return h.Adopt(in)
}

// patient is for tests whose time is that of the wall: however slow they are, nothing ends.
func patient() follow.Options {
	return follow.Options{Bound: 300 * time.Second, Poll: 100 * time.Second, Clock: func() time.Duration { return 0 }}
}

// follower is one that is not loaded and hears of no commits.
func (h *house) follower(o follow.Options) *follow.Follower {
	return follow.New(h.line, h.keyring, h.rules, o)
}

// loaded is one that is loaded, and hears of commits.
func (h *house) loaded(t testing.TB) *follow.Follower {
	t.Helper()
	f := h.follower(patient())
	h.store.Follow(f.Committed)
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func (h *house) issue(t testing.TB) (keywright.KeyID, string) {
	t.Helper()
	key, text, err := h.Issue(t.Context(), h.owner.By(), keywright.NewKey{Description: "CI"})
	if err != nil {
		t.Fatal(err)
	}
	return key.ID, text.Reveal()
}

func (h *house) revoke(t testing.TB, id keywright.KeyID) {
	t.Helper()
	if _, _, err := h.Revoke(t.Context(), h.owner.By(), id, ""); err != nil {
		t.Fatal(err)
	}
}

func (h *house) setPlan(t testing.TB, plan string) {
	t.Helper()
	if _, _, err := h.SetPlan(t.Context(), keywright.Operator(h.owner.Account), plan); err != nil {
		t.Fatal(err)
	}
}

func verdict(f *follow.Follower, text string) keyset.Verdict {
	return f.Set().Verify(text, keyset.Request{Way: policy.PresentBearer, Method: "GET"}, time.Now(), f.Uptime())
}

func wantCode(t testing.TB, f *follow.Follower, what, text string, want keyset.Code) {
	t.Helper()
	if got := verdict(f, text).Code; got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

func wantReady(t testing.TB, f *follow.Follower, what string, want bool, words string) {
	t.Helper()
	if ready, got := f.Ready(); ready != want || got != words {
		t.Errorf("%s: got ready %v, %q, want %v, %q", what, ready, got, want, words)
	}
}

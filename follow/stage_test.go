package follow_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// stage is a house in which one history happens after the other, and those who must know of
// everything: one who hears of each commit, and one who has to ask.
type stage struct {
	*house
	seams           seams
	now             time.Time
	here, elsewhere *follow.Follower
	judges          map[*follow.Follower]judge
	first           *policy.Policy // the one that each history begins with
}

// seams are where a fault can be put in. The zero seams are those of the real thing.
type seams struct {
	source  func(*house) source                            // what the one who asks, asks
	rules   func(keyset.Rules) keyset.Rules                // between the policy and a keyset
	judge   func(*stage, *follow.Follower, judge) judge    // between a keyset and whoever wants a verdict
	setRole func(*history, keywright.Member, string) error // a change of role
}

type source interface {
	Snapshot(ctx context.Context, take func(keyset.Snapshot) error) error
	ChangesSince(ctx context.Context, since uint64, most int) (keywright.Changes, error)
}

// judge is whoever gives verdicts: a Verifier, or one with a fault.
type judge interface {
	Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error)
}

func newStage(t *testing.T, s seams) *stage {
	st := &stage{seams: s, now: time.UnixMilli(1_800_000_000_000).UTC()}
	st.house = buildWith(t, keywright.Options{Now: func() time.Time { return st.now }})
	from := source(st.line)
	if s.source != nil {
		from = s.source(st.house)
	}
	st.here, st.elsewhere = st.following(st.line, st.keyring), st.following(from, st.keyring)
	st.judges = map[*follow.Follower]judge{st.here: st.judge(st.here), st.elsewhere: st.judge(st.elsewhere)}
	st.first = st.Policy()
	st.store.Follow(st.here.Committed)
	for _, f := range []*follow.Follower{st.here, st.elsewhere} {
		if err := f.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// following is one who is not loaded, and hears of no commits.
func (st *stage) following(from source, keyring *secret.Keyring) *follow.Follower {
	return follow.New(from, keyring, func(in policy.InForce) (keyset.Rules, error) {
		rules, err := st.rules(in)
		if st.seams.rules != nil {
			rules = st.seams.rules(rules)
		}
		return rules, err
	}, patient())
}

// judge is how a follower is asked.
func (st *stage) judge(f *follow.Follower) judge {
	v := judge(keywright.NewVerifier(f.Set(), st.Policy, f.Uptime, keywright.Options{Now: func() time.Time { return st.now }}))
	if st.seams.judge != nil {
		v = st.seams.judge(st, f, v)
	}
	return v
}

// fresh is one who has only seen the end, with a keyring that has not computed anything yet.
func (st *stage) fresh(ctx context.Context) (*follow.Follower, error) {
	keyring, err := secret.MakeKeyring(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		return nil, err
	}
	f := st.following(st.line, keyring)
	return f, f.Load(ctx)
}

// makes reports whether something is made on the way: with a fresh keyring, its first MAC is what
// a verdict makes.
func makes(do func()) bool {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.Mallocs > before.Mallocs
}

package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// slack is how slow a database is, and what a node with slowBound is to make of it.
type slack struct {
	delay time.Duration // of each answer; a poll has four
	want  string        // of a good key: valid nearly all the time, stale in the end, or "" for either
}

const slowBound = 2 * time.Second

// TestDatabaseSlow has each answer of the database come later to some nodes, while keys are revoked
// on one for which it is fast: no key is accepted past the bound, and what can still be done in
// time is done. Each node and delay is a trial.
func TestDatabaseSlow(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	database, line := server.New(t), newRelay(t, server)
	args := []string{"--staleness-bound", slowBound.String(), "--log-level", "info"}
	near := join(t, nil, database.URL(postgrestest.Service), nil, args...)
	near.acme(t)
	var far []*node
	for range times(2, 4) {
		far = append(far, join(t, near, line.url(database), nil, args...))
	}
	good := near.made(t, 2)
	all := []slack{{100 * time.Millisecond, "valid"}, {700 * time.Millisecond, "stale"}}
	if times(0, 1) == 1 {
		all = append(all, slack{200 * time.Millisecond, ""}, slack{400 * time.Millisecond, ""}, slack{3 * time.Second, "stale"})
	}
	var lasts, backs []time.Duration
	for range times(1, 10) {
		for _, s := range all {
			last, back := slowed(t, near, far, good, line, s)
			lasts, backs = append(lasts, last...), append(backs, back...)
		}
	}
	slices.Sort(lasts)
	slices.Sort(backs)
	t.Logf("%d trials: a revoked key was accepted last %v after its revocation, bound %v; right again after the database p50 %v, max %v",
		len(lasts), lasts[len(lasts)-1], slowBound, backs[len(backs)/2], backs[len(backs)-1])
	if lasts[len(lasts)-1] <= 0 {
		t.Error("no key was accepted after its revocation: the slow nodes were not slow")
	}
}

// slowed slows the database down for the nodes that are far, and answers for each how long it
// accepted a key after its revocation, and a good one again after it was fast.
func slowed(t *testing.T, near *node, far []*node, good []key, line *relay, s slack) (lasts, backs []time.Duration) {
	t.Helper()
	doomed := near.made(t, 2)
	agree(t, far, doomed, "valid")
	line.set(func(r *relay) { r.delay = s.delay })
	probes := make([]*probe, len(far))
	each(far, func(i int, n *node) {
		probes[i] = n.watch(t, append(slices.Clone(doomed), good...), 2*time.Millisecond)
	})
	near.revoke(t, doomed)
	revoked := time.Now()
	lasts, backs = make([]time.Duration, len(far)), make([]time.Duration, len(far))
	each(far, func(i int, _ *node) {
		eventually(t, "a slow node was watched past the bound", func() bool {
			late := since(probes[i].so(), revoked.Add(slowBound*5/4))
			return len(late) >= 2*len(doomed)+2*len(good) && (s.want == "" || late[len(late)-1].key >= len(doomed) && late[len(late)-1].code == s.want)
		})
	})
	fast := time.Now()
	line.set(func(r *relay) { r.delay = 0 })
	agree(t, far, doomed, "revoked")
	agree(t, far, good, "valid")
	each(far, func(i int, _ *node) {
		var ofDoomed, ofGood []sighting
		for _, a := range probes[i].end() {
			if a.key < len(doomed) {
				ofDoomed = append(ofDoomed, a)
			} else {
				ofGood = append(ofGood, a)
			}
		}
		lasts[i], backs[i] = lastAccept(ofDoomed, revoked), firstAccept(since(ofGood, fast), fast)
		if lasts[i] > slowBound {
			t.Errorf("with answers %v late, node %d accepted a revoked key %v after its revocation, the bound is %v", s.delay, i, lasts[i], slowBound)
		}
		wantServed(t, ofGood)
		stale := slices.DeleteFunc(slices.Clone(ofGood), sighting.accepts)
		if s.want == "valid" && len(stale) > len(ofGood)/10 { // a busy machine is slow too
			t.Errorf("with answers %v late, node %d was stale %d times of %d", s.delay, i, len(stale), len(ofGood))
		}
	})
	return lasts, backs
}

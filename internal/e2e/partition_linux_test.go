package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// islands are nodes that can be cut off from the database, one that can't, and keys.
type islands struct {
	near   *node
	far    []*node
	cables []*namespace
	good   []key
}

// newIslands starts nodes on a database that they reach through a network of the test's own.
func newIslands(t *testing.T, count int, args ...string) *islands {
	t.Helper()
	hub := newHub(t)
	var server *postgrestest.Server
	if err := hub.inside(func() error {
		server = postgrestest.Start(t, postgrestest.Options{
			Settings: map[string]string{"listen_addresses": hubAddress},
			Files:    map[string]string{"pg_hba.conf": "local all all trust\nhost all all samenet trust\n"},
		})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	database := server.New(t)
	args = slices.Concat(bounded, args) // of all: a node is not let in with another promise than the rest
	all := &islands{near: join(t, nil, database.URL(postgrestest.Service), nil, args...)}
	all.near.acme(t)
	url := fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", postgrestest.Service, hubAddress, database.Name)
	for i := range count {
		cable := hub.connect(t, i)
		all.cables = append(all.cables, cable)
		all.far = append(all.far, join(t, all.near, url, cable, args...))
	}
	all.good = all.near.made(t, 2)
	agree(t, all.far, all.good, "valid")
	return all
}

// outcome is what one node did while it was cut off.
type outcome struct {
	late int           // accepts past the bound of a key that was revoked elsewhere
	last time.Duration // the last accept of one, after the cut
	lied string        // an answer about a good key that is neither valid nor stale
	end  string        // what it said of a good key in the end
}

// part cuts every cable, revokes keys on the node that isn't cut off, and watches the others until
// well after the bound. The bound counts from the cut, which is before the first revocation.
func (all *islands) part(t *testing.T, ways ...string) []outcome {
	t.Helper()
	doomed := all.near.made(t, 3)
	agree(t, all.far, doomed, "valid")
	keys := append(doomed, all.good...)
	probes := make([]*probe, len(all.far))
	for i, n := range all.far {
		probes[i] = n.watch(t, keys, 2*time.Millisecond)
	}
	time.Sleep(rand.N(bound / 2)) // where between two polls it is cut is the input of this test
	cuts := make([]time.Time, len(all.far))
	each(all.far, func(i int, _ *node) {
		if err := all.cables[i].cut(ways[i%len(ways)]); err != nil {
			t.Error(err)
		}
		cuts[i] = time.Now()
	})
	all.near.revoke(t, doomed)
	outcomes := make([]outcome, len(all.far))
	each(all.far, func(i int, _ *node) {
		eventually(t, "a node was watched past the bound", func() bool {
			return len(since(probes[i].so(), cuts[i].Add(bound*3/2))) >= 2*len(keys)
		})
		outcomes[i] = judge(since(probes[i].end(), cuts[i]), cuts[i], len(doomed))
		if err := all.cables[i].heal(); err != nil {
			t.Error(err)
		}
	})
	agree(t, all.far, doomed, "revoked")
	agree(t, all.far, all.good, "valid")
	return outcomes
}

// judge looks through what a node said after a cut; the first keys were revoked meanwhile.
func judge(answers []sighting, cut time.Time, doomed int) (o outcome) {
	for _, a := range answers {
		switch after := a.sent.Sub(cut); {
		case a.key < doomed && a.accepts():
			o.last = max(o.last, after)
			if after > bound {
				o.late++
			}
		case a.key >= doomed:
			o.end = a.code
			if !a.accepts() && a.code != "stale" {
				o.lied = fmt.Sprint(a.status, " ", a.code)
			}
		}
	}
	return o
}

// TestPartition cuts nodes off from the database, in one direction or both, and revokes keys on
// another node meanwhile: none is accepted past the bound. Each node that is cut off is a trial.
func TestPartition(t *testing.T) {
	all := newIslands(t, times(4, 8))
	trials, used, late := 0, 0, 0
	var last time.Duration
	for range times(3, 125) {
		for i, o := range all.part(t, bothWays, comingIn, goingOut) {
			trials++
			late += o.late
			if o.late > 0 || o.lied != "" || o.end != "stale" {
				t.Errorf("node %d: %d accepts of a revoked key past the bound, the last %v after the cut; a good key was answered %q, in the end %q, want stale", i, o.late, o.last, o.lied, o.end)
			}
			if o.last > 0 {
				used++
			}
			last = max(last, o.last)
		}
	}
	t.Logf("%d trials, 3 keys each: %d accepts of a revoked key past the bound of %v; the last was %v after the cut; before the bound %d trials saw one", trials, late, bound, last, used)
	if used == 0 {
		t.Error("no revoked key was accepted before the bound: the cut nodes were not cut off, or not asked")
	}
}

// TestPartitionWithoutLeases shows that the trials can fail: nodes that serve what is stale fail
// each of them.
func TestPartitionWithoutLeases(t *testing.T) {
	all := newIslands(t, 2, "--on-stale", "serve")
	trials, caught := 0, 0
	for _, way := range []string{bothWays, comingIn, goingOut} {
		for _, o := range all.part(t, way) {
			trials++
			if o.late > 0 {
				caught++
			}
		}
	}
	t.Logf("%d of %d trials without leases were caught", caught, trials)
	if caught != trials {
		t.Errorf("only %d of %d trials without leases were caught", caught, trials)
	}
}

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestFailover kills, again and again and while clients of two nodes issue and revoke, the primary
// of a synchronous standby, and promotes that one: no answered change is lost, and the nodes go on
// by themselves, with the names of both servers in their URL.
func TestFailover(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t, postgrestest.Options{Settings: postgrestest.Replicating()})
	database := primary.New(t)
	standby := primary.Standby(t)
	url := fmt.Sprintf("postgres://%s@/%s?host=%s,%s&port=%d,%d", postgrestest.Service, database.Name,
		filepath.Dir(primary.Socket()), filepath.Dir(standby.Socket()), primary.Port, standby.Port)
	nodes := []*node{join(t, nil, url, nil, bounded...)}
	nodes = append(nodes, join(t, nodes[0], url, nil, bounded...))
	nodes[0].acme(t)
	good := nodes[0].made(t, 2)
	agree(t, nodes, good, "valid")
	both := []*keywright{nodes[0].keywright, nodes[1].keywright}
	known := &ledger{keys: map[string]*fate{}}
	var backs []time.Duration
	for range times(2, 100) {
		primary.Synchronous(t)
		probes := make([]*probe, len(nodes))
		each(nodes, func(i int, n *node) { probes[i] = n.watch(t, good, time.Millisecond) })
		burst(both, known, 25*shortly, func() { primary.Kill(t) })
		standby.Promote(t)
		up := time.Now()
		each(nodes, func(i int, n *node) {
			eventually(t, "a node takes writes again", func() bool {
				_, ok := issueOne(n.manager, known)
				return ok
			})
		})
		backs = append(backs, time.Since(up))
		agree(t, nodes, good, "valid")
		for _, p := range probes {
			wantServed(t, p.end())
		}
		primary, standby = standby, primary
		standby.Follow(t, primary)
	}
	slices.Sort(backs)
	t.Logf("%d failovers: both nodes take writes again p50 %v, max %v after the standby was promoted", len(backs), backs[len(backs)/2], backs[len(backs)-1])
	wantKnown(t, database.On(primary), nodes, known)
}

// TestFailoverThatLosesCommits promotes a standby that lacks the last commits, revocations among
// them: each node finds out, whether the standby is written to first or not, accepts none of the
// revoked keys, takes no write, and says what to do. After that is done, they stay refused.
func TestFailoverThatLosesCommits(t *testing.T) {
	for i := range times(2, 100) {
		t.Run([]string{"as it was", "written to"}[i%2], func(t *testing.T) { lose(t, i%2 == 1) })
	}
}

func lose(t *testing.T, written bool) {
	t.Parallel()
	primary := postgrestest.Start(t, postgrestest.Options{Settings: postgrestest.Replicating()})
	database := primary.New(t)
	standby, line := primary.Standby(t), newRelay(t, primary)
	nodes := []*node{join(t, nil, line.url(database), nil, bounded...)}
	nodes = append(nodes, join(t, nodes[0], line.url(database), nil, bounded...))
	nodes[0].acme(t)
	doomed, good := nodes[0].made(t, 2), nodes[0].made(t, 2)
	primary.Replicated(t)
	standby.Stop(t) // what is committed from now on it never hears of
	nodes[0].revoke(t, doomed)
	lost := nodes[1].made(t, 2)
	agree(t, nodes, doomed, "revoked")
	agree(t, nodes, slices.Concat(lost, good), "valid")
	probes := make([]*probe, len(nodes))
	each(nodes, func(i int, n *node) { probes[i] = n.watch(t, doomed, time.Millisecond) })
	primary.Crash(t)
	standby.Begin(t)
	standby.Promote(t)
	if written { // to the same revision and beyond, by a node that has seen nothing of what is lost
		other := join(t, nodes[0], database.On(standby).URL(postgrestest.Service), nil, bounded...)
		other.made(t, 8)
		other.stop(t)
	}
	var clients sync.WaitGroup
	var over atomic.Bool
	var taken atomic.Int64
	for _, n := range nodes {
		clients.Go(func() {
			for !over.Load() {
				if status, _ := call(n.manager, "http://operator/v1/keys", `{"description":"meanwhile"}`); status == http.StatusCreated {
					taken.Add(1)
				}
			}
		})
	}
	line.set(func(r *relay) { r.target = standby.Socket() })
	line.sever()
	for _, n := range nodes {
		eventually(t, "a node says what there is to do", func() bool { return strings.Contains(n.log(), "keywright restore replay") })
	}
	over.Store(true)
	clients.Wait()
	if n := taken.Load(); n > 0 {
		t.Errorf("%d writes were taken by nodes that know of lost commits", n)
	}
	agree(t, nodes, good, "stale") // a write may have found out before a poll did
	for i, n := range nodes {
		if status, answer := call(n.manager, "http://operator/v1/keys", `{"description":"too late"}`); status != 503 || !strings.Contains(string(answer), "older copy") {
			t.Errorf("node %d answered a write %d %s", i, status, answer)
		}
	}
	for _, p := range probes {
		if a := lastAccept(p.end(), time.Time{}); a >= 0 {
			t.Error("a revoked key was accepted after the failover")
		}
	}
	each(nodes, func(_ int, n *node) { n.kill() })
	url := line.url(database)
	if _, said, err := nodes[0].try(t, "", "restore", "replay", "--database", url); err == nil || !strings.Contains(said, "2 would work again") {
		t.Errorf("what replay would do: %v\n%s", err, said)
	}
	nodes[0].run(t, "", "restore", "replay", "--database", url, "--yes")
	for _, n := range nodes {
		n.begin(t)
	}
	agree(t, nodes, doomed, "revoked")
	agree(t, nodes, good, "valid")
	agree(t, nodes, lost, "unknown")
	agree(t, nodes, nodes[1].made(t, 1), "valid")
}

// TestStandbySilent freezes a synchronous standby: a commit that waits for it is not answered as
// done, also not to who asks again, though it can be seen by then. Once the standby is back it is
// done, once; and no key was accepted past the bound.
func TestStandbySilent(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t, postgrestest.Options{Settings: postgrestest.Replicating()})
	database := primary.New(t)
	standby := primary.Standby(t)
	nodes := cluster(t, database, 2, bounded...)
	asked, other := nodes[0], nodes[1]
	primary.Synchronous(t)
	good := asked.made(t, 1)
	agree(t, nodes, good, "valid")
	standby.Freeze(t)
	silent := time.Now()
	p := other.watch(t, good, time.Millisecond)
	issue := newDoubt(t)
	for range 2 {
		if a, _ := read(asked.manager, issue.request(t)); a.code != "outcome_unknown" {
			t.Errorf("a write was answered %d %s", a.status, a.code)
		}
	}
	if n := count(t, database, `SELECT count(*) FROM keys`); n != 2 {
		t.Errorf("%d keys can be seen, want 2: there was no temptation", n)
	}
	standby.Thaw(t)
	back := time.Now()
	agree(t, nodes, good, "valid")
	t.Logf("valid again %v after the standby is back", time.Since(back))
	outage := slices.DeleteFunc(p.end(), func(a sighting) bool { return a.sent.After(back) })
	if last := lastAccept(outage, silent); last > bound {
		t.Errorf("a key was accepted %v after the standby was silent, the bound is %v", last, bound)
	}
	wantServed(t, outage)
	a, text := read(asked.manager, issue.request(t))
	var k key
	if a.status != http.StatusCreated || json.Unmarshal(text, &k) != nil {
		t.Fatalf("asked again and answered %d %s", a.status, a.code)
	}
	remember(t, k.Secret)
	agree(t, nodes, []key{k}, "valid")
	if n := count(t, database, `SELECT count(*) FROM keys`); n != 2 {
		t.Errorf("there are %d keys, want 2", n)
	}
}

package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestDatabaseStopped stops PostgreSQL under load, as if it had crashed: good keys verify until
// the bound and are stale then, never refused; a write says what to do; once the database is
// back, so are the nodes. Each node that sees a stop is a run.
func TestDatabaseStopped(t *testing.T) {
	const perStop = 3
	server := postgrestest.Start(t, postgrestest.Options{})
	nodes := cluster(t, server.New(t), perStop, bounded...)
	keys := nodes[0].made(t, 4)
	agree(t, nodes, keys, "valid")
	stops := times(1, 67)
	var ends, backs []time.Duration
	for range stops {
		probes := make([]*probe, len(nodes))
		each(nodes, func(i int, n *node) { probes[i] = n.watch(t, keys, time.Millisecond) })
		time.Sleep(rand.N(bound / 2)) // where between two polls it stops is the input of this test
		server.Crash(t)
		down := time.Now()
		refusedWhileDown(t, nodes[0])
		each(nodes, func(i int, _ *node) {
			eventually(t, "a node without a database is stale", func() bool {
				so := probes[i].so()
				return len(so) > 0 && so[len(so)-1].code == "stale" && time.Since(down) > bound+200*time.Millisecond
			})
		})
		begun := time.Now()
		server.Begin(t)
		up := time.Now()
		var mu sync.Mutex
		each(nodes, func(i int, n *node) {
			eventually(t, "a node verifies again", func() bool { return lastAccept(since(probes[i].so(), begun), begun) > 0 })
			answers := probes[i].end()
			outage := slices.DeleteFunc(slices.Clone(since(answers, down)), func(a sighting) bool { return a.sent.After(begun) })
			last := lastAccept(outage, down)
			if last > bound {
				t.Errorf("node %d accepted a key %v after the stop, the bound is %v", i, last, bound)
			}
			wantServed(t, answers)
			back := 30 * time.Second
			for _, a := range since(answers, begun) {
				if a.accepts() {
					back = max(0, a.came.Sub(up))
					break
				}
			}
			mu.Lock()
			ends, backs = append(ends, last), append(backs, back)
			mu.Unlock()
		})
		eventually(t, "a write is taken again", func() bool {
			status, answer := call(nodes[0].manager, "http://operator/v1/keys", `{"description":"once it is back"}`)
			var k key
			if status != http.StatusCreated || json.Unmarshal(answer, &k) != nil {
				return false
			}
			remember(t, k.Secret)
			return true
		})
	}
	slices.Sort(ends)
	slices.Sort(backs)
	t.Logf("%d runs: last accept after the stop %v to %v, bound %v; back after the database p50 %v, max %v",
		len(ends), ends[0], ends[len(ends)-1], bound, backs[len(backs)/2], backs[len(backs)-1])
	if ends[len(ends)-1] <= 0 {
		t.Error("no key was accepted while the database was away; the lease is of no use")
	}
}

// wantServed wants each answer about a good key to be valid or stale, as it is said there.
func wantServed(t *testing.T, answers []sighting) {
	t.Helper()
	for _, a := range answers {
		stale := a.status == http.StatusServiceUnavailable && a.code == "stale" && a.retry != ""
		if !a.accepts() && !stale {
			t.Errorf("a good key was answered %d %s, Retry-After %q", a.status, a.code, a.retry)
			return
		}
	}
}

// refusedWhileDown wants a write to be refused with what there is to do.
func refusedWhileDown(t *testing.T, n *node) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://operator/v1/keys", strings.NewReader(`{"description":"while it is away"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Keywright-Account", "acme")
	response, err := n.manager.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var problem struct{ Code, Detail string }
	if err := json.NewDecoder(response.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusServiceUnavailable || problem.Code != "unavailable" || problem.Detail == "" || response.Header.Get("Retry-After") == "" {
		t.Errorf("a write without a database: got %d %+v, Retry-After %q", response.StatusCode, problem, response.Header.Get("Retry-After"))
	}
}

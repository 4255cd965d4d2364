package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// outage is how a database goes away and comes back.
type outage struct {
	away, back func(testing.TB)
	meanwhile  func(*testing.T, *node, *postgrestest.Database) (after func()) // a write while it is away
}

// TestDatabaseStopped stops PostgreSQL under load, as if it had crashed: good keys verify until
// the bound and are stale then, never refused; a write says what to do; once the database is
// back, so are the nodes.
func TestDatabaseStopped(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	outages(t, server, times(1, 67), outage{server.Crash, server.Begin, refusedWhileDown})
}

// TestDatabaseFrozen stops every process of PostgreSQL where it is: connections stay, new ones are
// taken, and nothing comes back. A write that is under way is done once, whatever was answered.
func TestDatabaseFrozen(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	outages(t, server, times(1, 34), outage{server.Freeze, server.Thaw, doneOnce})
}

// outages has the database of three nodes go away and come back, again and again. Each node that
// sees that is a run.
func outages(t *testing.T, server *postgrestest.Server, rounds int, o outage) {
	t.Helper()
	database := server.New(t)
	nodes := cluster(t, database, 3, bounded...)
	keys := nodes[0].made(t, 4)
	agree(t, nodes, keys, "valid")
	var ends, backs []time.Duration
	for range rounds {
		probes := make([]*probe, len(nodes))
		each(nodes, func(i int, n *node) { probes[i] = n.watch(t, keys, time.Millisecond) })
		time.Sleep(rand.N(bound / 2)) // where between two polls it goes away is the input of this test
		o.away(t)
		down := time.Now()
		after := o.meanwhile(t, nodes[0], database)
		each(nodes, func(i int, _ *node) {
			eventually(t, "a node without a database is stale", func() bool {
				so := probes[i].so()
				return len(so) > 0 && so[len(so)-1].code == "stale" && time.Since(down) > bound+200*time.Millisecond
			})
		})
		begun := time.Now()
		o.back(t)
		up := time.Now()
		after()
		var mu sync.Mutex
		each(nodes, func(i int, n *node) {
			eventually(t, "a node verifies again", func() bool { return lastAccept(since(probes[i].so(), begun), begun) > 0 })
			answers := probes[i].end()
			last := lastAccept(slices.DeleteFunc(slices.Clone(since(answers, down)), func(a sighting) bool { return a.sent.After(begun) }), down)
			if last > bound {
				t.Errorf("node %d accepted a key %v after the database went away, the bound is %v", i, last, bound)
			}
			wantServed(t, answers)
			mu.Lock()
			ends, backs = append(ends, last), append(backs, firstAccept(since(answers, begun), up))
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
	t.Logf("%d runs: last accept after the database went away %v to %v, bound %v; back after the database p50 %v, max %v",
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
func refusedWhileDown(t *testing.T, n *node, _ *postgrestest.Database) (after func()) {
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
	return func() {}
}

// doneOnce sends a write until it is done, and wants that to be once.
func doneOnce(t *testing.T, n *node, d *postgrestest.Database) (after func()) {
	t.Helper()
	about := fmt.Sprint("done once, ", rand.Uint64())
	var unknown, replayed atomic.Int64
	var k key
	var writing sync.WaitGroup
	writing.Go(func() {
		text := again(t, n, "http://operator/v1/keys", fmt.Sprintf(`{"description":%q}`, about), http.StatusCreated, &unknown, &replayed)
		_ = json.Unmarshal(text, &k)
	})
	return func() {
		t.Helper()
		writing.Wait()
		if k.Secret == "" {
			t.Fatal("a write was not done after all")
		}
		remember(t, k.Secret)
		if n := count(t, d, `SELECT count(*) FROM keys WHERE description = '`+about+`'`); n != 1 {
			t.Errorf("a write was done %d times", n)
		}
	}
}

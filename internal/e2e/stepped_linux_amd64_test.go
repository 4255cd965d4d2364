package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestClockStepped steps the time of day of one of two nodes by an hour, to and fro, and takes the
// database away meanwhile: revocations count on both, wherever they were made; leases and receipts
// last as long as ever; only what is to end at a time of day ends by the node's own.
func TestClockStepped(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	nodes := cluster(t, server.New(t), 2, bounded...)
	near, far := nodes[0], nodes[1]
	clock := far.wallClock(t)
	good := near.made(t, 2)
	agree(t, nodes, good, "valid")
	var token struct{ Secret string }
	if err := json.Unmarshal([]byte(near.run(t, "", "token", "issue", "--description", "ends by the time of day", "--use", "operate", "--expires-in", "30m", "--json")), &token); err != nil {
		t.Fatal(err)
	}
	remember(t, token.Secret)
	var lasts []time.Duration
	for range times(1, 25) {
		for _, step := range []time.Duration{time.Hour, -time.Hour} {
			doomed := near.made(t, 2)
			agree(t, nodes, doomed, "valid")
			clock.step(t, step)
			if got := far.opens(t, token.Secret); got != (step < 0) {
				t.Errorf("stepped by %v, a token that ends in 30 minutes opens: %t", step, got)
			}
			if !near.opens(t, token.Secret) {
				t.Error("a token has ended on a node whose clock is right")
			}
			for i, n := range nodes { // each revokes one, and the other hears of it
				e := n.end(doomed[i], "all")
				if e.status != http.StatusOK || !e.Receipt.Safe || e.Receipt.TookMS > float64(bound.Milliseconds()) {
					t.Errorf("stepped by %v, the receipt of node %d is %+v", step, i, e)
				}
				for j, other := range nodes {
					if a := other.look(doomed[i].Secret); a.code != "revoked" {
						t.Errorf("stepped by %v, node %d answered %+v after the receipt of node %d", step, j, a, i)
					}
				}
			}
			lasts = append(lasts, outageWhile(t, server, far, good, func() { clock.step(t, -step) }))
			clock.step(t, 0)
			agree(t, nodes, good, "valid")
			eventually(t, "both nodes live", func() bool { return strings.Count(near.run(t, "", "nodes"), " live ") == 2 })
		}
	}
	slices.Sort(lasts)
	t.Logf("%d steps of an hour without a database: the last accept was %v to %v after it went away, bound %v", len(lasts), lasts[0], lasts[len(lasts)-1], bound)
	if lasts[len(lasts)-1] < bound/4 { // when it is stepped
		t.Error("no lease outlived a step of the time of day")
	}
}

// outageWhile takes the database away, does something meanwhile, and answers for how long a node
// went on.
func outageWhile(t *testing.T, server *postgrestest.Server, n *node, keys []key, do func()) time.Duration {
	t.Helper()
	p := n.watch(t, keys, time.Millisecond)
	server.Crash(t)
	down := time.Now()
	time.Sleep(bound / 4) // so that it happens within the lease
	do()
	eventually(t, "a node without a database is stale", func() bool {
		so := p.so()
		return len(so) > 0 && so[len(so)-1].code == "stale" && time.Since(down) > bound+200*time.Millisecond
	})
	answers := p.end()
	server.Begin(t)
	wantServed(t, answers)
	last := lastAccept(answers, down)
	if last > bound {
		t.Errorf("a node accepted a key %v after the database went away, the bound is %v", last, bound)
	}
	return last
}

// opens reports whether an operator's token opens the REST API.
func (n *node) opens(t *testing.T, token string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.console+"/v1/accounts", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := n.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

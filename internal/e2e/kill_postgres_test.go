package e2e

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestKillOnPostgresLosesNothing kills, again and again and while clients of two nodes issue and
// revoke, one of the nodes, or the process on which the whole PostgreSQL depends: every answered
// key verifies on both nodes, every answered revocation stands, nothing is half done.
func TestKillOnPostgresLosesNothing(t *testing.T) {
	t.Run("a node", func(t *testing.T) {
		database := postgrestest.Start(t, postgrestest.Options{}).New(t)
		nodes := cluster(t, database, 2, "--log-level", "info")
		both := []*keywright{nodes[0].keywright, nodes[1].keywright}
		known := &ledger{keys: map[string]*fate{}}
		for range times(10, 500) {
			victim := both[rand.IntN(2)]
			burst(both, known, shortly, victim.kill)
			victim.begin(t)
		}
		wantKnown(t, database, nodes, known)
	})
	t.Run("the database", func(t *testing.T) {
		server := postgrestest.Start(t, postgrestest.Options{})
		database := server.New(t)
		nodes := cluster(t, database, 2, "--log-level", "info")
		both := []*keywright{nodes[0].keywright, nodes[1].keywright}
		known := &ledger{keys: map[string]*fate{}}
		var backs []time.Duration
		for range times(4, 500) {
			burst(both, known, shortly, func() { server.Kill(t) })
			server.Begin(t)
			up := time.Now()
			each(nodes, func(_ int, n *node) {
				eventually(t, "a node takes writes again", func() bool {
					_, ok := issueOne(n.manager, known)
					return ok
				})
			})
			backs = append(backs, time.Since(up))
		}
		slices.Sort(backs)
		t.Logf("both nodes take writes again after the database is back: p50 %v, max %v", backs[len(backs)/2], backs[len(backs)-1])
		wantKnown(t, database, nodes, known)
	})
}

// wantKnown wants both nodes, and the database, to hold what the clients know.
func wantKnown(t *testing.T, d *postgrestest.Database, nodes []*node, known *ledger) {
	t.Helper()
	agree(t, nodes, nodes[0].made(t, 1), "valid") // and what was committed before it is applied too
	for _, n := range nodes {
		active, revoked := known.hold(t, n.keywright)
		t.Logf("%d answered keys: %d active, %d revoked", len(known.keys), active, revoked)
	}
	wantWhole(t, d)
}

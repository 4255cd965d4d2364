package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestReceiptWithoutADatabase takes the database away in the middle of ?wait=all and ?wait=bound,
// while one node stands still, so that there is something to wait for. The answer comes by the
// bound and a second; where it says that the key is dead, no node accepts it from then on.
func TestReceiptWithoutADatabase(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	nodes := cluster(t, server.New(t), 3, bounded...)
	asked, other, asleep := nodes[0], nodes[1], nodes[2]
	ways := []outage{{away: server.Crash, back: server.Begin}, {away: server.Freeze, back: server.Thaw}}
	safe, meanwhile := 0, 0
	var longest time.Duration
	trials := times(4, 100)
	for i := range trials {
		wait, way := []string{"all", "bound"}[i%2], ways[i/2%2]
		keys := asked.made(t, 1)
		agree(t, nodes, keys, "valid")
		asleep.signal(t, syscall.SIGSTOP)
		answered := make(chan ended, 1)
		go func() { answered <- asked.end(keys[0], wait) }()
		eventually(t, "the revocation is committed", func() bool { return asked.look(keys[0].Secret).code == "revoked" })
		committed := time.Now()
		p := other.watch(t, keys, time.Millisecond)
		time.Sleep(rand.N(bound / 4)) // how far the wait is when the database goes away is the input of this test
		way.away(t)
		a := <-answered
		longest = max(longest, a.came.Sub(committed))
		if a.status != http.StatusOK || a.came.Sub(committed) > bound+time.Second {
			t.Errorf("wait=%s was answered %d after %v; the bound is %v", wait, a.status, a.came.Sub(committed), bound)
		}
		first := make(chan sighting, 1)
		asleep.client.CloseIdleConnections()
		go func() { first <- asleep.look(keys[0].Secret) }()
		asleep.signal(t, syscall.SIGCONT)
		if woken := <-first; woken.accepts() {
			t.Error("a node that stood still accepted the key when it went on")
		}
		eventually(t, "the other node was watched for longer", func() bool { return len(since(p.so(), a.came)) > 10 })
		way.back(t)
		agree(t, nodes, keys, "revoked")
		all := p.end()
		if lastAccept(all, committed) > 0 {
			meanwhile++
		}
		if a.Receipt.Safe {
			safe++
			if late := lastAccept(since(all, a.came), a.came); late > 0 {
				t.Errorf("wait=%s said that it is safe, and %v after that a node accepted the key", wait, late)
			}
		}
	}
	t.Logf("%d receipts without a database, at the latest %v after the commit, bound %v: %d safe; on %d the other node accepted the key after the commit", trials, longest, bound, safe, meanwhile)
	if safe == 0 {
		t.Error("not one receipt was safe: there is no proof by time")
	}
}

// ended is the answer to a revocation.
type ended struct {
	proof
	status int
	came   time.Time
}

// end revokes a key and waits for the receipt.
func (n *node) end(k key, wait string) (e ended) {
	status, answer := call(n.manager, "http://operator/v1/keys/"+k.ID+"/revoke?wait="+wait, `{"reason":"for a test of faults"}`)
	e.came = time.Now()
	if json.Unmarshal(answer, &e.proof) == nil {
		e.status = status
	}
	return e
}

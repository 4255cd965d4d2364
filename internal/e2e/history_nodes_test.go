package e2e

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestHistoriesOfTwoNodes has many verify keys on two nodes of one PostgreSQL while they are issued
// and revoked on either. A verdict may be that of a moment up to the bound before its question. It
// may not, and so must be that of a moment between the question and itself, when the question
// names the highest revision that anyone was told, when a receipt has told that the revocation
// counts everywhere, or when the node itself has answered the revocation.
func TestHistoriesOfTwoNodes(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Options{})
	database, line := server.New(t), newRelay(t, server)
	near := join(t, nil, database.URL(postgrestest.Service), nil, bounded...)
	near.acme(t)
	p := &pair{near: near, far: join(t, near, line.url(database), nil, bounded...)}
	delay := func(least, more time.Duration) func() {
		return func() { line.set(func(r *relay) { r.delay = least + rand.N(more) }) }
	}
	for _, w := range []weather{
		{name: "fair", waves: times(1, 60), before: delay(0, 1), meanwhile: func() {}},
		{name: "messages are late", waves: times(1, 20), apart: true, before: delay(5*time.Millisecond, 20*time.Millisecond), meanwhile: func() {}},
		{
			name: "a node stands still", waves: times(1, 20), apart: true,
			before: func() { delay(0, 1)(); p.far.signal(t, syscall.SIGSTOP) },
			meanwhile: func() {
				time.Sleep(rand.N(bound * 3 / 2)) // how long it stands still is the fault
				p.far.signal(t, syscall.SIGCONT)
			},
		},
	} {
		t.Run(w.name, func(t *testing.T) {
			p.needed.Store(0)
			histories, operations := 0, 0
			for i := 0; i < w.waves || w.apart && p.needed.Load() == 0 && i < 20; i++ {
				for _, l := range p.wave(t, w) {
					histories++
					operations += len(l.history)
					l.check(t)
				}
			}
			t.Logf("%d histories, %d operations; %d verdicts were older than an answer that was there when they were asked for", histories, operations, p.needed.Load())
			if w.apart && p.needed.Load() == 0 {
				t.Error("no verdict needed the bound: the nodes were never apart")
			}
		})
	}
}

// weather is what happens to the far node.
type weather struct {
	name      string
	waves     int  // how many it lasts
	apart     bool // the nodes are sure to be, sooner or later; all changes are made on the near one
	before    func()
	meanwhile func() // beside the revocations
}

// pair is two nodes; the far one has a relay between itself and the database.
type pair struct {
	near, far *node
	needed    atomic.Int64 // verdicts that only the bound explains
}

// wave is ten histories at once.
func (p *pair) wave(t *testing.T, w weather) []*lifetime {
	t.Helper()
	all := make([]*lifetime, 10)
	for i := range all {
		all[i] = &lifetime{recorder: recorder{start: time.Now()}, pair: p}
	}
	act := func(do func(l *lifetime)) {
		var acts sync.WaitGroup
		for _, l := range all {
			acts.Go(func() { do(l) })
		}
		acts.Wait()
	}
	anywhere := func() *node {
		if w.apart || rand.IntN(2) == 0 {
			return p.near
		}
		return p.far
	}
	act(func(l *lifetime) { l.issue(t, anywhere()) })
	w.before()
	var ends sync.WaitGroup
	ends.Go(func() {
		act(func(l *lifetime) {
			var asking sync.WaitGroup
			l.both(func(n *node) {
				asking.Go(func() {
					for range 3 {
						l.verify(t, n, rand.IntN(2) == 0)
					}
				})
			})
			time.Sleep(rand.N(10 * time.Millisecond)) // where among the verifications it is revoked is the input of this test
			l.revoke(t, anywhere())
			l.both(func(n *node) {
				l.verify(t, n, false)
				eventually(t, "a node has the revision that was told", func() bool { return l.verify(t, n, true) != "stale" })
			})
			asking.Wait()
		})
	})
	w.meanwhile()
	ends.Wait()
	time.Sleep(bound) // and from now on no verdict may be from before a revocation
	act(func(l *lifetime) {
		l.both(func(n *node) { l.verify(t, n, false) })
	})
	return all
}

func (p *pair) both(do func(n *node)) {
	do(p.near)
	do(p.far)
}

package follow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

// told is a receipt in short: "safe 1s: a applied, b silent".
func told(r keywright.Receipt) string {
	var nodes []string
	for _, n := range r.Nodes {
		nodes = append(nodes, n.Name+" "+string(n.State))
	}
	word := "unsafe"
	switch {
	case r.Safe:
		word = "safe"
	case r.Void:
		word = "void"
	}
	return fmt.Sprintf("%s %s: %s", word, r.Took.Round(time.Second), strings.Join(nodes, ", "))
}

// proof is the receipt for the end of a key, and a check of what every receipt must hold to.
func (s *street) proof(t *testing.T, id keywright.KeyID, text string, wait keywright.Wait) keywright.Receipt {
	t.Helper()
	commit := s.end(t, id)
	began := time.Now()
	r := s.nodes[0].Receipt(t.Context(), commit, wait)
	s.holds(t, r, text, time.Since(began))
	if r.Revision != commit.Revision || !r.Committed.Equal(commit.At) || r.Wait != wait {
		t.Errorf("it is for another change: %+v", r)
	}
	return r
}

// holds checks that a receipt came in time, and that nobody accepts the key if it says so.
func (s *street) holds(t *testing.T, r keywright.Receipt, text string, took time.Duration) {
	t.Helper()
	if took > r.Bound+time.Second {
		t.Errorf("it took %s, with a bound of %s", took, r.Bound)
	}
	if !r.Safe {
		return
	}
	for i, n := range s.nodes {
		if got := verdict(n.Follower, text); got.Code == keyset.Valid {
			t.Errorf("node %d accepts the key after a receipt: %s", i, told(r))
		}
	}
}

func TestReceipt(t *testing.T) {
	for name, c := range map[string]struct {
		nodes  int
		o      follow.Options
		before func(t *testing.T, s *street)
		wait   keywright.Wait
		want   string
	}{
		"one node":            {1, follow.Options{}, nil, keywright.WaitAll, "safe 0s: a applied"},
		"three that poll":     {3, follow.Options{}, nil, keywright.WaitAll, "safe 1s: a applied, b applied, c applied"},
		"one that is cut off": {3, follow.Options{}, func(_ *testing.T, s *street) { s.nodes[1].line.sever(true) }, keywright.WaitAll, "safe 30s: a applied, b silent, c applied"},
		"one that is cut off, with another bound": {2, follow.Options{Bound: 3 * time.Second}, func(_ *testing.T, s *street) { s.nodes[1].line.sever(true) }, keywright.WaitAll, "safe 3s: a applied, b silent"},
		"one that has left": {2, follow.Options{}, func(t *testing.T, s *street) {
			s.nodes[1].stop()
			if err := s.nodes[1].Leave(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, keywright.WaitAll, "safe 0s: a applied"},
		"one that was removed": {2, follow.Options{}, func(_ *testing.T, s *street) {
			s.nodes[1].line.sever(true)
			pass(35 * time.Second)
		}, keywright.WaitAll, "safe 0s: a applied"},
		"by time alone":                         {3, follow.Options{}, nil, keywright.WaitBound, "safe 30s: a applied, b applied, c applied"},
		"the database is gone after the commit": {2, follow.Options{}, func(_ *testing.T, s *street) { s.nodes[0].line.sever(true); s.nodes[1].line.sever(true) }, keywright.WaitAll, "safe 30s: "},
		"it is gone, and the one who waits had no lease": {2, follow.Options{}, func(_ *testing.T, s *street) {
			s.nodes[0].line.sever(true)
			pass(31 * time.Second)
		}, keywright.WaitAll, "unsafe 30s: "},
		"nodes serve stale keys": {
			2, follow.Options{Keyset: keyset.Options{ServeStale: true}}, nil, keywright.WaitAll, "void 1s: a applied, b applied",
		},
		"nodes serve stale keys, and one is cut off": {
			2,
			follow.Options{Keyset: keyset.Options{ServeStale: true}},
			func(_ *testing.T, s *street) { s.nodes[1].line.sever(true) },
			keywright.WaitAll, "void 30s: a applied, b silent",
		},
		"nodes serve stale keys, and time passes": {
			1, follow.Options{Keyset: keyset.Options{ServeStale: true}}, nil, keywright.WaitBound, "void 30s: a applied",
		},
	} {
		t.Run(name, func(t *testing.T) {
			several(t, c.nodes, c.o, func(t *testing.T, s *street) {
				id, text := s.issue(t)
				pass(2 * time.Second)
				if c.before != nil {
					c.before(t, s)
				}
				if r := s.proof(t, id, text, c.wait); told(r) != c.want {
					t.Errorf("got %s, want %s", told(r), c.want)
				}
			})
		})
	}
}

// A poll that was answered before the commit, and whose answer comes after it, begins a lease
// without the change: who waits must wait for the end of that.
func TestReceiptWaitsForALeaseThatBeginsAfterTheCommit(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		id, text := s.issue(t)
		pass(2 * time.Second)
		held := make(chan struct{})
		s.nodes[1].line.set(func(l *line) {
			l.answered = func(c keywright.Changes) keywright.Changes {
				close(held)
				time.Sleep(10 * time.Second)
				s.nodes[1].line.sever(true)
				return c
			}
		})
		<-held
		commit := s.end(t, id)
		began := time.Now()
		var r keywright.Receipt
		done := make(chan struct{})
		go func() {
			defer close(done)
			r = s.nodes[0].Receipt(t.Context(), commit, keywright.WaitAll)
		}()
		pass(29 * time.Second)
		wantCode(t, s.nodes[1].Follower, "a lease that began late", text, keyset.Valid)
		<-done
		s.holds(t, r, text, time.Since(began))
		if want := "safe 30s: a applied, b silent"; told(r) != want {
			t.Errorf("got %s, want %s", told(r), want)
		}
	})
}

// A node that loads anew answers from what it had until the new keys are in use, and must not say
// that it has what only they have: here they never come into use.
func TestNodeAcknowledgesWhatItAnswersFrom(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		id, text := s.issue(t)
		pass(2 * time.Second)
		s.nodes[1].line.set(func(l *line) { // its next poll is told to load
			l.answered = func(c keywright.Changes) keywright.Changes {
				l.set(func(l *line) { l.answered = nil })
				return keywright.Changes{Since: c.Since, Revision: c.Revision + 1, Behind: true}
			}
			l.taking = func(snapshot keyset.Snapshot) keyset.Snapshot {
				time.Sleep(20 * time.Second)
				l.set(func(l *line) { l.lost = true })
				return snapshot
			}
		})
		pass(10 * time.Second)
		r := s.proof(t, id, text, keywright.WaitAll)
		if want := "safe 30s: a applied, b silent"; told(r) != want {
			t.Errorf("got %s, want %s", told(r), want)
		}
	})
}

func TestReceiptSaysHowFarItGot(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		id, text := s.issue(t)
		pass(2 * time.Second)
		s.nodes[1].line.sever(true)
		commit := s.end(t, id)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := s.nodes[0].Receipt(ctx, commit, keywright.WaitAll)
		s.holds(t, r, text, r.Took)
		if want := "unsafe 1s: a applied, b silent"; told(r) != want {
			t.Errorf("got %s, want %s", told(r), want)
		}
		if latest := commit.At.Add(30*time.Second + 35*time.Millisecond); !r.SafeAt.Equal(latest) || !r.Nodes[1].LeaseEnds.Equal(latest) || r.Nodes[1].Seen.IsZero() {
			t.Errorf("got safe at %s, a lease until %s, seen at %s", r.SafeAt, r.Nodes[1].LeaseEnds, r.Nodes[1].Seen)
		}
	})
}

// Whatever comes between nodes and the database, a receipt comes in time, and after it no node
// accepts the key.
func TestAfterAReceiptNoNodeAcceptsTheKey(t *testing.T) {
	histories := uint64(24)
	if soaking() {
		histories = 3000
	}
	for seed := range histories {
		chance := rand.New(rand.NewPCG(seed, 4))
		o := follow.Options{Bound: time.Duration(2+chance.IntN(7)) * time.Second}
		several(t, 1+chance.IntN(3), o, func(t *testing.T, s *street) {
			var receipts sync.WaitGroup
			for range 6 {
				for _, n := range s.nodes {
					delay := time.Duration(chance.IntN(4000)) * time.Millisecond
					n.line.set(func(l *line) {
						l.cut, l.late = chance.IntN(3) == 0, 0
						if chance.IntN(3) == 0 {
							l.late = delay
						}
					})
				}
				pass(time.Duration(chance.IntN(3000)) * time.Millisecond)
				id, text := s.issue(t)
				pass(time.Duration(chance.IntN(1500)) * time.Millisecond)
				commit := s.end(t, id)
				receipts.Go(func() {
					began := time.Now()
					r := s.nodes[0].Receipt(t.Context(), commit, keywright.WaitAll)
					s.holds(t, r, text, time.Since(began))
				})
			}
			receipts.Wait()
			for _, n := range s.nodes {
				n.line.set(func(l *line) { l.cut, l.late = false, 0 })
			}
		})
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// keptReceipts is a store that only keeps receipts.
type keptReceipts struct {
	mu   sync.Mutex
	kept []keywright.Receipt
}

func (k *keptReceipts) KeepReceipt(_ context.Context, _ keywright.Commit, r keywright.Receipt) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, r)
	return nil
}

// all are the receipts that were kept, in short.
func (k *keptReceipts) all() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []string
	for _, r := range k.kept {
		all = append(all, told(r))
	}
	return strings.Join(all, "; ")
}

func TestReceiptsAreKept(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		var kept keptReceipts
		receipts := follow.NewReceipts(s.nodes[0].Follower, &kept)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- receipts.Run(ctx) }()
		id, _ := s.issue(t)
		pass(2 * time.Second)
		s.nodes[1].line.sever(true)
		commit := s.end(t, id)
		if r := receipts.Begin(commit, time.Second); told(r) != "unsafe 1s: a applied, b silent" {
			t.Errorf("begun: got %s", told(r))
		}
		if want := "unsafe 1s: a applied, b silent"; kept.all() != want {
			t.Errorf("kept %s, want %s", kept.all(), want)
		}
		pass(30 * time.Second)
		if want := "unsafe 1s: a applied, b silent; safe 30s: a applied, b silent"; kept.all() != want {
			t.Errorf("kept %s, want %s", kept.all(), want)
		}
		if r := receipts.Wait(t.Context(), keywright.Commit{Revision: commit.Revision}, keywright.WaitBound); !r.Safe {
			t.Errorf("of nothing that changed: got %s", told(r))
		}
		receipts.Begin(commit, time.Second)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if r := receipts.Wait(t.Context(), commit, keywright.WaitBound); r.Safe || r.Took > time.Second {
			t.Errorf("after the end: got %s", told(r))
		}
		if got := strings.Count(kept.all(), ";"); got != 2 {
			t.Errorf("kept %s", kept.all())
		}
	})
}

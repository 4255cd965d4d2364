package follow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

// The line of a node is its way to the registry too.

func (l *line) Poll(ctx context.Context, id keywright.NodeID, applied, since uint64, most int) (keywright.Changes, error) {
	now, err := l.get()
	if err != nil {
		return keywright.Changes{}, err
	}
	changes, err := now.to.Poll(ctx, id, applied, since, most)
	if err == nil && now.answered != nil {
		changes = now.answered(changes)
	}
	if now.lost {
		l.set(func(l *line) { l.cut, l.lost = true, false })
		return keywright.Changes{}, errCut
	}
	// A poll under the node's lock has a second at most. It is not held up: nothing moves in a
	// bubble while someone waits for a lock.
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) > time.Second {
		time.Sleep(now.late)
	}
	return changes, err
}

func (l *line) Join(ctx context.Context, n keywright.Node) error {
	now, err := l.get()
	if err != nil {
		return err
	}
	return now.to.Join(ctx, n)
}

func (l *line) Acknowledge(ctx context.Context, id keywright.NodeID, applied uint64) error {
	now, err := l.get()
	if err != nil {
		return err
	}
	return now.to.Acknowledge(ctx, id, applied)
}

func (l *line) Nodes(ctx context.Context) ([]keywright.Node, error) {
	now, err := l.get()
	if err != nil {
		return nil, err
	}
	return now.to.Nodes(ctx)
}

func (l *line) Leave(ctx context.Context, id keywright.NodeID) error {
	now, err := l.get()
	if err != nil {
		return err
	}
	return now.to.Leave(ctx, id)
}

func (l *line) Remove(ctx context.Context, id keywright.NodeID, polls uint64) error {
	now, err := l.get()
	if err != nil {
		return err
	}
	return now.to.Remove(ctx, id, polls)
}

// member is one of several nodes of a database.
type member struct {
	*follow.Follower
	line *line
	stop func() // Run, and waits for its end
}

// street is a house whose database several nodes share. The first of them hears of its own
// commits, and makes the changes.
type street struct {
	*house
	nodes []*member
}

// several runs so many nodes in a bubble of its own time.
func several(t *testing.T, count int, o follow.Options, test func(t *testing.T, s *street)) {
	synctest.Test(t, func(t *testing.T) {
		s := &street{house: build(t)}
		start := time.Now()
		o.Clock = func() time.Duration { return time.Since(start) }
		for i := range count {
			o.Node.Name = string(rune('a' + i))
			s.add(t, o)
			time.Sleep(time.Second / 7) // they do not poll at the same moments
		}
		s.store.Follow(s.nodes[0].Committed)
		synctest.Wait()
		test(t, s)
		for _, n := range s.nodes {
			n.stop()
		}
	})
}

func (s *street) add(t *testing.T, o follow.Options) *member {
	n := &member{line: &line{to: s.store}}
	o.Registry = n.line
	n.Follower = follow.New(n.line, s.keyring, s.rules, o)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Run(ctx)
	}()
	n.stop = func() {
		end()
		<-ended
	}
	s.nodes = append(s.nodes, n)
	return n
}

// end revokes a key by way of the first node.
func (s *street) end(t *testing.T, id keywright.KeyID) keywright.Commit {
	t.Helper()
	_, commit, err := s.Revoke(t.Context(), s.owner.By(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	return commit
}

// names are those of the nodes in the registry.
func (s *street) names(t *testing.T) string {
	t.Helper()
	nodes, err := s.store.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestNodesKnowOfEachOther(t *testing.T) {
	several(t, 3, follow.Options{Node: keywright.Node{Version: "1", Address: "10.0.0.1:8081"}}, func(t *testing.T, s *street) {
		s.issue(t)
		pass(100 * time.Millisecond)
		nodes, err := s.nodes[0].Nodes(t.Context())
		if err != nil || len(nodes) != 3 {
			t.Fatalf("got %d nodes, %v", len(nodes), err)
		}
		behind := map[string]uint64{"a": 0, "b": 1, "c": 1}
		for _, n := range nodes {
			if n.Self != (n.Name == "a") || n.Behind != behind[n.Name] || !n.Live() || n.Bound != 30*time.Second || n.Address != "10.0.0.1:8081" {
				t.Errorf("before their polls: got %+v", n)
			}
		}
		s.nodes[2].line.sever(true)
		pass(12 * time.Second)
		if nodes, err = s.nodes[0].Nodes(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if silent := n.Silent > 10*time.Second; silent != (n.Name == "c") || n.Behind > 0 && n.Name != "c" {
				t.Errorf("after 12 s: got %+v", n)
			}
		}
	})
}

func TestNodeThatIsSilentCountsNoLonger(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		id, text := s.issue(t)
		pass(2 * time.Second)
		s.nodes[1].line.sever(true)
		pass(28 * time.Second)
		wantCode(t, s.nodes[1].Follower, "within its lease", text, keyset.Valid)
		if got := s.names(t); got != "a b" {
			t.Fatalf("after 28 s: got %q", got)
		}
		pass(5 * time.Second)
		if got := s.names(t); got != "a" {
			t.Errorf("after 33 s: got %q, want the other one removed", got)
		}
		wantCode(t, s.nodes[1].Follower, "removed", text, keyset.Stale)
		s.end(t, id)
		s.nodes[1].line.sever(false)
		pass(2 * time.Second)
		if got := s.names(t); got != "a b" {
			t.Errorf("back again: got %q", got)
		}
		wantCode(t, s.nodes[1].Follower, "back again", text, keyset.Revoked)
	})
}

// A node was paused for so long that it was removed; the poll that it had begun before is answered
// when it goes on.
func TestNodeThatWasRemovedLoadsAnewBeforeItAnswers(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		id, text := s.issue(t)
		pass(2 * time.Second)
		held, again := make(chan struct{}), make(chan struct{})
		s.nodes[1].line.set(func(l *line) {
			l.answered = func(c keywright.Changes) keywright.Changes {
				close(held)
				<-again
				return c
			}
		})
		<-held
		pass(40 * time.Second)
		if got := s.names(t); got != "a" {
			t.Fatalf("after 40 s: got %q", got)
		}
		s.end(t, id)
		s.nodes[1].line.set(func(l *line) { l.answered = nil })
		close(again)
		synctest.Wait()
		if got := verdict(s.nodes[1].Follower, text).Code; got == keyset.Valid {
			t.Error("it accepted a revoked key when it went on")
		}
		pass(2 * time.Second)
		wantCode(t, s.nodes[1].Follower, "a poll later", text, keyset.Revoked)
		if got := s.names(t); got != "a b" {
			t.Errorf("a poll later: got %q", got)
		}
	})
}

func TestNodeLeavesWithoutALease(t *testing.T) {
	several(t, 2, follow.Options{}, func(t *testing.T, s *street) {
		_, text := s.issue(t)
		pass(2 * time.Second)
		s.nodes[1].stop()
		if err := s.nodes[1].Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.names(t); got != "a" {
			t.Errorf("got %q", got)
		}
		wantCode(t, s.nodes[1].Follower, "after it left", text, keyset.Stale)
	})
}

func TestNodeOfAnotherPromise(t *testing.T) {
	several(t, 1, follow.Options{}, func(t *testing.T, s *street) {
		_, text := s.issue(t)
		start := time.Now()
		clock := func() time.Duration { return time.Since(start) }
		l := &line{to: s.store}
		other := follow.New(l, s.keyring, s.rules, follow.Options{Bound: 10 * time.Second, Registry: l, Clock: clock, Node: keywright.Node{Name: "b"}})
		err := other.Load(t.Context())
		if err == nil || !strings.Contains(err.Error(), "node a") || !strings.Contains(err.Error(), "--staleness-bound 30s") {
			t.Errorf("beside one that lives: got %v", err)
		}
		if took := clock(); took > 3*time.Second {
			t.Errorf("it took %s to find out", took)
		}
		wantCode(t, other, "refused", text, keyset.Stale)

		s.nodes[0].stop() // as kill -9 would
		start = time.Now()
		if err := other.Load(t.Context()); err != nil {
			t.Errorf("beside one that died: %v", err)
		}
		if took := clock(); took < 30*time.Second || took > 40*time.Second {
			t.Errorf("it waited %s for a node of 30 s", took)
		}
		wantCode(t, other, "after that", text, keyset.Valid)
	})
}

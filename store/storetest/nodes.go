package storetest

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

func newNode(id string) keywright.Node {
	return keywright.Node{
		ID: keywright.NodeID("node_" + id), Name: "zoë-" + id, Version: "1.2.3", Address: "10.0.0.1:8081",
		Bound: 1500 * time.Millisecond, Started: instant(-5),
	}
}

// node makes a node.
func (s *test) node(id string) keywright.Node {
	s.Helper()
	n := newNode(id)
	s.wantError("join", s.Store.Join(s.ctx, n), nil)
	n.Seen = s.now
	return n
}

// nodes are all nodes, by their ids.
func (s *test) nodes() []keywright.Node {
	s.Helper()
	nodes, err := s.Store.Nodes(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	slices.SortFunc(nodes, func(a, b keywright.Node) int { return cmp.Compare(a.ID, b.ID) })
	return nodes
}

func nodeCases() []testCase {
	return []testCase{
		{"a node reads back as it joined, polled and acknowledged", func(s *test) {
			want(s, "before", 0)(len(s.nodes()), nil)
			b, a := s.node("B"), s.node("a")
			want(s, "joined", []keywright.Node{b, a})(s.nodes(), nil)
			s.now = instant(7)
			want(s, "polled", keywright.Changes{})(s.Store.Poll(s.ctx, a.ID, 3, 0, most))
			a.Seen, a.Polls, a.Applied = instant(7), 1, 3
			want(s, "after a poll", []keywright.Node{b, a})(s.nodes(), nil)
			s.now = instant(9)
			s.wantError("acknowledge", s.Store.Acknowledge(s.ctx, a.ID, 5), nil)
			a.Applied = 5
			want(s, "after it acknowledged", []keywright.Node{b, a})(s.nodes(), nil)
			s.wantError("leave", s.Store.Leave(s.ctx, b.ID), nil)
			want(s, "after the other one left", []keywright.Node{a})(s.nodes(), nil)
			want(s, "revisions taken", uint64(0))(s.Store.Revision(s.ctx))
		}},
		{"a poll tells what changed, as others are told", func(s *test) {
			n := s.node("1")
			a := s.account("acme")
			s.key(a, keyOne)
			for since := range s.revision() + 2 {
				told, err := s.Store.ChangesSince(s.ctx, since, most)
				if err != nil {
					s.Fatal(err)
				}
				want(s, "polled", told)(s.Store.Poll(s.ctx, n.ID, since, since, most))
			}
			told, err := s.Store.Poll(s.ctx, n.ID, 0, 0, 1)
			want(s, "more than it asks for", true)(told.Behind, err)
		}},
		{"who is no node is told so", func(s *test) {
			n := s.node("1")
			s.wantError("leave", s.Store.Leave(s.ctx, n.ID), nil)
			_, err := s.Store.Poll(s.ctx, n.ID, 0, 0, most)
			s.wantError("poll", err, keywright.ErrNotFound)
			s.wantError("acknowledge", s.Store.Acknowledge(s.ctx, n.ID, 5), nil)
			s.wantError("leave again", s.Store.Leave(s.ctx, n.ID), nil)
			want(s, "nodes", 0)(len(s.nodes()), nil)
		}},
		{"a node is removed by how often it was seen to poll, and not if it has since", func(s *test) {
			n := s.node("1")
			s.wantError("another count", s.Store.Remove(s.ctx, n.ID, 1), nil)
			if _, err := s.Store.Poll(s.ctx, n.ID, 0, 0, most); err != nil {
				s.Fatal(err)
			}
			s.wantError("the count before the poll", s.Store.Remove(s.ctx, n.ID, 0), nil)
			want(s, "nodes", 1)(len(s.nodes()), nil)
			s.wantError("the count", s.Store.Remove(s.ctx, n.ID, 1), nil)
			want(s, "nodes", 0)(len(s.nodes()), nil)
		}},
		{"a node of another promise does not join", func(s *test) {
			s.node("1")
			longer, serving := newNode("2"), newNode("3")
			longer.Bound += time.Millisecond
			serving.ServesStale = true
			s.wantConflict("longer", s.Store.Join(s.ctx, longer), "promise")
			s.wantConflict("serving", s.Store.Join(s.ctx, serving), "promise")
			want(s, "nodes", 1)(len(s.nodes()), nil)
			s.wantError("leave", s.Store.Leave(s.ctx, "node_1"), nil)
			s.wantError("when the first has left", s.Store.Join(s.ctx, serving), nil)
			s.wantConflict("the first again", s.Store.Join(s.ctx, newNode("1")), "promise")
		}},
		{"of nodes with different promises that join at once, all that get in agree", func(s *test) {
			var joining sync.WaitGroup
			for i := range 8 {
				n := newNode(string(rune('a' + i)))
				n.ServesStale = i%2 == 1
				joining.Go(func() { _ = s.Store.Join(s.ctx, n) })
			}
			joining.Wait()
			nodes := s.nodes()
			want(s, "nodes", 4)(len(nodes), nil)
			for _, n := range nodes {
				want(s, "promise", nodes[0].Promise())(n.Promise(), nil)
			}
		}},
	}
}

package storetest

import (
	"github.com/keywright/keywright"
)

// points are the points of the database's history after each of so many changes.
func (s *test) points(a keywright.Account, changes int) []keywright.Point {
	s.Helper()
	var points []keywright.Point
	for range changes {
		s.plans(a, 1)
		points = append(points, s.history().At)
	}
	return points
}

// lost is a point with that number, of a history that the database has not got.
func lost(at keywright.Point) keywright.Point {
	return keywright.Point{Revision: at.Revision, Stamp: at.Stamp + 1}
}

// meanwhile polls, and has the store know of at while the poll is under way, as when this process
// has written.
func (s *test) meanwhile(n keywright.Node, at keywright.Point) error {
	s.asked = func() { s.asked = nil; s.Store.Expect(at) }
	_, err := s.Store.Poll(s.ctx, n.ID, 1, 1, most)
	return err
}

// plan is a write.
func (s *test) plan(a keywright.Account, plan string) error {
	return s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, plan) })
}

// knownCases are about a database that goes backwards just while it is looked at.
func knownCases() []testCase {
	return []testCase{
		{"what a poll has seen counts also when the node wrote while it was asked", func(s *test) {
			n, a := s.node("1"), s.account("acme")
			points := s.points(a, 3)
			s.Store.Expect(points[0])
			s.wantError("poll", s.meanwhile(n, points[1]), nil)
			want(s, "what is known", points[2])(s.Store.Known(), nil)
		}},
		{"a poll is compared with what the node wrote while it was asked", func(s *test) {
			n, a := s.node("1"), s.account("acme")
			points := s.points(a, 3)
			s.Store.Expect(points[0])
			s.wantError("poll", s.meanwhile(n, lost(points[1])), keywright.ErrBackwards)
			s.wantBackwards(a)
		}},
		{"a poll from before what the node wrote is left to the next one", func(s *test) {
			n, a := s.node("1"), s.account("acme")
			ahead := s.points(a, 1)[0]
			ahead.Revision++
			s.wantError("poll", s.meanwhile(n, ahead), nil)
			want(s, "what is known", ahead)(s.Store.Known(), nil)
			_, err := s.Store.Poll(s.ctx, n.ID, 1, 1, most)
			s.wantError("the next one", err, keywright.ErrBackwards)
		}},
		{"a write after those of others goes on from what it found", func(s *test) {
			a := s.account("acme")
			s.Store.Expect(s.points(a, 3)[0])
			s.wantError("write", s.plan(a, "lite"), nil)
			want(s, "what is known", s.history().At)(s.Store.Known(), nil)
			s.wantForwards()
		}},
		{"a write after those of others is refused where they went another way", func(s *test) {
			a := s.account("acme")
			s.Store.Expect(lost(s.points(a, 3)[0]))
			s.wantError("write", s.plan(a, "lite"), keywright.ErrBackwards)
			s.wantClock("after it", 4, 0)
		}},
		{"a commit that a poll has overtaken counts", func(s *test) {
			a := s.account("acme")
			at := s.points(a, 1)[0]
			at.Revision += 2
			s.write(func(tx keywright.Tx) error {
				s.Store.Expect(at)
				return tx.SetPlan(s.ctx, a.ID, "lite")
			})
			want(s, "what is known", at)(s.Store.Known(), nil)
		}},
		{"nobody is told that a commit stands when a poll has seen another one in its place", func(s *test) {
			a := s.account("acme")
			at := s.points(a, 1)[0]
			at.Revision++
			heard := s.heard()
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error {
				s.Store.Expect(at)
				return tx.SetPlan(s.ctx, a.ID, "lite")
			})
			s.wantError("write", err, keywright.ErrOutcomeUnknown)
			s.wantError("write", err, keywright.ErrBackwards)
			want(s, "who followed heard of", 0)(len(*heard), nil)
		}},
		{"a decision is known where it leads to", func(s *test) {
			s.account("acme")
			s.write(func(tx keywright.Tx) error {
				return tx.Decide(s.ctx, keywright.Decision{Revision: 1_000_000_000, After: 1, At: instant(7), Choice: keywright.Accepted})
			})
			want(s, "what is known", s.history().At)(s.Store.Known(), nil)
		}},
		{"a node acknowledges nothing to a database that lacks what it has seen", func(s *test) {
			n, a := s.node("1"), s.account("acme")
			points := s.points(a, 3)
			applied := func() uint64 { return s.nodes()[0].Applied }
			for _, c := range []struct {
				what    string
				known   keywright.Point
				applied uint64
				want    uint64
			}{
				{"the last", points[2], 4, 4},
				{"one before", points[1], 3, 3},
				{"another one in place of the last", lost(points[2]), 4, 3},
				{"another one in place of one before", lost(points[1]), 2, 3},
				{"one to come", keywright.Point{Revision: 5, Stamp: 1}, 5, 3},
				{"one of which only the number is known", keywright.Point{Revision: 3}, 2, 2},
			} {
				s.Store.Expect(c.known)
				s.wantError(c.what, s.Store.Acknowledge(s.ctx, n.ID, c.applied), nil)
				want(s, c.what, c.want)(applied(), nil)
			}
			s.Store.Expect(lost(points[1]))
			_, err := s.Store.Poll(s.ctx, n.ID, 4, 4, most)
			s.wantError("poll", err, keywright.ErrBackwards)
			want(s, "after a poll that was refused", uint64(2))(applied(), nil)
			s.wantError("acknowledge", s.Store.Acknowledge(s.ctx, n.ID, 4), keywright.ErrBackwards)
		}},
	}
}

package storetest

import (
	"errors"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

func (s *test) history() keywright.History {
	s.Helper()
	h, err := s.Store.History(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	return h
}

// wantBackwards fails unless the store refuses, in every way, a database that lacks what it had.
func (s *test) wantBackwards(a keywright.Account) {
	s.Helper()
	_, err := s.Store.ChangesSince(s.ctx, s.Store.Known().Revision, most)
	s.wantError("poll", err, keywright.ErrBackwards)
	s.wantError("snapshot", s.Store.Snapshot(s.ctx, func(keyset.Snapshot) error { return nil }), keywright.ErrBackwards)
	s.wantError("write", s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") }), keywright.ErrBackwards)
	s.wantError("write without a revision", s.Store.SaveLastUsed(s.ctx, lastUsed("key_1", 5)), keywright.ErrBackwards)
	select {
	case <-s.Store.Backwards():
	default:
		s.Error("nobody was told")
	}
	want(s, "the account", a)(s.Store.Account(s.ctx, a.ID))
}

func (s *test) wantForwards() {
	s.Helper()
	select {
	case <-s.Store.Backwards():
		s.Error("it was told that the database went backwards")
	default:
	}
}

func historyCases() []testCase {
	cases := []testCase{
		{"a database has a name, which it keeps", func(s *test) {
			before := s.history()
			if !strings.HasPrefix(before.Database, "db_") || len(before.Database) != 23 || before.Quarantined != "" {
				s.Errorf("got %+v", before)
			}
			s.account("acme")
			if _, err := s.Beside.ExecContext(s.ctx, "UPDATE identity SET database = 'db_other'"); err == nil {
				s.Error("it was renamed")
			}
			want(s, "the name", before.Database)(s.history().Database, nil)
		}},
		{"each revision has a stamp of its own", func(s *test) {
			a := s.account("acme")
			seen := map[uint64]bool{0: true}
			for range 20 {
				s.plans(a, 1)
				at := s.history().At
				if seen[at.Stamp] {
					s.Fatalf("revision %d: the stamp %d is not new", at.Revision, at.Stamp)
				}
				seen[at.Stamp] = true
				want(s, "what is known", at)(s.Store.Known(), nil)
			}
			want(s, "stamps in the log", int64(21))(s.number("SELECT COUNT(DISTINCT stamp) FROM changes"), nil)
		}},
		{"what was known goes on with each commit, poll and snapshot", func(s *test) {
			a := s.account("acme")
			want(s, "after a commit", s.revision())(s.Store.Known().Revision, nil)
			s.plans(a, 3)
			s.since(2)
			want(s, "after a poll", s.history().At)(s.Store.Known(), nil)
			s.wantForwards()
		}},
		{"who expects what the database has, or nothing, is content", func(s *test) {
			a := s.account("acme")
			at := s.history().At
			s.plans(a, 2)
			for _, p := range []keywright.Point{{}, at, {Revision: 2}, s.history().At} {
				s.Store.Expect(p)
				s.since(1)
			}
			s.plans(a, 1)
			s.wantForwards()
		}},
		{"a decision lets history go on where nobody has been", func(s *test) {
			a := s.account("acme")
			open := s.link(1, keywright.LinkInvitation, "mem_1")
			s.wantError("save a session", s.Sessions.Commit("token", []byte("x"), instant(1e6)), nil)
			s.wantError("quarantine", s.Store.Quarantine(s.ctx, keywright.JustRestored), nil)
			want(s, "quarantined", keywright.JustRestored)(s.history().Quarantined, nil)
			want(s, "the revision under quarantine", uint64(2))(s.revision(), nil)
			d := keywright.Decision{Revision: 1_000_000_000, After: 2, At: instant(7), Choice: keywright.Replayed}
			s.write(func(tx keywright.Tx) error {
				if err := tx.Decide(s.ctx, d); err != nil {
					return err
				}
				return tx.Append(s.ctx, newEvent(a, "1"))
			})
			h := s.history()
			want(s, "the decisions", []keywright.Decision{d})(h.Decisions, nil)
			want(s, "the revision", d.Revision)(h.At.Revision, nil)
			want(s, "quarantined", keywright.Quarantine(""))(h.Quarantined, nil)
			want(s, "the revision of its event", int64(d.Revision))(s.number("SELECT revision FROM events"), nil)
			_, found, err := s.Sessions.Find("token")
			want(s, "the session", false)(found, err)
			s.wantError("the link", s.spend(open, 8), keywright.ErrLinkSpent)
			s.plans(a, 1)
			want(s, "changes after it", 1)(len(s.since(d.Revision).Records), nil)
			changes, err := s.Store.ChangesSince(s.ctx, 2, most)
			want(s, "who follows from before", true)(changes.Behind, err)
			s.wantForwards()
			for _, statement := range []string{"UPDATE decisions SET after = 1", "DELETE FROM decisions", "DELETE FROM identity"} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err == nil {
					s.Errorf("it ran: %s", statement)
				}
			}
		}},
		{"what the log no longer has, nobody can tell", func(s *test) {
			a := s.account("acme")
			s.plans(a, 5)
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 2), nil)
			s.Store.Expect(keywright.Point{Revision: 3, Stamp: 1})
			s.plans(a, 1)
			s.wantForwards()
		}},
		{"a point of the history is found for as long as the log has it", func(s *test) {
			a := s.account("acme")
			var points []keywright.Point
			for range 5 {
				s.plans(a, 1)
				points = append(points, s.history().At)
			}
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 3), nil)
			for _, c := range []struct {
				what       string
				at         keywright.Point
				has, known bool
			}{
				{"the last", points[4], true, true},
				{"one in the log", points[3], true, true},
				{"one that is no longer in the log", points[0], false, false},
				{"one to come", keywright.Point{Revision: 7, Stamp: 1}, false, true},
				{"the last of another history", keywright.Point{Revision: 6, Stamp: 1}, false, true},
				{"one of another history", keywright.Point{Revision: 5, Stamp: 1}, false, true},
				{"one without a stamp", keywright.Point{Revision: 5}, false, false},
			} {
				has, known, err := s.Store.Has(s.ctx, c.at)
				if has != c.has || known != c.known || err != nil {
					s.Errorf("%s: got %v, known %v, %v", c.what, has, known, err)
				}
			}
			s.key(a, keyOne)
			want(s, "what was touched", map[string]bool{string(a.ID): true})(s.Store.TouchedSince(s.ctx, 5))
			want(s, "what was touched last", map[string]bool{})(s.Store.TouchedSince(s.ctx, 6))
			s.Store.Expect(keywright.Point{Revision: 99})
			a.ActiveKeys = 1
			s.wantBackwards(a)
			want(s, "the history of one that is refused", uint64(7))(s.history().At.Revision, nil)
		}},
		{"a revision without a stamp is like any", func(s *test) {
			a := s.account("acme")
			s.plans(a, 1)
			for _, statement := range []string{
				"UPDATE clock SET revision = 3, stamp = 0",
				"INSERT INTO changes (revision, position, kind, account_id, entity_id, at) VALUES (3, 0, '', '', '', 0)",
			} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err != nil {
					s.Fatal(err)
				}
			}
			s.Store.Expect(keywright.Point{Revision: 3, Stamp: 1})
			s.plans(a, 1)
			s.since(1)
			s.wantForwards()
		}},
		{"a write to a database that lacks what it had leaves nothing", func(s *test) {
			a := s.account("acme")
			s.Store.Expect(keywright.Point{Revision: 3, Stamp: 1})
			ran := false
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { ran = true; return tx.SetPlan(s.ctx, a.ID, "lite") })
			s.wantError("write", err, keywright.ErrBackwards)
			var said *keywright.BackwardsError
			if !errors.As(err, &said) || said.Known.Revision != 3 || said.Found.Revision != 1 || ran {
				s.Errorf("got %+v, ran: %v", said, ran)
			}
			s.wantClock("after it", 1, 0)
			s.wantBackwards(a)
		}},
	}
	for name, expect := range map[string]func(keywright.Point) keywright.Point{
		"is at an earlier revision": func(at keywright.Point) keywright.Point { at.Revision++; return at },
		"is at another revision of the same number": func(at keywright.Point) keywright.Point {
			at.Stamp++
			return at
		},
		"went another way before": func(at keywright.Point) keywright.Point {
			return keywright.Point{Revision: at.Revision - 1, Stamp: 1}
		},
	} {
		cases = append(cases, testCase{"a database that " + name + " is refused for good", func(s *test) {
			a := s.account("acme")
			s.plans(a, 3)
			s.Store.Expect(expect(s.history().At))
			s.wantBackwards(a)
			if _, err := s.Beside.ExecContext(s.ctx, "UPDATE clock SET revision = revision + 10, horizon = revision"); err != nil {
				s.Fatal(err)
			}
			s.wantBackwards(a)
		}})
	}
	return cases
}

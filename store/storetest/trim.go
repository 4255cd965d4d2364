package storetest

import "github.com/keywright/keywright"

// plans changes an account so many times.
func (s *test) plans(a keywright.Account, changes int) {
	s.Helper()
	for range changes {
		s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "standard") })
	}
}

func trimCases() []testCase {
	return []testCase{
		{"only the changes of the last revisions are kept, and who is further behind is told so", func(s *test) {
			s.plans(s.account("acme"), 9)
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 4), nil)
			want(s, "the oldest", int64(7))(s.number("SELECT MIN(revision) FROM changes"), nil)
			want(s, "the horizon", int64(6))(s.number("SELECT horizon FROM clock"), nil)
			for since := range uint64(11) {
				changes, err := s.Store.ChangesSince(s.ctx, since, most)
				if err != nil || changes.Behind != (since < 6) || changes.Revision != 10 {
					s.Errorf("since %d: got %+v, %v", since, changes, err)
				}
			}
		}},
		{"trimming takes no revision, and keeps what there is when that is less", func(s *test) {
			s.plans(s.account("acme"), 3)
			for _, keep := range []int{most, 4, 5} {
				s.wantError("trim", s.Store.TrimChanges(s.ctx, keep), nil)
				want(s, "rows", int64(4))(s.number("SELECT COUNT(*) FROM changes"), nil)
				want(s, "the horizon", int64(0))(s.number("SELECT horizon FROM clock"), nil)
			}
			s.wantClock("after trimming", 4, 0)
		}},
		{"nothing need be kept, and the horizon only goes forward", func(s *test) {
			a := s.account("acme")
			for _, keep := range []int{0, -1, 100, 0} {
				s.wantError("trim", s.Store.TrimChanges(s.ctx, keep), nil)
				want(s, "rows", int64(0))(s.number("SELECT COUNT(*) FROM changes"), nil)
			}
			before := s.revision()
			s.plans(a, 2)
			want(s, "records after it", 1)(len(s.since(before).Records), nil)
		}},
		{"a log of many revisions is trimmed in parts", func(s *test) {
			s.account("acme")
			for _, statement := range []string{
				"UPDATE clock SET revision = 20000",
				`INSERT INTO changes (revision, position, kind, account_id, entity_id, at)
				 WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, 0, '', '', '', 0 FROM n`,
			} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err != nil {
					s.Fatal(err)
				}
			}
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 10), nil)
			want(s, "rows", int64(10))(s.number("SELECT COUNT(*) FROM changes"), nil)
			want(s, "changes that are kept", uint64(20000))(s.since(19990).Revision, nil)
		}},
	}
}

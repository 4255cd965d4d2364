package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

type snapshot struct {
	revision uint64
	keys     int
	records  []keyset.Change
}

// snapshot reads one to its end.
func (s *test) snapshot() (got snapshot) {
	s.Helper()
	err := s.Store.Snapshot(s.ctx, func(of keyset.Snapshot) error {
		got = snapshot{revision: of.Revision, keys: of.Keys}
		for record, err := range of.Records {
			if err != nil {
				return err
			}
			got.records = append(got.records, record)
		}
		return nil
	})
	if err != nil {
		s.Fatalf("snapshot: %v", err)
	}
	return got
}

func snapshotCases() []testCase {
	return []testCase{
		{"a snapshot of nothing is empty", func(s *test) {
			want(s, "snapshot", snapshot{})(s.snapshot(), nil)
		}},
		{"a snapshot has all that a verification looks at, each after what it belongs to", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			m := s.member(a, "1", "zoe@acme.example")
			gone := s.member(b, "2", "ann@acme.example")
			s.write(func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, b.ID, gone.ID, keywright.MemberRemoved) })
			gone.State = keywright.MemberRemoved
			revoked := s.key(b, keyTwo)
			s.wantError("revoke", s.revoke(b, revoked.ID, 5, "leaked"), nil)
			revoked.Revoked = instant(5)
			k, seal := newKey(a, keyOne)
			k.NotBefore, k.Expires, k.Disabled = instant(-1), instant(86_400_000), instant(7)
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
			got := s.snapshot()
			slices.SortFunc(got.records[:2], byName) // accounts come as they lie, and so do members
			slices.SortFunc(got.records[2:4], byName)
			want(s, "snapshot", snapshot{s.revision(), 1, []keyset.Change{
				accountRecord(a), accountRecord(b), memberRecord(m), memberRecord(gone), keyRecord(k), keyRecord(revoked),
			}})(got, nil)
		}},
		{"a snapshot has the same records as the log of everything", func(s *test) {
			var accounts []keywright.Account
			for i := range 20 {
				accounts = append(accounts, s.account(fmt.Sprint("a", i)))
				s.member(accounts[i], fmt.Sprint(i), fmt.Sprint(i, "@acme.example"))
				k := s.key(accounts[i/2], fmt.Sprintf("%012d", i*7919%1000))
				if i%3 == 0 {
					s.wantError("revoke", s.revoke(accounts[i/2], k.ID, i, ""), nil)
				}
			}
			got, log := map[string]keyset.Change{}, map[string]keyset.Change{}
			for _, record := range s.snapshot().records {
				got[name(record)] = record
			}
			for _, record := range s.since(0).Records {
				log[name(record)] = record
			}
			want(s, "how many", 60)(len(got), nil)
			want(s, "the snapshot", log)(got, nil)
		}},
		{"a snapshot is of one revision, whatever is written while it is read", func(s *test) {
			a := s.account("acme")
			k := s.key(a, keyOne)
			revision := s.revision()
			err := s.Store.Snapshot(s.ctx, func(of keyset.Snapshot) error {
				s.wantError("revoke meanwhile", s.revoke(a, k.ID, 5, ""), nil)
				s.plans(a, 1)
				want(s, "the revision", revision)(of.Revision, nil)
				var got []keyset.Change
				for record, err := range of.Records {
					if err != nil {
						return err
					}
					got = append(got, record)
					s.key(a, fmt.Sprintf("%012d", len(got)))
				}
				want(s, "records", []keyset.Change{accountRecord(a), keyRecord(k)})(got, nil)
				return nil
			})
			s.wantError("snapshot", err, nil)
			want(s, "the next one's records", 4)(len(s.snapshot().records), nil)
		}},
		{"whoever reads a snapshot may stop anywhere, and his error is answered", func(s *test) {
			a := s.account("acme")
			s.member(a, "1", "zoe@acme.example")
			s.key(a, keyOne)
			enough := errors.New("enough")
			for stop := range 4 {
				for range 10 { // more often than there are connections
					err := s.Store.Snapshot(s.ctx, func(of keyset.Snapshot) error {
						left := stop
						for range of.Records { //nolint:errcheck // how many there are is what counts here
							if left--; left < 0 {
								break
							}
						}
						return enough
					})
					s.wantError("snapshot", err, enough)
				}
			}
		}},
		{"a name that would break a snapshot's row is an error and no other record", func(s *test) {
			a := s.account("acme")
			for i, version := range []string{"v1\x1f1", "\x1f", "v1\x1f\x1f\x1f"} {
				k, seal := newKey(a, fmt.Sprintf("%012d", i))
				k.Version = version
				s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
				err := s.Store.Snapshot(s.ctx, func(of keyset.Snapshot) error {
					for record, err := range of.Records {
						if _, ok := record.(keyset.Key); ok {
							s.Errorf("%q: got %+v", version, record)
						}
						if err != nil {
							return err
						}
					}
					return nil
				})
				if err == nil {
					s.Errorf("%q: no error", version)
				}
			}
		}},
		{"a snapshot that is interrupted says so", func(s *test) {
			a := s.account("acme")
			s.write(func(tx keywright.Tx) error {
				for i := range 300 {
					k, seal := newKey(a, fmt.Sprintf("%012d", i))
					if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
						return err
					}
				}
				return nil
			})
			ctx, end := context.WithCancel(s.ctx)
			defer end()
			err := s.Store.Snapshot(ctx, func(of keyset.Snapshot) error {
				for _, err := range of.Records {
					if err != nil {
						return err
					}
					end()
				}
				return nil
			})
			s.wantError("snapshot", err, context.Canceled)
		}},
	}
}

func byName(a, b keyset.Change) int { return strings.Compare(name(a), name(b)) }

// name is what tells a record from others.
func name(record keyset.Change) string {
	switch r := record.(type) {
	case keyset.Account:
		return r.ID
	case keyset.Member:
		return r.ID
	case keyset.Key:
		return r.ID
	}
	return ""
}

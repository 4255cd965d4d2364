package storetest

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/keywright/keywright"
)

func (s *test) link(first byte, purpose keywright.LinkPurpose, member keywright.MemberID) keywright.Link {
	s.Helper()
	l := keywright.Link{
		Hash: append([]byte{first, 0, 0xff, '\''}, bytes.Repeat([]byte{first}, 28)...), Purpose: purpose,
		Account: "acct_acme", Member: member, Expires: instant(1000),
	}
	s.write(func(tx keywright.Tx) error { return tx.InsertLink(s.ctx, l) })
	return l
}

func (s *test) spend(l keywright.Link, ms int) error {
	return s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SpendLink(s.ctx, l.Hash, instant(ms)) })
}

func linkCases() []testCase {
	return []testCase{
		{"a link is answered as it was inserted, and by nothing but its hash", func(s *test) {
			l := s.link(1, keywright.LinkInvitation, "mem_1")
			want(s, "the link", l)(s.Store.Link(s.ctx, l.Hash))
			for _, hash := range [][]byte{nil, {}, l.Hash[:31], append(l.Hash, 0)} {
				_, err := s.Store.Link(s.ctx, hash)
				s.wantError("another hash", err, keywright.ErrNotFound)
			}
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertLink(s.ctx, l) })
			s.wantConflict("the same again", err, "id")
		}},
		{"a link works until the instant of its end", func(s *test) {
			early, late, never := s.link(1, keywright.LinkSetUp, ""), s.link(2, keywright.LinkSetUp, ""), keywright.Link{Hash: make([]byte, 32)}
			s.wantError("a millisecond before", s.spend(early, 999), nil)
			s.wantError("at its end", s.spend(late, 1000), keywright.ErrLinkSpent)
			s.wantError("one that was never made", s.spend(never, 0), keywright.ErrLinkSpent)
			early.Spent = instant(999)
			want(s, "the spent one", early)(s.Store.Link(s.ctx, early.Hash))
			want(s, "the late one", late)(s.Store.Link(s.ctx, late.Hash))
		}},
		{"a link is spent once, whoever tries at once", func(s *test) {
			l := s.link(1, keywright.LinkInvitation, "mem_1")
			var spent, refused atomic.Int32
			var tries sync.WaitGroup
			for range 16 {
				tries.Go(func() {
					switch err := s.spend(l, 1); {
					case err == nil:
						spent.Add(1)
					case errors.Is(err, keywright.ErrLinkSpent):
						refused.Add(1)
					default:
						s.Errorf("spend: %v", err)
					}
				})
			}
			tries.Wait()
			if spent.Load() != 1 || refused.Load() != 15 {
				s.Errorf("got %d spent and %d refused, want 1 and 15", spent.Load(), refused.Load())
			}
		}},
		{"links of one purpose and member end together", func(s *test) {
			spent := s.link(1, keywright.LinkInvitation, "mem_1")
			s.wantError("spend", s.spend(spent, 1), nil)
			open, others := s.link(2, keywright.LinkInvitation, "mem_1"), s.link(3, keywright.LinkInvitation, "mem_2")
			setUp := s.link(4, keywright.LinkSetUp, "")
			s.write(func(tx keywright.Tx) error { return tx.EndLinks(s.ctx, keywright.LinkInvitation, "mem_1", instant(5)) })
			spent.Spent, open.Expires = instant(1), instant(5)
			for what, l := range map[string]keywright.Link{"spent": spent, "open": open, "another member's": others, "a set-up link": setUp} {
				want(s, what, l)(s.Store.Link(s.ctx, l.Hash))
			}
			s.wantError("spend the ended one", s.spend(open, 5), keywright.ErrLinkSpent)
		}},
	}
}

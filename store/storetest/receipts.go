package storetest

import (
	"time"

	"github.com/keywright/keywright"
)

// newReceipt is one that is not safe yet.
func newReceipt(revision uint64) keywright.Receipt {
	return keywright.Receipt{
		Revision: revision, Committed: instant(5), Wait: keywright.WaitAll, Bound: 30 * time.Second, SafeAt: instant(30_005),
		Nodes: []keywright.Acknowledgement{
			{Node: "node_a", Name: "zoë", State: keywright.NodeApplied, After: 1234567 * time.Nanosecond},
			{Node: "node_b", Name: "", State: keywright.NodeSilent, LeaseEnds: instant(30_005), Seen: instant(-7)},
		},
		Took: time.Second,
	}
}

// finished is that receipt when there is nothing left to wait for.
func finished(r keywright.Receipt) keywright.Receipt {
	r.Safe, r.SafeAt, r.Took = true, instant(30_035), 30*time.Second
	return r
}

func receiptCases() []testCase {
	return []testCase{
		{"a receipt reads back as it was kept, by its revision and by whom it was about", func(s *test) {
			a := s.account("acme")
			k := s.key(a, keyOne)
			about := keywright.Commit{Revision: 2, Account: a.ID, Subject: keywright.Subject{Kind: "key", ID: string(k.ID)}}
			_, err := s.Store.Receipt(s.ctx, a.ID, 2)
			s.wantError("none", err, keywright.ErrNotFound)
			_, err = s.Store.ReceiptOf(s.ctx, a.ID, string(k.ID))
			s.wantError("none of the key", err, keywright.ErrNotFound)
			r := newReceipt(2)
			s.wantError("keep", s.Store.KeepReceipt(s.ctx, about, r), nil)
			want(s, "the receipt", r)(s.Store.Receipt(s.ctx, a.ID, 2))
			_, err = s.Store.Receipt(s.ctx, "acct_other", 2)
			s.wantError("another account's", err, keywright.ErrNotFound)
			_, err = s.Store.ReceiptOf(s.ctx, "acct_other", string(k.ID))
			s.wantError("another account's, by the key", err, keywright.ErrNotFound)
			about.Revision = 3
			later := newReceipt(3)
			later.Void, later.Nodes = true, nil
			later.SafeAt = time.Time{}
			s.wantError("keep", s.Store.KeepReceipt(s.ctx, about, later), nil)
			later.Nodes = []keywright.Acknowledgement{}
			want(s, "the last one of the key", later)(s.Store.ReceiptOf(s.ctx, a.ID, string(k.ID)))
			want(s, "revisions taken", uint64(2))(s.Store.Revision(s.ctx))
		}},
		{"a receipt can say more later, until it says safe", func(s *test) {
			about := keywright.Commit{Revision: 1, Subject: keywright.Subject{Kind: "token", ID: "tok_1"}}
			r := newReceipt(1)
			s.wantError("keep", s.Store.KeepReceipt(s.ctx, about, r), nil)
			s.wantError("keep more", s.Store.KeepReceipt(s.ctx, about, finished(r)), nil)
			want(s, "finished", finished(r))(s.Store.Receipt(s.ctx, "", 1))
			s.wantError("keep less", s.Store.KeepReceipt(s.ctx, about, r), nil)
			want(s, "still", finished(r))(s.Store.Receipt(s.ctx, "", 1))
			for _, statement := range []string{"UPDATE receipts SET safe = 0", "UPDATE receipts SET receipt = '{}'", "DELETE FROM receipts"} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err == nil {
					s.Errorf("%s: it was done", statement)
				}
			}
		}},
		{"the audit log has the receipt of each event", func(s *test) {
			a := s.account("acme")
			k := s.key(a, keyOne)
			e := newEvent(a, "1")
			e.Subject.ID = string(k.ID)
			s.append(e)
			at := s.revision()
			s.append(newEvent(a, "2"))
			r := finished(newReceipt(at))
			s.wantError("keep", s.Store.KeepReceipt(s.ctx, keywright.Commit{Revision: at, Account: a.ID, Subject: e.Subject}, r), nil)
			for what, list := range map[string]func() ([]keywright.Event, error){
				"the account's": func() ([]keywright.Event, error) { return s.Store.Events(s.ctx, a.ID, keywright.Page{Limit: 9}) },
				"everyone's":    func() ([]keywright.Event, error) { return s.Store.AllEvents(s.ctx, keywright.Page{Limit: 9}) },
			} {
				events, err := list()
				if err != nil || len(events) != 2 {
					s.Fatalf("%s: got %d, %v", what, len(events), err)
				}
				want(s, what+" last event", keywright.Receipt{})(events[0].Receipt, nil)
				want(s, what+" first event", r)(events[1].Receipt, nil)
			}
		}},
	}
}

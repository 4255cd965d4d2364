package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/keywright/keywright"
)

// newRequest is a request for a key, not yet inserted.
func newRequest(account keywright.Account, id string) keywright.KeyRequest {
	return keywright.KeyRequest{
		ID: keywright.KeyRequestID("req_" + id), Account: account.ID, By: keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "Zoë 🚀"},
		Description: "nächtlicher Export " + id, Version: "v2", Wanted: keywright.Reach{Scopes: []string{"incidents:*", "users:read"}, Days: 30},
		Created: instant(0), Reached: keywright.RequestOpen,
	}
}

// newSupport is what a member asks, not yet inserted.
func newSupport(account keywright.Account, id string) keywright.SupportRequest {
	return keywright.SupportRequest{
		ID: keywright.SupportID("sup_" + id), Account: account.ID, By: keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "Zoë 🚀"},
		Page: "using-a-key", Text: "Wohin damit?\n<b>\"Dorthin\"</b> " + id, Signed: "Zoë", Created: instant(0),
	}
}

func (s *test) request(r keywright.KeyRequest) keywright.KeyRequest {
	s.Helper()
	s.write(func(tx keywright.Tx) error { return tx.InsertKeyRequest(s.ctx, r) })
	return r
}

func (s *test) support(r keywright.SupportRequest) keywright.SupportRequest {
	s.Helper()
	s.write(func(tx keywright.Tx) error { return tx.InsertSupportRequest(s.ctx, r) })
	return r
}

// approve is a request as it is once approved.
func approve(r keywright.KeyRequest, ms int) keywright.KeyRequest {
	r.Reached, r.Granted, r.Decided, r.DecidedBy = keywright.RequestApproved, keywright.Reach{Scopes: []string{"users:read"}, Days: 7}, instant(ms), revoker()
	return r
}

func requestCursor(r keywright.KeyRequest) keywright.Cursor {
	return keywright.Cursor{At: r.Created, ID: string(r.ID)}
}

func supportCursor(r keywright.SupportRequest) keywright.Cursor {
	return keywright.Cursor{At: r.Created, ID: string(r.ID)}
}

func requestCases() []testCase {
	return []testCase{
		{"F19: a request for a key is answered as it was inserted, decided and ended, each once", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			r := s.request(newRequest(a, "1"))
			want(s, "inserted", r)(s.Store.KeyRequest(s.ctx, a.ID, r.ID))
			_, err := s.Store.KeyRequest(s.ctx, b.ID, r.ID)
			s.wantError("in another account", err, keywright.ErrNotFound)
			s.wantConflict("again", s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertKeyRequest(s.ctx, r) }), "id")
			decide := func(r keywright.KeyRequest) error {
				return s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.DecideKeyRequest(s.ctx, r) })
			}
			end := func(r keywright.KeyRequest) error {
				return s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.EndKeyRequest(s.ctx, r) })
			}
			r = approve(r, 5)
			s.wantError("decide", decide(r), nil)
			want(s, "decided", r)(s.Store.KeyRequest(s.ctx, a.ID, r.ID))
			s.wantError("decide again", decide(approve(r, 6)), keywright.ErrNotFound)
			r.Reached, r.Ended, r.Key = keywright.RequestCollected, instant(7), "key_1"
			s.wantError("end", end(r), nil)
			want(s, "ended", r)(s.Store.KeyRequest(s.ctx, a.ID, r.ID))
			later := r
			later.Reached, later.Ended = keywright.RequestWithdrawn, instant(8)
			s.wantError("end again", end(later), keywright.ErrNotFound)
			declined := s.request(newRequest(a, "2"))
			declined.Reached, declined.Why, declined.Decided, declined.DecidedBy = keywright.RequestDeclined, "not „now“", instant(9), revoker()
			s.wantError("decline", decide(declined), nil)
			s.wantError("end a declined one", end(later), keywright.ErrNotFound)
			want(s, "declined", declined)(s.Store.KeyRequest(s.ctx, a.ID, declined.ID))
		}},
		{"F19: requests are listed newest first and, within a millisecond, by the bytes of their ids: all, a member's, the open", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			s.request(newRequest(b, "theirs"))
			var all, mine, open []keywright.KeyRequest
			for ms := range 2 {
				for i, id := range ordered() {
					r := newRequest(a, fmt.Sprint(ms, id))
					r.Created = instant(ms)
					if i%2 == 0 {
						r.By.ID = "mem_2"
					}
					s.request(r)
					if i%3 == 0 {
						r = approve(r, 5)
						s.write(func(tx keywright.Tx) error { return tx.DecideKeyRequest(s.ctx, r) })
					} else if ms == 1 {
						open = append(open, r)
					}
					if all = append(all, r); r.By.ID == "mem_2" {
						mine = append(mine, r)
					}
				}
			}
			slices.Reverse(all)
			slices.Reverse(mine)
			slices.Reverse(open)
			ofMine := slices.DeleteFunc(slices.Clone(open), func(r keywright.KeyRequest) bool { return r.By.ID != "mem_2" })
			for _, limit := range []int{1, 5, 200} {
				pages := fmt.Sprintf(" in pages of %d", limit)
				want(s, "all"+pages, all)(walk(s, limit, func(p keywright.Page) ([]keywright.KeyRequest, error) { return s.Store.KeyRequests(s.ctx, a.ID, p) }, requestCursor), nil)
				want(s, "a member's"+pages, mine)(walk(s, limit, func(p keywright.Page) ([]keywright.KeyRequest, error) {
					return s.Store.KeyRequestsOf(s.ctx, a.ID, "mem_2", p)
				}, requestCursor), nil)
				for member, wanted := range map[keywright.MemberID][]keywright.KeyRequest{"": open, "mem_2": ofMine} {
					want(s, "the open since then of "+string(member)+pages, wanted)(walk(s, limit, func(p keywright.Page) ([]keywright.KeyRequest, error) {
						return s.Store.OpenKeyRequests(s.ctx, a.ID, member, instant(0), p)
					}, requestCursor), nil)
				}
			}
		}},
		{"F21: what a member asks is answered as it was inserted, changed and seen", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			r := s.support(newSupport(a, "1"))
			want(s, "the member's", []keywright.SupportRequest{r})(s.Store.SupportRequestsOf(s.ctx, a.ID, "mem_1", keywright.Page{Limit: 10}))
			want(s, "in another account", []keywright.SupportRequest{})(s.Store.SupportRequestsOf(s.ctx, b.ID, "mem_1", keywright.Page{Limit: 10}))
			r.Slug = "acme"
			want(s, "the operator's", r)(s.Store.SupportRequest(s.ctx, r.ID))
			want(s, "open", []keywright.SupportRequest{r})(s.Store.SupportRequests(s.ctx, "", true, keywright.Page{Limit: 10}))
			s.wantConflict("again", s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertSupportRequest(s.ctx, r) }), "id")
			r.Answer, r.AnsweredBy, r.Answered, r.Published = "Dorthin:\n\tin den Kopf.", "Kim 🙂", instant(5), instant(6)
			s.write(func(tx keywright.Tx) error { return tx.ChangeSupportRequest(s.ctx, r) })
			want(s, "answered", r)(s.Store.SupportRequest(s.ctx, r.ID))
			want(s, "open then", []keywright.SupportRequest{})(s.Store.SupportRequests(s.ctx, "", true, keywright.Page{Limit: 10}))
			before := s.revision()
			s.wantError("another has seen it", s.Store.SeeAnswers(s.ctx, b.ID, "mem_1", instant(7)), nil)
			s.wantError("he has seen it", s.Store.SeeAnswers(s.ctx, a.ID, "mem_1", instant(8)), nil)
			s.wantError("and again", s.Store.SeeAnswers(s.ctx, a.ID, "mem_1", instant(9)), nil)
			r.Seen = instant(8)
			want(s, "seen", r)(s.Store.SupportRequest(s.ctx, r.ID))
			want(s, "the revision", before)(s.revision(), nil)
			r.ID = "sup_none"
			s.wantError("one that is not there", s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.ChangeSupportRequest(s.ctx, r) }), keywright.ErrNotFound)
		}},
		{"F21: questions are listed for the operator and, where they are published, under their page", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			var all, published, others []keywright.SupportRequest
			for i, id := range ordered() {
				r := newSupport([]keywright.Account{a, b}[i%2], id)
				s.support(r)
				if i%3 == 0 {
					r.Answer, r.Answered, r.Published = "ja", instant(5), instant(6)
					s.write(func(tx keywright.Tx) error { return tx.ChangeSupportRequest(s.ctx, r) })
					published = append(published, r)
				}
				r.Slug = []string{"acme", "other"}[i%2]
				if all = append(all, r); i%2 == 1 {
					others = append(others, r)
				}
			}
			elsewhere := newSupport(a, "elsewhere")
			elsewhere.Page, elsewhere.Created = "if-a-key-leaks", instant(-1)
			s.support(elsewhere)
			slices.Reverse(all)
			slices.Reverse(published)
			slices.Reverse(others)
			elsewhere.Slug = "acme"
			all = append(all, elsewhere)
			for _, limit := range []int{1, 5, 200} {
				pages := fmt.Sprintf(" in pages of %d", limit)
				for account, wanted := range map[keywright.AccountID][]keywright.SupportRequest{"": all, b.ID: others} {
					want(s, "of "+string(account)+pages, wanted)(walk(s, limit, func(p keywright.Page) ([]keywright.SupportRequest, error) {
						return s.Store.SupportRequests(s.ctx, account, false, p)
					}, supportCursor), nil)
				}
				want(s, "published"+pages, published)(walk(s, limit, func(p keywright.Page) ([]keywright.SupportRequest, error) {
					return s.Store.PublishedSupport(s.ctx, "using-a-key", p)
				}, supportCursor), nil)
			}
		}},
		{"what waits for a member is counted, as long as it waits", func(s *test) {
			a := s.account("acme")
			waiting := func(member keywright.MemberID, at time.Time) keywright.Waiting {
				s.Helper()
				w, err := s.Store.Waiting(s.ctx, a.ID, member, at)
				s.wantError("count", err, nil)
				return w
			}
			for i := range 3 {
				s.request(newRequest(a, fmt.Sprint(i)))
			}
			s.write(func(tx keywright.Tx) error { return tx.DecideKeyRequest(s.ctx, approve(newRequest(a, "0"), 0)) })
			answered := s.support(newSupport(a, "1"))
			answered.Answer, answered.Answered = "ja", instant(1)
			s.write(func(tx keywright.Tx) error { return tx.ChangeSupportRequest(s.ctx, answered) })
			s.support(newSupport(a, "2"))
			want(s, "for him", keywright.Waiting{Decide: 2, Collect: 1, Answers: 1})(waiting("mem_1", instant(5)), nil)
			want(s, "for another", keywright.Waiting{Decide: 2})(waiting("mem_2", instant(5)), nil)
			want(s, "in 7 days", keywright.Waiting{Decide: 2, Answers: 1})(waiting("mem_1", instant(0).Add(keywright.CollectLife)), nil)
			want(s, "in 30 days", keywright.Waiting{Answers: 1})(waiting("mem_1", instant(0).Add(keywright.RequestLife)), nil)
			s.wantError("see", s.Store.SeeAnswers(s.ctx, a.ID, "mem_1", instant(6)), nil)
			want(s, "once it was seen", keywright.Waiting{Decide: 2, Collect: 1})(waiting("mem_1", instant(6)), nil)
		}},
		{"what was asked and decided can't be changed beside the store", func(s *test) {
			a := s.account("acme")
			open, decided, ended := s.request(newRequest(a, "1")), approve(s.request(newRequest(a, "2")), 5), approve(s.request(newRequest(a, "3")), 5)
			ended.Reached, ended.Ended, ended.Key = keywright.RequestCollected, instant(6), "key_1"
			support := s.support(newSupport(a, "1"))
			s.write(func(tx keywright.Tx) error {
				return errors.Join(tx.DecideKeyRequest(s.ctx, decided), tx.DecideKeyRequest(s.ctx, approve(ended, 5)), tx.EndKeyRequest(s.ctx, ended))
			})
			for _, statement := range []string{
				"UPDATE key_requests SET scopes = '*'",
				"UPDATE key_requests SET days = 0",
				"UPDATE key_requests SET member_id = 'mem_2'",
				"UPDATE key_requests SET description = 'x'",
				"UPDATE key_requests SET created_at = 0",
				"UPDATE key_requests SET granted_scopes = '*' WHERE id = 'req_2'",
				"UPDATE key_requests SET granted_days = 0 WHERE id = 'req_2'",
				"UPDATE key_requests SET decided_at = 0 WHERE id = 'req_2'",
				"UPDATE key_requests SET decided_by_id = 'mem_2' WHERE id = 'req_2'",
				"UPDATE key_requests SET reached = 'approved' WHERE id = 'req_3'",
				"UPDATE key_requests SET key_id = '' WHERE id = 'req_3'",
				"DELETE FROM key_requests",
				"UPDATE support_requests SET text = 'x'",
				"UPDATE support_requests SET signed = 'x'",
				"UPDATE support_requests SET member_id = 'mem_2'",
				"DELETE FROM support_requests",
			} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err == nil {
					s.Errorf("it ran: %s", statement)
				}
			}
			want(s, "the requests", []keywright.KeyRequest{ended, decided, open})(s.Store.KeyRequests(s.ctx, a.ID, keywright.Page{Limit: 10}))
			want(s, "what was asked", []keywright.SupportRequest{support})(s.Store.SupportRequestsOf(s.ctx, a.ID, "mem_1", keywright.Page{Limit: 10}))
		}},
	}
}

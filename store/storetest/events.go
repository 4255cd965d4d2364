package storetest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/keywright/keywright"
)

func (s *test) append(events ...keywright.Event) {
	s.Helper()
	s.write(func(tx keywright.Tx) error {
		for _, e := range events {
			if err := tx.Append(s.ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *test) events(account keywright.Account) []keywright.Event {
	s.Helper()
	return walk(s, 7, func(p keywright.Page) ([]keywright.Event, error) { return s.Store.Events(s.ctx, account.ID, p) },
		func(e keywright.Event) keywright.Cursor {
			return keywright.Cursor{At: e.At, ID: strconv.FormatInt(e.Sequence, 10)}
		})
}

func eventCases() []testCase {
	return []testCase{
		{"an event is answered as it was appended, with its number", func(s *test) {
			a := s.account("acme")
			e := newEvent(a, "1")
			e.Details = map[string]string{"why": "leaked: \"x\" <&> 🔑", "from": ""}
			plain := newEvent(a, "2")
			s.append(e, plain)
			e.Sequence, plain.Sequence = 1, 2
			want(s, "events", []keywright.Event{plain, e})(s.Store.Events(s.ctx, a.ID, keywright.Page{Limit: 10}))
		}},
		{"events are numbered over all accounts in the order of their commits, without a gap", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			failure := errors.New("change my mind")
			var writers sync.WaitGroup
			for w := range 8 {
				writers.Go(func() {
					for i := range 10 {
						err := s.Store.Write(s.ctx, func(tx keywright.Tx) error {
							e := newEvent([]keywright.Account{a, b}[w%2], fmt.Sprint(w, "_", i))
							e.At = instant(-i) // whatever the clock does
							if err := tx.Append(s.ctx, e); err != nil {
								return err
							}
							if i%3 == 2 {
								return failure
							}
							return nil
						})
						if err != nil && !errors.Is(err, failure) {
							s.Error(err)
						}
					}
				})
			}
			writers.Wait()
			all := append(s.events(a), s.events(b)...)
			slices.SortFunc(all, func(x, y keywright.Event) int { return int(x.Sequence - y.Sequence) })
			if len(all) != 8*7 {
				s.Errorf("got %d events, want 56", len(all))
			}
			for i, e := range all {
				if e.Sequence != int64(i+1) {
					s.Fatalf("event %d has the number %d", i+1, e.Sequence)
				}
			}
		}},
		{"events are listed newest first, within their account", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			for i := range 20 {
				s.append(newEvent(a, fmt.Sprint("a", i)), newEvent(b, fmt.Sprint("b", i)))
			}
			got := s.events(a)
			if len(got) != 20 {
				s.Fatalf("got %d events, want 20", len(got))
			}
			for i, e := range got {
				if e.Account != a.ID || e.Sequence != int64(2*(20-i)-1) {
					s.Fatalf("event %d: got number %d of %s", i, e.Sequence, e.Account)
				}
			}
		}},
		{"a cursor that is no number is invalid, and one of another list does no harm", func(s *test) {
			a := s.account("acme")
			s.append(newEvent(a, "1"))
			for _, id := range []string{"key_1", "1x", " 1", "", "0", "-1", "9223372036854775808", "0x1"} {
				_, err := s.Store.Events(s.ctx, a.ID, keywright.Page{After: keywright.Cursor{At: instant(0), ID: id}, Limit: 10})
				var invalid *keywright.InvalidError
				if !errors.As(err, &invalid) || invalid.Field != "cursor" {
					s.Errorf("%q: got error %v, want an invalid cursor", id, err)
				}
			}
			last := keywright.Cursor{ID: strconv.FormatInt(math.MaxInt64, 10)}
			if events, err := s.Store.Events(s.ctx, a.ID, keywright.Page{After: last, Limit: 10}); err != nil || len(events) != 1 {
				s.Errorf("after the largest number: got %d events, %v; want 1", len(events), err)
			}
		}},
		{"an event carries the revision of its transaction", func(s *test) {
			a := s.account("acme")
			before := s.number("SELECT revision FROM clock")
			s.append(newEvent(a, "1"), newEvent(a, "2"))
			s.append(newEvent(a, "3"))
			for id, after := range map[string]int64{"aud_1": 1, "aud_2": 1, "aud_3": 2} {
				if got := s.number("SELECT revision FROM events WHERE id = '" + id + "'"); got != before+after {
					s.Errorf("%s: got revision %d, want %d", id, got, before+after)
				}
			}
		}},
		{"an event's id is taken once", func(s *test) {
			a := s.account("acme")
			s.append(newEvent(a, "1"))
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.Append(s.ctx, newEvent(a, "1")) })
			s.wantConflict("again", err, "id")
		}},
	}
}

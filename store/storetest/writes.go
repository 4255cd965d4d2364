package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/keywright/keywright"
)

// everything writes a row to each table that a change can reach.
func everything(s *test, tx keywright.Tx) error {
	a := keywright.Account{ID: "acct_new", Slug: "new", Created: instant(0)}
	k, seal := newKey(a, "new")
	return errors.Join(
		tx.InsertAccount(s.ctx, a),
		tx.InsertMember(s.ctx, keywright.Member{ID: "mem_new", Account: a.ID, Email: "new@acme.example", Created: instant(0)}),
		tx.SetPasswordHash(s.ctx, "new@acme.example", "hash", instant(0)),
		tx.InsertLink(s.ctx, keywright.Link{Hash: make([]byte, 32), Expires: instant(0)}),
		tx.InsertKey(s.ctx, k, seal, "once"),
		tx.KeepAnswer(s.ctx, newAnswer(1)),
		tx.Append(s.ctx, newEvent(a, "new")),
	)
}

// wantNothing fails if anything of everything is there.
func (s *test) wantNothing(what string, revision, sequence int64) {
	s.Helper()
	for _, table := range []string{"accounts", "members", "passwords", "links", "keys", "seals", "answers", "events"} {
		if n := s.number("SELECT COUNT(*) FROM " + table); n != 0 {
			s.Errorf("%s: %d rows in %s, want none", what, n, table)
		}
	}
	s.wantClock(what, revision, sequence)
}

func (s *test) wantClock(what string, revision, sequence int64) {
	s.Helper()
	gotRevision, gotSequence := s.number("SELECT revision FROM clock"), s.number("SELECT sequence FROM clock")
	if gotRevision != revision || gotSequence != sequence {
		s.Errorf("%s: got revision %d and sequence %d, want %d and %d", what, gotRevision, gotSequence, revision, sequence)
	}
}

func writeCases() []testCase {
	return []testCase{
		{"a change that fails leaves nothing, and can be tried again as it is", func(s *test) {
			failure := errors.New("not yet")
			first := true
			change := func(tx keywright.Tx) error {
				if err := everything(s, tx); err != nil || !first {
					return err
				}
				first = false
				return failure
			}
			s.wantError("first", s.Store.Write(s.ctx, change), failure)
			s.wantNothing("after a failure", 0, 0)
			s.wantError("second", s.Store.Write(s.ctx, change), nil)
			s.wantClock("after a success", 1, 1)
			want(s, "event", int64(1))(s.number("SELECT sequence FROM events WHERE id = 'aud_new'"), nil)
		}},
		{"a change that panics leaves nothing and keeps nobody from writing", func(s *test) {
			func() {
				defer func() {
					if recover() == nil {
						s.Error("the panic did not arrive")
					}
				}()
				_ = s.Store.Write(s.ctx, func(tx keywright.Tx) error { panic(everything(s, tx) == nil) })
			}()
			s.wantNothing("after a panic", 0, 0)
			s.account("acme")
		}},
		{"a change sees what it wrote, and nobody else does before its commit", func(s *test) {
			s.write(func(tx keywright.Tx) error {
				if err := everything(s, tx); err != nil {
					return err
				}
				if _, err := tx.Sealed(s.ctx, "key_new"); err != nil {
					s.Errorf("inside: %v", err)
				}
				_, err := s.Store.Sealed(s.ctx, "key_new")
				s.wantError("outside", err, keywright.ErrNotFound)
				return nil
			})
			_, err := s.Store.Sealed(s.ctx, "key_new")
			s.wantError("after the commit", err, nil)
		}},
		{"a change that writes nothing takes no revision", func(s *test) {
			s.write(func(tx keywright.Tx) error {
				_, err := tx.Accounts(s.ctx, keywright.Page{Limit: 1})
				return err
			})
			s.wantClock("after a look", 0, 0)
		}},
		{"a failed statement that is passed over commits nothing", func(s *test) {
			a := s.account("acme")
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error {
				if err := tx.SetPlan(s.ctx, a.ID, "lite"); err != nil {
					return err
				}
				s.wantConflict("the same slug", tx.InsertAccount(s.ctx, keywright.Account{ID: "acct_2", Slug: a.Slug}), "slug")
				if err := tx.SetPlan(s.ctx, a.ID, "basic"); err == nil {
					s.Error("a statement ran after one that failed")
				}
				if _, err := tx.Account(s.ctx, a.ID); err == nil || errors.Is(err, keywright.ErrNotFound) {
					s.Errorf("a query after a failed statement: got error %v", err)
				}
				return nil
			})
			if err == nil {
				s.Error("the write succeeded")
			}
			want(s, "the account", a)(s.Store.Account(s.ctx, a.ID))
		}},
		{"a key that is not there does not stop a change", func(s *test) {
			s.write(func(tx keywright.Tx) error {
				_, err := tx.AccountBySlug(s.ctx, "new")
				s.wantError("before", err, keywright.ErrNotFound)
				s.wantError("a link that was never made", tx.SpendLink(s.ctx, make([]byte, 32), instant(0)), keywright.ErrLinkSpent)
				return everything(s, tx)
			})
			s.wantClock("after", 1, 1)
		}},
		{"writers at once lose nothing", func(s *test) {
			a := s.account("acme")
			var writers sync.WaitGroup
			for w := range 8 {
				writers.Go(func() {
					for i := range 10 {
						k, seal := newKey(a, fmt.Sprint(w, "_", i))
						err := s.Store.Write(s.ctx, func(tx keywright.Tx) error {
							if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
								return err
							}
							return tx.Append(s.ctx, newEvent(a, string(k.ID)))
						})
						if err != nil {
							s.Error(err)
						}
						if _, err := s.Store.Sealed(s.ctx, k.ID); err != nil {
							s.Errorf("right after it was issued: %v", err)
						}
					}
				})
			}
			writers.Wait()
			a.ActiveKeys = 80
			want(s, "the account", a)(s.Store.Account(s.ctx, a.ID))
			s.wantClock("after", 81, 80)
		}},
		{"an ended context writes and reads nothing", func(s *test) {
			ctx, end := context.WithCancel(s.ctx)
			end()
			for range 20 { // a store could look at the context by chance
				err := s.Store.Write(ctx, func(keywright.Tx) error {
					s.Error("the change ran")
					return nil
				})
				s.wantError("write", err, context.Canceled)
			}
			_, err := s.Store.Account(ctx, "acct_acme")
			s.wantError("read", err, context.Canceled)
			s.wantError("save last used", s.Store.SaveLastUsed(ctx, lastUsed("key_1", 1)), context.Canceled)
		}},
		{"a context that ends during a change leaves it whole", func(s *test) {
			ctx, end := context.WithCancel(s.ctx)
			err := s.Store.Write(ctx, func(tx keywright.Tx) error {
				if err := tx.InsertAccount(ctx, keywright.Account{ID: "acct_1", Slug: "one", Created: instant(0)}); err != nil {
					return err
				}
				end()
				if _, err := tx.Account(ctx, "acct_1"); err != nil {
					return err
				}
				return tx.InsertAccount(ctx, keywright.Account{ID: "acct_2", Slug: "two", Created: instant(0)})
			})
			s.wantError("write", err, nil)
			want(s, "accounts", int64(2))(s.number("SELECT COUNT(*) FROM accounts"), nil)
		}},
		{"who waits to write gives up when his context ends", func(s *test) {
			ctx, end := context.WithCancel(s.ctx)
			defer end()
			s.write(func(keywright.Tx) error {
				waiting := make(chan error)
				go func() {
					waiting <- s.Store.Write(ctx, func(keywright.Tx) error {
						s.Error("two changes ran at once")
						return nil
					})
				}()
				end()
				s.wantError("the one who waited", <-waiting, context.Canceled)
				return nil
			})
		}},
		{"it answers that it is well", func(s *test) {
			s.wantError("ping", s.Store.Ping(s.ctx), nil)
		}},
	}
}

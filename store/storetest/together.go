package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/keywright/keywright"
)

// waiting is a context that tells when someone begins to wait by it.
type waiting struct {
	context.Context
	once  sync.Once
	begun chan struct{}
}

func (w *waiting) Done() <-chan struct{} {
	w.once.Do(func() { close(w.begun) })
	return w.Context.Done()
}

// Together begins writes while another one has the turn, each when those before it wait, and answers
// what they answered: they are done together.
func Together(ctx context.Context, s keywright.Store, changes ...func(tx keywright.Tx) error) []error {
	errs := make([]error, len(changes))
	var all sync.WaitGroup
	enough := errors.New("all wait")
	if err := s.Write(ctx, func(keywright.Tx) error {
		for i, change := range changes {
			w := &waiting{Context: ctx, begun: make(chan struct{})}
			all.Go(func() { errs[i] = s.Write(w, change) })
			<-w.begun
		}
		return enough
	}); !errors.Is(err, enough) {
		panic(err)
	}
	all.Wait()
	return errs
}

func togetherCases() []testCase {
	inserts := func(s *test, slug string) func(keywright.Tx) error {
		return func(tx keywright.Tx) error {
			return tx.InsertAccount(s.ctx, keywright.Account{ID: keywright.AccountID("acct_" + slug), Slug: slug, Created: instant(0)})
		}
	}
	failure := errors.New("change my mind")
	return []testCase{
		{"changes that wait share a commit, and each has a revision", func(s *test) {
			heard := s.heard()
			errs := Together(s.ctx, s.Store, inserts(s, "a"), func(tx keywright.Tx) error {
				_, outside := s.Store.Account(s.ctx, "acct_a")
				s.wantError("the first one, from outside", outside, keywright.ErrNotFound)
				_, inside := tx.Account(s.ctx, "acct_a")
				return errors.Join(inside, inserts(s, "b")(tx))
			}, func(tx keywright.Tx) error {
				_, err := tx.Account(s.ctx, "acct_b")
				want(s, "the revision that the third one would take", uint64(3))(tx.Revision(), nil)
				return err
			}, inserts(s, "c"))
			s.wantError("any", errors.Join(errs...), nil)
			s.wantClock("after", 3, 0)
			want(s, "heard", 3)(len(*heard), nil)
			for i, c := range *heard {
				want(s, "heard", uint64(i+1))(c.Revision, nil)
			}
		}},
		{"one that fails is undone alone", func(s *test) {
			errs := Together(s.ctx, s.Store, inserts(s, "a"),
				func(tx keywright.Tx) error { return errors.Join(inserts(s, "b")(tx), failure) },
				func(tx keywright.Tx) error {
					return tx.InsertAccount(s.ctx, keywright.Account{ID: "acct_2", Slug: "a"})
				},
				func(tx keywright.Tx) error { _ = inserts(s, "a")(tx); return nil },
				inserts(s, "c"))
			s.wantError("first", errs[0], nil)
			s.wantError("one that changes its mind", errs[1], failure)
			s.wantConflict("one whose statement fails", errs[2], "slug")
			if errs[3] == nil {
				s.Error("a failed statement was passed over")
			}
			s.wantError("last", errs[4], nil)
			s.wantClock("after", 2, 0)
			want(s, "accounts", int64(2))(s.number("SELECT COUNT(*) FROM accounts"), nil)
		}},
		{"one that panics does so where it was asked for, and the others go on", func(s *test) {
			panicked := false
			errs := Together(s.ctx, s.Store, inserts(s, "a"), inserts(s, "b"))
			s.wantError("before", errors.Join(errs...), nil)
			var all sync.WaitGroup
			s.write(func(keywright.Tx) error {
				w := &waiting{Context: s.ctx, begun: make(chan struct{})}
				all.Go(func() {
					defer func() { panicked = recover() != nil }()
					_ = s.Store.Write(w, func(tx keywright.Tx) error { panic(inserts(s, "c")(tx) == nil) })
				})
				<-w.begun
				after := &waiting{Context: s.ctx, begun: make(chan struct{})}
				all.Go(func() { s.wantError("after it", s.Store.Write(after, inserts(s, "d")), nil) })
				<-after.begun
				return nil
			})
			all.Wait()
			want(s, "panicked", true)(panicked, nil)
			s.wantClock("after", 3, 0)
		}},
		{"the end of one's context is nothing to the others", func(s *test) {
			ctx, end := context.WithCancel(s.ctx)
			late, endLate := context.WithCancel(s.ctx)
			var all sync.WaitGroup
			s.write(func(keywright.Tx) error {
				for i, one := range []context.Context{ctx, s.ctx, late} {
					w := &waiting{Context: one, begun: make(chan struct{})}
					all.Go(func() {
						err := s.Store.Write(w, func(tx keywright.Tx) error {
							endLate()
							return inserts(s, fmt.Sprint("a", i))(tx)
						})
						wanted := error(nil)
						if i == 0 {
							wanted = context.Canceled
						}
						if i < 2 { // the last one had begun, or had not
							s.wantError(fmt.Sprint("write ", i), err, wanted)
						}
					})
					<-w.begun
				}
				end()
				return nil
			})
			all.Wait()
			if _, err := s.Store.Account(s.ctx, "acct_a0"); !errors.Is(err, keywright.ErrNotFound) {
				s.Errorf("the one whose context had ended: got error %v", err)
			}
		}},
		{"of any writers at once, those that were answered stand and no others", func(s *test) {
			a := s.account("acme")
			heard := s.heard()
			before := s.revision()
			var written atomic.Int64
			var all sync.WaitGroup
			for w := range 16 {
				all.Go(func() {
					for i := range 12 {
						s.oneOfMany(a, fmt.Sprint(w, "_", i), (5*w+i)%6, &written)
					}
				})
			}
			all.Wait()
			a.ActiveKeys = int(written.Load())
			want(s, "the account", a)(s.Store.Account(s.ctx, a.ID))
			want(s, "keys", written.Load())(s.number("SELECT COUNT(*) FROM keys"), nil)
			s.wantClock("after", int64(before)+written.Load(), written.Load())
			want(s, "heard", int(written.Load()))(len(*heard), nil)
			for i, c := range *heard {
				want(s, "heard", before+uint64(i))(c.Since, nil)
				want(s, "heard", before+uint64(i)+1)(c.Revision, nil)
			}
		}},
	}
}

// oneOfMany issues a key and looks whether it is there as it was answered. Most ways lead to a failure.
func (s *test) oneOfMany(a keywright.Account, id string, way int, written *atomic.Int64) {
	k, seal := newKey(a, id)
	failure := errors.New("change my mind")
	ctx, end := context.WithCancel(s.ctx)
	defer end()
	defer func() {
		if panicked := recover(); (panicked != nil) != (way == 3) {
			s.Errorf("way %d: panicked with %v", way, panicked)
		}
		_, err := s.Store.Sealed(s.ctx, k.ID)
		if stands := way < 2; stands != (err == nil) {
			s.Errorf("way %d: %s: got error %v", way, k.ID, err)
		}
	}()
	err := s.Store.Write(ctx, func(tx keywright.Tx) error {
		if err := errors.Join(tx.InsertKey(s.ctx, k, seal, ""), tx.Append(s.ctx, newEvent(a, id))); err != nil {
			return err
		}
		switch way {
		case 1:
			end()
		case 2:
			return failure
		case 3:
			panic("in the middle of it")
		case 4:
			return tx.InsertAccount(s.ctx, a)
		case 5:
			_ = tx.InsertAccount(s.ctx, a)
		}
		return nil
	})
	if (err == nil) != (way < 2) {
		s.Errorf("way %d: got error %v", way, err)
	}
	if err == nil {
		written.Add(1)
	}
}

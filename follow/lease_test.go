package follow_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

// running is a follower that polls, in a bubble of its own time, and a key that it knows. It
// hears of no commits: it is as good as in another process.
func running(t *testing.T, o follow.Options, test func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string)) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t)
		id, text := h.issue(t)
		start := time.Now()
		o.Clock = func() time.Duration { return time.Since(start) }
		f := h.follower(o)
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			f.Run(ctx)
		}()
		synctest.Wait()
		wantCode(t, f, "at first", text, keyset.Valid)
		test(t, h, f, id, text)
		end()
		<-ended
	})
}

// pass lets time go by, and everything happen that happens meanwhile.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (l *line) sever(cut bool) { l.set(func(l *line) { l.cut = cut }) }

func TestKeysVerifyForAsLongAsPollsSucceed(t *testing.T) {
	running(t, follow.Options{}, func(t *testing.T, _ *house, f *follow.Follower, _ keywright.KeyID, text string) {
		for range 100 {
			pass(time.Minute + 999*time.Millisecond)
			v := verdict(f, text)
			if v.Code != keyset.Valid || v.Overdue || v.Age > time.Second {
				t.Fatalf("got %s, overdue %v, of an age of %s", v.Code, v.Overdue, v.Age)
			}
		}
	})
}

func TestLeaseEndsTheBoundAfterTheLastPollThatSucceeded(t *testing.T) {
	for bound, o := range map[time.Duration]follow.Options{
		30 * time.Second:  {},
		7 * time.Second:   {Bound: 7 * time.Second, Poll: 2 * time.Second},
		time.Second:       {Bound: time.Nanosecond},
		300 * time.Second: {Bound: time.Hour, Poll: time.Hour},
	} {
		running(t, o, func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string) {
			pass(10 * bound)
			h.line.sever(true)
			h.revoke(t, id)
			age := verdict(f, text).Age
			if age > bound/3 {
				t.Errorf("bound %s: the last poll was %s ago", bound, age)
			}
			pass(bound - age - 1)
			wantCode(t, f, "a moment before", text, keyset.Valid)
			pass(1)
			wantCode(t, f, "at the bound", text, keyset.Stale)
			pass(24 * time.Hour)
			wantCode(t, f, "a day after", text, keyset.Stale)
			h.line.sever(false)
			pass(bound / 3)
			wantCode(t, f, "after the next poll", text, keyset.Revoked)
		})
	}
}

func TestReadySaysWhetherTheLeaseHasEnded(t *testing.T) {
	running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, _ keywright.KeyID, _ string) {
		wantReady(t, f, "at first", true, "1 keys at revision 2")
		h.line.sever(true)
		pass(29 * time.Second)
		wantReady(t, f, "after 29 s", true, "1 keys at revision 2")
		pass(11 * time.Second)
		wantReady(t, f, "after 40 s", false, "the last poll for changes that succeeded was 40s ago")
		h.line.sever(false)
		h.issue(t)
		pass(time.Second)
		wantReady(t, f, "after the next poll", true, "2 keys at revision 3")
	})
}

// What happened while the answer was on its way may not be in it: the lease begins when the
// question was asked.
func TestLeaseBeginsWhenThePollBegan(t *testing.T) {
	running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, _ keywright.KeyID, text string) {
		slow := func(d time.Duration) func(*line) {
			return func(l *line) {
				l.answered = func(c keywright.Changes) keywright.Changes {
					time.Sleep(d)
					l.sever(true)
					return c
				}
			}
		}
		h.line.set(slow(20 * time.Second))
		pass(21 * time.Second)
		if age := verdict(f, text).Age; age != 20*time.Second {
			t.Errorf("got an age of %s, want the 20 s that the answer took", age)
		}
		pass(10*time.Second - 1)
		wantCode(t, f, "a moment before", text, keyset.Valid)
		pass(1)
		wantCode(t, f, "at the bound", text, keyset.Stale)
		h.line.set(func(l *line) { l.cut = false; slow(31 * time.Second)(l) })
		pass(32 * time.Second)
		wantCode(t, f, "after an answer that took longer than the bound", text, keyset.Stale)
	})
}

// A poll that never answers is given up, and the next one is made.
func TestPollThatHangsIsGivenUp(t *testing.T) {
	running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, _ keywright.KeyID, text string) {
		f2 := follow.New(hanging{h.line}, h.keyring, h.rules, follow.Options{Clock: f.Uptime})
		if err := f2.Load(t.Context()); err == nil {
			t.Error("it loaded without an answer")
		}
		if got := f.Uptime(); got != 30*time.Second {
			t.Errorf("it took %s to give up, want the bound", got)
		}
		wantCode(t, f2, "not loaded", text, keyset.Stale)
	})
}

// hanging answers no question for changes.
type hanging struct{ *line }

func (hanging) ChangesSince(ctx context.Context, _ uint64, _ int) (keywright.Changes, error) {
	<-ctx.Done()
	return keywright.Changes{}, ctx.Err()
}

func TestPollAppliesWhatAnotherProcessChanged(t *testing.T) {
	running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string) {
		_, second := h.issue(t)
		wantCode(t, f, "issued, before the poll", second, keyset.Unknown)
		pass(time.Second)
		wantCode(t, f, "issued", second, keyset.Valid)
		h.setPlan(t, "lite")
		pass(time.Second)
		wantCode(t, f, "downgraded", second, keyset.PlanNotEntitled)
		h.setPlan(t, "basic")
		h.revoke(t, id)
		pass(time.Second)
		wantCode(t, f, "upgraded", second, keyset.Valid)
		wantCode(t, f, "revoked", text, keyset.Revoked)
		if got, err := h.store.Revision(t.Context()); f.Applied() != got || err != nil {
			t.Errorf("got revision %d, want %d, %v", f.Applied(), got, err)
		}
	})
}

func TestKeysAreLoadedAnewWhenTheLogDoesNotReachBack(t *testing.T) {
	for name, gap := range map[string]func(t *testing.T, h *house){
		"it was trimmed": func(t *testing.T, h *house) {
			if err := h.store.TrimChanges(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		},
		"changes are missing in an answer": func(_ *testing.T, h *house) {
			missing := uint64(1)
			h.line.set(func(l *line) {
				l.answered = func(c keywright.Changes) keywright.Changes {
					c.Since, missing = c.Since+missing, 0
					return c
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string) {
				h.revoke(t, id)
				_, second := h.issue(t)
				gap(t, h)
				pass(time.Second)
				wantCode(t, f, "revoked", text, keyset.Revoked)
				wantCode(t, f, "issued", second, keyset.Valid)
			})
		})
	}
}

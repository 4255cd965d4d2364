package follow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

func TestChangeOfThisProcessIsAppliedBeforeItsAnswer(t *testing.T) {
	h := build(t)
	f := h.loaded(t)
	for range 20 {
		id, text := h.issue(t)
		wantCode(t, f, "issued", text, keyset.Valid)
		h.setPlan(t, "lite")
		wantCode(t, f, "downgraded", text, keyset.PlanNotEntitled)
		h.setPlan(t, "basic")
		wantCode(t, f, "upgraded", text, keyset.Valid)
		h.revoke(t, id)
		wantCode(t, f, "revoked", text, keyset.Revoked)
	}
	if got, err := h.store.Revision(t.Context()); f.Applied() != got || err != nil {
		t.Errorf("got revision %d, want %d, %v", f.Applied(), got, err)
	}
}

func TestNewPolicyIsAppliedWithItsRevision(t *testing.T) {
	h := build(t)
	f := h.loaded(t)
	_, text := h.issue(t)
	before := f.Applied()
	next := *h.Policy()
	next.Plans = append(next.Plans[:0:0], next.Plans...)
	for i := range next.Plans {
		next.Plans[i].APIAccess = false
	}
	wantCode(t, f, "before", text, keyset.Valid)
	if _, _, err := h.Govern(t.Context(), keywright.Operator(""), &next); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f, "after", text, keyset.PlanNotEntitled)
	if f.Applied() != before+1 {
		t.Errorf("got revision %d, want %d", f.Applied(), before+1)
	}
}

// hearing is a follower that hears of commits as told says, and polls, in a bubble.
func hearing(t *testing.T, test func(t *testing.T, h *house, f *follow.Follower, told *func(*follow.Follower, keywright.Changes))) {
	running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, _ keywright.KeyID, _ string) {
		told := (*follow.Follower).Committed
		h.store.Follow(func(c keywright.Changes) { told(f, c) })
		test(t, h, f, &told)
	})
}

func TestCommitAfterOneThatWasNotHeardOfIsAppliedWithIt(t *testing.T) {
	hearing(t, func(t *testing.T, h *house, f *follow.Follower, told *func(*follow.Follower, keywright.Changes)) {
		id, text := h.issue(t)
		*told = func(*follow.Follower, keywright.Changes) {} // as if another process wrote
		h.revoke(t, id)
		wantCode(t, f, "revoked elsewhere", text, keyset.Valid)
		*told = (*follow.Follower).Committed
		_, second := h.issue(t)
		wantCode(t, f, "issued here", second, keyset.Valid)
		wantCode(t, f, "revoked elsewhere, before", text, keyset.Revoked)
	})
}

// Whatever keeps a change from being applied, its write is answered: from then on the keyset
// must not say what is no longer so.
func TestChangeThatIsNotAppliedEndsTheLeaseAtOnce(t *testing.T) {
	for name, fail := range map[string]func(h *house, told *func(*follow.Follower, keywright.Changes)){
		"one before it is missing, and the line is cut": func(h *house, told *func(*follow.Follower, keywright.Changes)) {
			*told = func(f *follow.Follower, c keywright.Changes) {
				h.line.sever(true)
				c.Since++
				f.Committed(c)
			}
		},
		"it panics": func(h *house, told *func(*follow.Follower, keywright.Changes)) {
			*told = func(f *follow.Follower, c keywright.Changes) {
				c.Policy.Since = c.Revision
				h.lost.Store(true)
				f.Committed(c)
			}
		},
		"a record cannot be": func(_ *house, told *func(*follow.Follower, keywright.Changes)) {
			*told = func(f *follow.Follower, c keywright.Changes) {
				c.Records = append(c.Records, keyset.Key{ID: "000000000one", Account: "acct_none"})
				f.Committed(c)
			}
		},
		"the log was trimmed meanwhile": func(h *house, told *func(*follow.Follower, keywright.Changes)) {
			*told = func(f *follow.Follower, c keywright.Changes) {
				h.line.set(func(l *line) {
					l.answered = func(c keywright.Changes) keywright.Changes {
						return keywright.Changes{Since: c.Since, Revision: c.Revision, Behind: true}
					}
				})
				c.Since++
				f.Committed(c)
				h.line.set(func(l *line) { l.answered = nil })
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			hearing(t, func(t *testing.T, h *house, f *follow.Follower, told *func(*follow.Follower, keywright.Changes)) {
				id, text := h.issue(t)
				_, second := h.issue(t)
				fail(h, told)
				h.revoke(t, id)
				// The follower was woken and may have loaded everything anew by now; what it may
				// not is to answer as if nothing had been committed.
				if got := verdict(f, text).Code; got != keyset.Stale && got != keyset.Revoked {
					t.Errorf("right after the answer: got %s, want stale, or revoked after a load", got)
				}
				*told = (*follow.Follower).Committed
				h.line.sever(false)
				pass(time.Second)
				wantCode(t, f, "after the next poll", text, keyset.Revoked)
				wantCode(t, f, "the other key", second, keyset.Valid)
				wantReady(t, f, "after the next poll", true, "3 keys at revision 5")
			})
		})
	}
}

// While a poll is on its way, a commit is not applied: the answer is older than the commit, and
// must not begin a lease.
func TestPollThatBeganBeforeAFailureBeginsNoLease(t *testing.T) {
	hearing(t, func(t *testing.T, h *house, f *follow.Follower, told *func(*follow.Follower, keywright.Changes)) {
		id, text := h.issue(t)
		asked, answer := make(chan struct{}), make(chan struct{})
		h.line.set(func(l *line) {
			l.answered = func(c keywright.Changes) keywright.Changes {
				close(asked)
				<-answer
				l.set(func(l *line) { l.cut, l.answered = true, nil })
				return c
			}
		})
		<-asked
		*told = func(f *follow.Follower, c keywright.Changes) {
			c.Records = []keyset.Change{keyset.Key{}}
			f.Committed(c)
		}
		h.revoke(t, id)
		wantCode(t, f, "revoked", text, keyset.Stale)
		close(answer)
		synctest.Wait()
		wantCode(t, f, "when the old answer has come", text, keyset.Stale)
		h.line.sever(false)
		pass(time.Second)
		wantCode(t, f, "when a new one has come", text, keyset.Revoked)
	})
}

// A poll reads, a commit is applied, and only then the poll's answer comes.
func TestOlderRecordsDoNotReplaceNewerOnes(t *testing.T) {
	hearing(t, func(t *testing.T, h *house, f *follow.Follower, told *func(*follow.Follower, keywright.Changes)) {
		*told = func(*follow.Follower, keywright.Changes) {} // so that the poll has something to tell
		id, text := h.issue(t)
		asked, answer := make(chan struct{}), make(chan struct{})
		h.line.set(func(l *line) {
			l.answered = func(c keywright.Changes) keywright.Changes {
				l.set(func(l *line) { l.answered = nil })
				close(asked)
				<-answer
				return c
			}
		})
		<-asked
		*told = (*follow.Follower).Committed
		h.revoke(t, id)
		wantCode(t, f, "revoked", text, keyset.Revoked)
		close(answer)
		synctest.Wait()
		wantCode(t, f, "when the old answer has come", text, keyset.Revoked)
	})
}

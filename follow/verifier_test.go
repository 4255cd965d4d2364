package follow_test

import (
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

// said is what a verdict says of itself: of when it is, and whether it could be given.
type said struct {
	Reason   keywright.Reason
	Revision uint64
	Age      time.Duration
}

// saying asks as the data plane does, over a follower that polls every second.
func saying(t *testing.T, o follow.Options, test func(t *testing.T, h *house, text string, wants func(what string, min uint64, want said))) {
	running(t, o, func(t *testing.T, h *house, f *follow.Follower, _ keywright.KeyID, text string) {
		v := keywright.NewVerifier(f.Set(), h.Policy, f.Uptime, keywright.Options{})
		test(t, h, text, func(what string, min uint64, want said) {
			t.Helper()
			got, err := v.Verify(t.Context(), keywright.Request{Text: text, MinRevision: min})
			if (said{got.Reason, got.Revision, got.Age}) != want || got.Valid != (want.Reason == "") || err != nil {
				t.Errorf("%s: got %q at revision %d, %s old, valid %t, %v; want %+v", what, got.Reason, got.Revision, got.Age, got.Valid, err, want)
			}
		})
	})
}

// Whoever has the answer to a write knows its revision, and never gets a verdict from before it.
func TestVerdictIsNeverOlderThanWhatIsAskedFor(t *testing.T) {
	saying(t, follow.Options{}, func(t *testing.T, h *house, _ string, wants func(string, uint64, said)) {
		wants("nothing has happened", 2, said{"", 2, 0})
		pass(300 * time.Millisecond)
		h.setPlan(t, "lite") // revision 3, by another process
		wants("whoever does not ask for it", 0, said{"", 2, 300 * time.Millisecond})
		wants("whoever asks for what is known", 2, said{"", 2, 300 * time.Millisecond})
		wants("whoever asks for it, before the poll", 3, said{keywright.Stale, 2, 300 * time.Millisecond})
		pass(700 * time.Millisecond)
		wants("after the poll", 3, said{keywright.PlanNotEntitled, 3, 0})
		wants("whoever asks for what there is not", 4, said{keywright.Stale, 3, 0})
	})
}

func TestVerdictSaysHowOldItIsUntilItIsStale(t *testing.T) {
	saying(t, follow.Options{}, func(t *testing.T, h *house, _ string, wants func(string, uint64, said)) {
		h.line.sever(true)
		h.setPlan(t, "lite")
		for age := time.Duration(0); age < 30*time.Second; age += 7 * time.Second {
			wants("cut off", 2, said{"", 2, age})
			pass(7 * time.Second)
		}
		wants("after the bound", 0, said{keywright.Stale, 2, 35 * time.Second})
		h.line.sever(false)
		pass(250 * time.Millisecond) // it tries more often while something is wrong
		wants("after the next poll", 3, said{keywright.PlanNotEntitled, 3, 0})
	})
}

// What serves stale keys says how old they are, and still gives nobody a verdict from before what
// he asks for.
func TestStaleVerdictThatIsServedSaysHowOldItIs(t *testing.T) {
	serve := follow.Options{Keyset: keyset.Options{ServeStale: true}}
	saying(t, serve, func(t *testing.T, h *house, _ string, wants func(string, uint64, said)) {
		h.line.sever(true)
		h.setPlan(t, "lite")
		pass(time.Hour)
		wants("after an hour", 2, said{"", 2, time.Hour})
		wants("whoever asks for a later revision", 3, said{keywright.Stale, 2, time.Hour})
		h.line.sever(false)
		pass(250 * time.Millisecond) // it tries more often while something is wrong
		wants("after the next poll", 3, said{keywright.PlanNotEntitled, 3, 0})
	})
}

// One who is behind the horizon loads everything anew, and goes on answering meanwhile.
func TestVerdictWhileKeysAreLoadedAnew(t *testing.T) {
	saying(t, follow.Options{}, func(t *testing.T, h *house, _ string, wants func(string, uint64, said)) {
		h.setPlan(t, "lite")
		h.setPlan(t, "basic")
		h.setPlan(t, "lite")
		if err := h.store.TrimChanges(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		h.line.set(func(l *line) {
			l.taking = func(s keyset.Snapshot) keyset.Snapshot {
				wants("in the middle of it", 0, said{"", 2, time.Second})
				wants("in the middle of it, for the last revision", 5, said{keywright.Stale, 2, time.Second})
				return s
			}
		})
		pass(time.Second)
		wants("afterwards", 5, said{keywright.PlanNotEntitled, 5, 0})
		h.line.set(func(l *line) { l.taking = nil })
		h.setPlan(t, "basic")
		pass(time.Second)
		wants("and then change by change again", 6, said{"", 6, 0})
	})
}

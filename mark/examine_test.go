package mark

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/keywright/keywright"
)

// decide ends what a finding has begun, as the commands do.
func (h *house) decide(t testing.TB, f Finding, choice keywright.Choice) {
	t.Helper()
	missing := h.missing(t, f)
	subjects := map[string]bool{}
	for _, m := range missing {
		subjects[m.Subject()] = true
	}
	if choice == keywright.Replayed {
		if left, err := h.RestrictAgain(t.Context(), missing); err != nil || len(left) > 0 {
			t.Fatalf("restrict again: left out %v, %v", left, err)
		}
	}
	if err := h.Decide(t.Context(), keywright.Decision{Revision: f.Next(), After: f.After, Choice: choice}); err != nil {
		t.Fatal(err)
	}
	if choice == keywright.Accepted {
		if err := h.keeper.Forget(f.Next(), func(r keywright.Restriction) bool { return f.GivesUp(r, subjects) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.keeper.Take(f.History.Database, h.at(t)); err != nil {
		t.Fatal(err)
	}
}

func (h *house) wantFinding(t testing.TB, what string, why Why, after uint64, want map[keywright.Lack]int) Finding {
	t.Helper()
	f := h.examine(t)
	if f.Why != why || why != "" && f.After != after {
		t.Errorf("%s: got %q after %d, want %q after %d", what, f.Why, f.After, why, after)
	}
	if got := lacks(h.missing(t, f)); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: it lacks %v, want %v", what, got, want)
	}
	return f
}

var nothing = map[keywright.Lack]int{}

// world is a house with an older copy, since which much was taken away.
func world(t *testing.T) (h *house, older string, copied uint64) {
	t.Helper()
	h = build(t)
	ids := []keywright.KeyID{h.issue(t), h.issue(t), h.issue(t)}
	h.revoke(t, ids[0])
	user, _, err := h.AddMember(t.Context(), h.owner.By(), keywright.NewMember{Email: "ann@acme.example", Role: "admin"})
	if err != nil {
		t.Fatal(err)
	}
	older, copied = h.copy(t), h.at(t).Revision
	h.revoke(t, ids[1])
	h.revoke(t, h.issue(t)) // which the copy does not have
	if _, _, err := h.SetRole(t.Context(), h.owner.By(), user.ID, "user"); err != nil {
		t.Fatal(err)
	}
	h.setPlan(t, "lite")
	return h, older, copied
}

var lost = map[keywright.Lack]int{keywright.LacksKeyRevoked: 1, keywright.LacksRole: 1, keywright.LacksPlan: 1}

func TestTheDatabaseThatWasSeenIsServed(t *testing.T) {
	h, _, _ := world(t)
	h.wantFinding(t, "as it is", "", 0, nothing)
	h.setPlan(t, "standard")
	h.issue(t)
	h.wantFinding(t, "and further on", "", 0, nothing)
	h = h.back(t, h.copy(t))
	h.wantFinding(t, "a copy of today", "", 0, nothing)
	fresh := build(t)
	fresh.wantFinding(t, "one that nobody has seen before", "", 0, nothing)
}

func TestAnOlderCopyIsRefusedAndReplayed(t *testing.T) {
	h, older, copied := world(t)
	seen := h.at(t)
	h = h.back(t, older)
	f := h.wantFinding(t, "the older copy", Backwards, copied, lost)
	if f.Mark.At != seen || f.History.At.Revision != copied || f.Complete >= copied {
		t.Errorf("got %+v", f)
	}
	h.decide(t, f, keywright.Replayed)
	h.wantFinding(t, "when all was done again", "", 0, nothing)
	if h.at(t).Revision != 1_000_000_000 {
		t.Errorf("history goes on at %+v", h.at(t))
	}
	h.setPlan(t, "standard")
	h.wantFinding(t, "later", "", 0, nothing)

	again := h.copy(t)
	h.revoke(t, h.issue(t))
	h = h.back(t, again)
	f = h.wantFinding(t, "a second copy", Backwards, 1_000_000_001, nothing)
	h.decide(t, f, keywright.Replayed)
	if h.at(t).Revision != 2_000_000_000 {
		t.Errorf("history goes on at %+v", h.at(t))
	}
}

func TestAnOlderCopyIsAccepted(t *testing.T) {
	h, older, copied := world(t)
	h = h.back(t, older)
	before, err := os.ReadFile(filepath.Join(h.keeper.dir, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	f := h.wantFinding(t, "the older copy", Backwards, copied, lost)
	h.decide(t, f, keywright.Accepted)
	h.wantFinding(t, "when it was accepted", "", 0, nothing)
	if got := h.journalled(t); len(got) != 1 {
		t.Errorf("in the journal there is %+v, want what the copy has", got)
	}
	if kept, err := os.ReadFile(filepath.Join(h.keeper.dir, journalFile+".1000000000")); err != nil || string(kept) != string(before) {
		t.Errorf("the journal as it was: %v", err)
	}
	another := h.copy(t)
	h.revoke(t, h.issue(t))
	h = h.back(t, another)
	h.wantFinding(t, "another copy", Backwards, 1_000_000_000, nothing)
}

// A copy that was written to reaches the revision that was seen, and goes beyond it. Its number
// says nothing then.
func TestACopyThatWentItsOwnWayIsRefused(t *testing.T) {
	for name, more := range map[string]int{"to the same revision": 5, "beyond": 9} {
		t.Run(name, func(t *testing.T) {
			h, older, _ := world(t)
			elsewhere := move(t, older, t.TempDir())
			elsewhere.owner = h.owner
			for range more {
				elsewhere.issue(t)
			}
			journal := h.journalled(t)
			h = h.back(t, elsewhere.copy(t))
			// The last that both have is the first revocation: nothing was written down after it.
			h.wantFinding(t, "the copy", AnotherWay, journal[0].At.Revision, lost)
		})
	}
}

// What the operators of the copy decided themselves is not undone.
func TestWhatWasDecidedSinceStays(t *testing.T) {
	h, older, _ := world(t)
	elsewhere := move(t, older, t.TempDir())
	elsewhere.owner = h.owner
	for range 9 {
		elsewhere.issue(t)
	}
	elsewhere.setPlan(t, "basic")
	h = h.back(t, elsewhere.copy(t))
	f := h.examine(t)
	if got := lacks(h.missing(t, f)); got[keywright.LacksPlan] != 0 || got[keywright.LacksKeyRevoked] != 1 {
		t.Errorf("got %v", got)
	}
}

func TestAnotherDatabaseIsRefused(t *testing.T) {
	h, _, _ := world(t)
	h = h.back(t, build(t).copy(t))
	f := h.wantFinding(t, "the other database", AnotherDatabase, 0, nothing)
	h.decide(t, f, keywright.Accepted)
	h.wantFinding(t, "when it was accepted", "", 0, nothing)
	if len(h.journalled(t)) != 0 {
		t.Error("the journal still has the first one's lines")
	}
	empty := h.back(t, t.TempDir())
	empty.wantFinding(t, "an empty one, as after the file was lost", AnotherDatabase, 0, nothing)
}

func TestAQuarantinedDatabaseIsRefused(t *testing.T) {
	h, _, _ := world(t)
	if err := h.store.Quarantine(t.Context(), keywright.JustRestored); err != nil {
		t.Fatal(err)
	}
	f := h.wantFinding(t, "by the node that has seen all of it", Quarantined, h.at(t).Revision, nothing)
	h.decide(t, f, keywright.Accepted)
	h.wantFinding(t, "when it was accepted", "", 0, nothing)
	if len(h.journalled(t)) != 5 {
		t.Errorf("lines were given up that the database has: %+v", h.journalled(t))
	}
}

// A backup on a new machine: nobody there has seen anything, but there is the old machine's
// journal.
func TestTheJournalOfAnotherNodeIsComparedToo(t *testing.T) {
	h, older, copied := world(t)
	fresh := move(t, older, t.TempDir())
	fresh.keeper = fresh.open(t, t.TempDir())
	if err := fresh.store.Quarantine(t.Context(), keywright.JustRestored); err != nil {
		t.Fatal(err)
	}
	fresh.wantFinding(t, "without a journal", Quarantined, copied, nothing)
	f := fresh.examine(t, filepath.Join(h.keeper.dir, journalFile))
	if got := lacks(fresh.missing(t, f)); f.Why != Backwards || f.After != copied || !reflect.DeepEqual(got, lost) {
		t.Errorf("got %q after %d, it lacks %v", f.Why, f.After, got)
	}
	fresh.decide(t, f, keywright.Replayed)
	fresh.wantFinding(t, "when all was done again", "", 0, nothing)
}

// What one node has decided, the others go along with; what only they had written down is told.
func TestOtherNodesGoAlongWithADecision(t *testing.T) {
	h, older, _ := world(t)
	second := h.another(t)
	first := move(t, older, h.keeper.dir)
	f := first.examine(t)
	first.decide(t, f, keywright.Replayed)

	first.keeper = second
	first.wantFinding(t, "with nothing of its own", "", 0, nothing)

	only := keywright.Restriction{At: keywright.Point{Revision: second.now().At.Revision + 1, Stamp: 1}, When: instant(0), Account: h.owner.Account, State: "suspended"}
	second.Keep(keywright.Restrictions{Since: second.now().At.Revision, At: only.At, List: []keywright.Restriction{only}})
	first.wantFinding(t, "with a line of its own", "", 0, map[keywright.Lack]int{keywright.LacksAccountSuspended: 1})
}

package keywright_test

import (
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// Past the staleness bound, an answer is refused or says of itself that it may be wrong.
func TestAVerdictPastTheBoundIsStaleOrSaysThatItIsOverdue(t *testing.T) {
	h := open(t, "standard")
	_, text := h.issue(t, h.members["owner"].By())
	for _, serve := range []bool{false, true} {
		uptime := time.Duration(0)
		f := follow.New(h.store, h.ring, h.Adopt, follow.Options{
			Clock: func() time.Duration { return uptime }, Keyset: keyset.Options{ServeStale: serve},
		})
		verifier := keywright.NewVerifier(f.Set(), h.Policy, f.Uptime, keywright.Options{Now: func() time.Time { return h.now }})
		ask := func(want keywright.Verdict) {
			t.Helper()
			got, err := verifier.Verify(t.Context(), keywright.Request{Text: text.Reveal(), Way: policy.PresentBearer, Method: "GET"})
			if err != nil || got.Valid != want.Valid || got.Reason != want.Reason || got.Overdue != want.Overdue || got.Age != want.Age {
				t.Errorf("serve %t, at %s: got %+v, %v, want %+v", serve, uptime, got, err, want)
			}
		}
		ask(keywright.Verdict{Reason: keywright.Stale})
		if err := f.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		ask(keywright.Verdict{Valid: true})
		uptime = 30 * time.Second
		if serve {
			ask(keywright.Verdict{Valid: true, Overdue: true, Age: uptime})
		} else {
			ask(keywright.Verdict{Reason: keywright.Stale, Age: uptime})
		}
		if ready, words := f.Ready(); ready != serve {
			t.Errorf("serve %t: got ready %t, %s", serve, ready, words)
		}
	}
}

package keywright_test

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// at once runs two deeds side by side, and answers what came of them.
func atOnce(a, b func() error) (errA, errB error) {
	var both sync.WaitGroup
	begin := make(chan struct{})
	both.Go(func() { <-begin; errA = a() })
	both.Go(func() { <-begin; errB = b() })
	close(begin)
	both.Wait()
	return errA, errB
}

// Two verbs at once come one after the other, in whichever order, and history says in which. None
// comes after the end.
func TestTwoVerbsAtOnce(t *testing.T) {
	h := open(t, "standard")
	owner, admin := h.members["owner"].By(), h.members["admin"].By()
	never := keywright.Never
	verbs := map[string]func(by keywright.Principal, id keywright.KeyID) error{
		"revoke": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, err := h.Revoke(t.Context(), by, id, "")
			return err
		},
		"enable": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, err := h.Enable(t.Context(), by, id)
			return err
		},
		"disable": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, err := h.Disable(t.Context(), by, id, "", 0)
			return err
		},
		"rotate": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, _, err := h.Rotate(t.Context(), by, id, time.Hour)
			return err
		},
		"end the grace": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, err := h.EndGrace(t.Context(), by, id)
			return err
		},
		"change": func(by keywright.Principal, id keywright.KeyID) error {
			_, _, err := h.Change(t.Context(), by, id, keywright.KeyChange{Expires: &never, Scopes: &[]string{"incidents:read"}})
			return err
		},
	}
	for first, a := range verbs {
		for second, b := range verbs {
			if first > second {
				continue
			}
			key, text := h.issue(t, owner)
			if _, _, _, err := h.Rotate(t.Context(), owner, key.ID, time.Hour); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.Disable(t.Context(), owner, key.ID, "", 0); err != nil {
				t.Fatal(err)
			}
			errA, errB := atOnce(func() error { return a(owner, key.ID) }, func() error { return b(admin, key.ID) })
			for _, err := range []error{errA, errB} {
				if err != nil && !(errors.Is(err, keywright.ErrRevoked) && (first == "revoke" || second == "revoke")) {
					t.Errorf("%s and %s: %v", first, second, err)
				}
			}
			if first != "revoke" && second != "revoke" {
				continue
			}
			if first == second && (errA == nil) == (errB == nil) {
				t.Errorf("revoked twice: %v and %v", errA, errB)
			}
			if now, err := h.Key(t.Context(), owner, key.ID); err != nil || now.State(h.now) != keywright.KeyRevoked {
				t.Errorf("%s and %s: the key is %s, %v", first, second, now.State(h.now), err)
			}
			events, _, err := h.Events(t.Context(), owner, keywright.Page{Limit: 10})
			if err != nil || events[0].Action != keywright.KeyRevokedBy || events[0].Subject.ID != string(key.ID) {
				t.Errorf("%s and %s: the last of history is %+v, %v", first, second, events[0], err)
			}
			if v := h.verify(t, keywright.Request{Text: text.Reveal()}); v.Valid {
				t.Errorf("%s and %s: it verifies", first, second)
			}
		}
	}
}

// No key is made after the commit by which the key that makes it was revoked. KEYWRIGHT_SOAK makes
// it 10,000 races.
func TestNothingIsMadeByAKeyAfterItsEnd(t *testing.T) {
	races := 500
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		races = 10_000
	}
	h := open(t, "standard")
	owner := h.members["owner"].By()
	before := 0
	for range races {
		maker, _ := h.issue(t, owner)
		issued, revoked := atOnce(func() error {
			_, _, err := h.Issue(t.Context(), maker.By(), keywright.NewKey{Description: "made"})
			return err
		}, func() error {
			_, _, err := h.Revoke(t.Context(), owner, maker.ID, "")
			return err
		})
		if revoked != nil || issued != nil && !errors.Is(issued, keywright.ErrForbidden) {
			t.Fatalf("revoke: %v, issue: %v", revoked, issued)
		}
		events, _, err := h.Events(t.Context(), owner, keywright.Page{Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		// Newest first: the end is the last thing, and what was made came before.
		if events[0].Action != keywright.KeyRevokedBy || events[0].Subject.ID != string(maker.ID) {
			t.Fatalf("after the end of the key came %+v", events[0])
		}
		if made := events[1].Action == keywright.KeyIssued && events[1].Actor.ID == string(maker.ID); made != (issued == nil) {
			t.Fatalf("issue answered %v, and history has %+v", issued, events[1])
		}
		if issued == nil {
			before++
		}
	}
	t.Logf("of %d keys, %d made another before their end", races, before)
}

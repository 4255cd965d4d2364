package keywright_test

import (
	"errors"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// A key that is disabled for a while works again by itself; one without an end, when it is enabled.
func TestADisabledKeyComesBack(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	key, text := h.issue(t, owner)
	got, commit, err := h.Disable(t.Context(), owner, key.ID, "who uses it?", 10*time.Minute)
	if err != nil || !got.Enables.Equal(h.now.Add(10*time.Minute)) || commit.Revision == 0 {
		t.Fatalf("got %+v %+v %v", got, commit, err)
	}
	h.is(t, text, keywright.Disabled)
	h.now = h.now.Add(10*time.Minute - time.Millisecond)
	h.is(t, text, keywright.Disabled)
	h.now = h.now.Add(time.Millisecond)
	h.is(t, text, "")

	if _, _, err := h.Disable(t.Context(), owner, key.ID, "", 0); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(1000 * time.Hour)
	h.is(t, text, keywright.Disabled)
	if got, _, err := h.Enable(t.Context(), owner, key.ID); err != nil || got.State(h.now) != keywright.KeyActive {
		t.Errorf("got %+v %v", got, err)
	}
	h.is(t, text, "")
	if _, commit, err := h.Enable(t.Context(), owner, key.ID); err != nil || commit.Subject.ID != "" {
		t.Errorf("enabled twice: %+v %v", commit, err)
	}
	for _, while := range []time.Duration{-1, 999 * time.Millisecond, 7*24*time.Hour + 1} {
		if _, _, err := h.Disable(t.Context(), owner, key.ID, "", while); len(keywright.Invalids(err)) != 1 || keywright.Invalids(err)[0].Field != "for" {
			t.Errorf("for %v: %v", while, err)
		}
	}
	h.is(t, text, "")
}

// What an admin has disabled, its member can't enable, nor shorten by disabling it anew.
func TestWhatAnAdminDisabledStaysSo(t *testing.T) {
	h := open(t, "standard")
	user := h.members["user"].By()
	key, text, err := h.Issue(t.Context(), user, keywright.NewKey{Description: "my laptop", Kind: keywright.PersonalKey})
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []keywright.Principal{user, h.members["admin"].By()} {
		if _, _, err := h.Disable(t.Context(), by, key.ID, "", 0); err != nil {
			t.Fatal(err)
		}
		_, _, enabled := h.Enable(t.Context(), user, key.ID)
		_, _, shortened := h.Disable(t.Context(), user, key.ID, "", time.Second)
		if refused := by != user; errors.Is(enabled, keywright.ErrForbidden) != refused || errors.Is(shortened, keywright.ErrForbidden) != refused {
			t.Errorf("disabled by %v: enabling it says %v, disabling it anew %v", by, enabled, shortened)
		}
	}
	h.is(t, text, keywright.Disabled)
}

// Both secrets work in the grace period and only in it. Rotating again ends the older one.
func TestARotationHasAGracePeriod(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	key, first := h.issue(t, owner)
	got, second, _, err := h.Rotate(t.Context(), owner, key.ID, time.Hour)
	if err != nil || got.ID != key.ID || got.Description != key.Description || second.ID() != first.ID() || second.Reveal() == first.Reveal() || got.LastFour != second.LastFour() {
		t.Fatalf("got %+v %v", got, err)
	}
	h.now = h.now.Add(time.Hour - time.Millisecond)
	h.is(t, first, "")
	h.is(t, second, "")
	_, third, _, err := h.Rotate(t.Context(), owner, key.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	h.is(t, first, keywright.Unknown)
	h.is(t, second, "")
	h.is(t, third, "")
	if _, seals, err := h.Secrets(t.Context(), owner, key.ID); err != nil || len(seals) != 2 || seals[0].LastFour != second.LastFour() || seals[1].LastFour != third.LastFour() || !seals[0].Ends.Equal(h.now.Add(time.Hour)) {
		t.Errorf("got %+v %v", seals, err)
	}
	if _, commit, err := h.EndGrace(t.Context(), owner, key.ID); err != nil || commit.Subject.ID != string(key.ID) {
		t.Errorf("got %+v %v", commit, err)
	}
	h.is(t, second, keywright.Expired)
	h.is(t, third, "")
	if _, commit, err := h.EndGrace(t.Context(), owner, key.ID); err != nil || commit.Subject.ID != "" {
		t.Errorf("ended twice: %+v %v", commit, err)
	}
	if _, seals, err := h.Secrets(t.Context(), owner, key.ID); err != nil || len(seals) != 1 {
		t.Errorf("got %+v %v", seals, err)
	}
	_, fourth, _, err := h.Rotate(t.Context(), owner, key.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	h.is(t, third, keywright.Expired)
	h.is(t, fourth, "")
	for _, grace := range []time.Duration{-1, 30*24*time.Hour + 1} {
		if _, _, _, err := h.Rotate(t.Context(), owner, key.ID, grace); len(keywright.Invalids(err)) != 1 || keywright.Invalids(err)[0].Field != "grace" {
			t.Errorf("grace %v: %v", grace, err)
		}
	}
}

// Nobody is shown a secret of another's personal key; everybody who may end it can end its grace.
func TestNobodyIsShownAnothersSecret(t *testing.T) {
	h := open(t, "standard")
	user, admin := h.members["user"].By(), h.members["admin"].By()
	key, _, err := h.Issue(t.Context(), user, keywright.NewKey{Description: "my laptop", Kind: keywright.PersonalKey})
	if err != nil {
		t.Fatal(err)
	}
	for who, by := range map[string]keywright.Principal{"an admin": admin, "the operator": keywright.Operator(h.account.ID)} {
		if _, _, _, err := h.Rotate(t.Context(), by, key.ID, 0); !errors.Is(err, keywright.ErrNotYours) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, _, _, err := h.Rotate(t.Context(), user, key.ID, time.Hour); err != nil {
		t.Errorf("he himself: %v", err)
	}
	if _, _, err := h.EndGrace(t.Context(), admin, key.ID); err != nil {
		t.Errorf("an admin ends the grace: %v", err)
	}
}

// Whoever holds a key can rotate it and end it, whatever it may do otherwise, and nothing else.
func TestAKeyByItself(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	for name, n := range map[string]keywright.NewKey{
		"account":   {Description: "x"},
		"narrowed":  {Description: "x", Scopes: []string{"incidents:read"}},
		"read-only": {Description: "x", Kind: keywright.ReadOnlyKey},
		"service":   {Description: "x", Kind: keywright.ServiceKey},
		"personal":  {Description: "x", Kind: keywright.PersonalKey},
	} {
		key, first, err := h.Issue(t.Context(), owner, n)
		if err != nil {
			t.Fatal(err)
		}
		_, second, _, err := h.RotateSelf(t.Context(), key.By(), time.Hour)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h.is(t, first, "")
		h.is(t, second, "")
		if got, _, err := h.RevokeSelf(t.Context(), key.By(), "done with it"); err != nil || got.RevokedBy.ID != string(key.ID) {
			t.Errorf("%s: got %+v %v", name, got, err)
		}
		h.is(t, second, keywright.Revoked)
		if _, _, _, err := h.RotateSelf(t.Context(), key.By(), 0); !errors.Is(err, keywright.ErrRevoked) {
			t.Errorf("%s, revoked: %v", name, err)
		}
	}
	if _, _, err := h.RevokeSelf(t.Context(), owner, ""); !errors.Is(err, keywright.ErrNotYours) {
		t.Errorf("a member: %v", err)
	}
}

// Only a text that works ends a key, whoever sends it in.
func TestAFoundKeyEnds(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	key, first := h.issue(t, owner)
	_, second, _, err := h.Rotate(t.Context(), owner, key.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Disable(t.Context(), owner, key.ID, "", 0); err != nil {
		t.Fatal(err)
	}
	_, another := h.issue(t, owner)
	wrong := second.Reveal()[:len(second.Reveal())-20] + another.Reveal()[len(another.Reveal())-20:]
	for _, c := range []struct {
		what, text string
		want       bool
	}{
		{"nothing", "", false},
		{"no key", "hello", false},
		{"a wrong text", wrong, false},
		{"a secret that has ended", first.Reveal(), false},
		{"the key, disabled", second.Reveal(), true},
		{"the same again", second.Reveal(), false},
	} {
		if found, err := h.RevokeFound(t.Context(), c.text); found != c.want || err != nil {
			t.Errorf("%s: got %v %v", c.what, found, err)
		}
	}
	if got, err := h.Key(t.Context(), owner, key.ID); err != nil || got.WhyRevoked != keywright.Found {
		t.Errorf("got %+v %v", got, err)
	}
	h.is(t, another, "")
}

package keywright_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// withoutV1 is the built-in policy with v1 switched off.
func withoutV1(t *testing.T) *policy.Policy {
	t.Helper()
	const v2 = "    presentations: [token, bearer, x-api-key]\n"
	text := strings.NewReplacer("    preselected: true\n    state: current\n", "    state: \"off\"\n", v2, v2+"    preselected: true\n").Replace(policy.Default().Text())
	p, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestForeseeCountsAndNamesWhomItConcerns(t *testing.T) {
	h := open(t, "standard")
	h.issue(t, h.members["owner"].By())
	next := withoutV1(t)
	effects, err := h.Foresee(t.Context(), keywright.Operator(""), next)
	i := slices.IndexFunc(effects, func(e keywright.Effect) bool { return e.Of == policy.OfVersion && e.Field == "state" })
	if err != nil || i < 0 {
		t.Fatalf("got %+v %v, want the state of v1 among them", effects, err)
	}
	if e := effects[i]; e.Keys != 1 || !e.Restricts || e.Orphans() || len(e.Names) != 1 || !strings.Contains(e.Names[0], "nightly export") {
		t.Errorf("got %+v", e)
	}
	if h.Policy() == next {
		t.Error("to foresee a policy put it in force")
	}
	if _, err := h.Foresee(t.Context(), h.members["owner"].By(), next); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("an owner foresaw a policy: %v", err)
	}
}

// F8: a version that is off refuses its keys, which stay, and work for the other version.
func TestGovernTakesEffectAtOnce(t *testing.T) {
	h := open(t, "standard")
	_, text := h.issue(t, h.members["owner"].By())
	if _, _, err := h.Govern(t.Context(), keywright.Operator(""), withoutV1(t)); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.VersionOff)
	if got := h.verify(t, keywright.Request{Text: text.Reveal(), Version: "v2"}); !got.Valid {
		t.Errorf("for the version that is offered: got %q", got.Reason)
	}
	if _, _, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: "x", Version: "v1"}); !errors.Is(err, keywright.ErrInvalid) || !strings.Contains(err.Error(), "is off, which takes no new keys; choose from v2") {
		t.Errorf("a key for a version that is off: got %v", err)
	}
	if _, _, err := h.Govern(t.Context(), keywright.Operator(""), policy.Default()); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, "")
}

// A policy that would orphan someone is refused, and says whom.
func TestGovernRefusesOrphans(t *testing.T) {
	h := open(t, "standard")
	text := policy.Default().Text()
	from := strings.Index(text, "  - name: limited_user")
	to := from + strings.Index(text[from:], "\n\n")
	next, err := policy.Parse([]byte(text[:from] + text[to:]))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.Govern(t.Context(), keywright.Operator(""), next)
	if !errors.Is(err, keywright.ErrConflict) || !strings.Contains(err.Error(), "limited_user@acme.example") {
		t.Errorf("got %v, want a conflict that names the member", err)
	}
	if _, ok := h.Policy().Role("limited_user"); !ok {
		t.Error("a refused policy is in force")
	}
}

// What keys are narrowed to, and what personal ones have by their member's role and the plan.
func TestForeseeCountsKeysByWhatTheyMayDo(t *testing.T) {
	h := open(t, "standard")
	owner, user := h.members["owner"].By(), h.members["user"].By()
	h.make(t, owner, keywright.NewKey{Scopes: []string{"users:*", "incidents:read"}})
	h.make(t, owner, keywright.NewKey{Scopes: []string{"incidents:read"}})
	h.make(t, owner, keywright.NewKey{})
	h.make(t, user, keywright.NewKey{Kind: keywright.PersonalKey})
	next := policy.Default()
	next.Scopes = next.Scopes[:7] // without users:write
	next.Roles[2].Scopes = []string{"incidents:*"}
	next.Plans[2].PersonalKeys = false
	effects, err := h.Foresee(t.Context(), keywright.Operator(""), next)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, e := range effects {
		got[e.String()] = e.Keys
		if e.Orphans() {
			t.Errorf("%s leaves someone behind", e)
		}
	}
	for difference, want := range map[string]int{
		"scope users:write is removed":                            1,
		"role user loses services:read from its scopes":           1,
		"plan standard: personal keys changes from true to false": 1,
	} {
		if keys, told := got[difference]; !told || keys != want {
			t.Errorf("%s: got %d keys, want %d; all: %v", difference, keys, want, got)
		}
	}
}

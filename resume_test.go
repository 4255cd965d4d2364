package keywright_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// begin is another process on the same store, with a policy file.
func (h *house) begin(t *testing.T, own *policy.Policy, shared bool) (*keywright.Service, keywright.Resumed) {
	t.Helper()
	s := keywright.New(h.store, h.ring, plain{}, keywright.Options{Policy: own})
	resumed, err := s.Resume(t.Context(), own, shared)
	if err != nil {
		t.Fatal(err)
	}
	return s, resumed
}

// without is the built-in policy without what stands between two words of it.
func without(t *testing.T, from, to string) *policy.Policy {
	t.Helper()
	text := policy.Default().Text()
	i := strings.Index(text, from)
	p, err := policy.Parse([]byte(text[:i] + text[i+strings.Index(text[i:], to):]))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestResumeDecidesByWhatWasInForce(t *testing.T) {
	first, second := policy.Default(), withoutV1(t)
	for name, c := range map[string]struct {
		before []*policy.Policy // put in force one after the other
		own    *policy.Policy
		shared bool

		want        *policy.Policy
		put         bool // a revision is written
		superseded  bool
		differences bool
	}{
		"nothing was in force":                     {nil, second, true, second, true, false, false},
		"nothing was in force, and no file":        {nil, nil, true, first, true, false, false},
		"the same text":                            {[]*policy.Policy{second}, second, true, second, false, false, false},
		"no file":                                  {[]*policy.Policy{second}, nil, true, second, false, false, false},
		"a text that is new":                       {[]*policy.Policy{first}, second, true, second, true, false, true},
		"a text that was in force":                 {[]*policy.Policy{first, second}, first, true, second, false, true, false},
		"a text that is in force for another time": {[]*policy.Policy{first, second, first}, first, true, first, false, false, false},
		"alone, a text that was in force":          {[]*policy.Policy{first, second}, first, false, first, true, false, true},
		"alone, without a file":                    {[]*policy.Policy{second}, nil, false, first, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, "standard")
			for _, p := range c.before {
				if _, _, err := h.Govern(t.Context(), keywright.Operator(""), p); err != nil {
					t.Fatal(err)
				}
			}
			before, err := h.store.Revision(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s, resumed := h.begin(t, c.own, c.shared)
			after, err := h.store.Revision(t.Context())
			if err != nil || after > before != c.put {
				t.Errorf("from revision %d to %d, %v", before, after, err)
			}
			if s.Policy().Text() != c.want.Text() || resumed.Superseded != c.superseded || len(resumed.Differences) > 0 != c.differences {
				t.Errorf("superseded %v, differences %v, the wanted policy: %v", resumed.Superseded, resumed.Differences, s.Policy().Text() == c.want.Text())
			}
			if in, err := h.store.PolicyInForce(t.Context()); err != nil || in != s.InForce() || in.Since == 0 {
				t.Errorf("in force here since %d, in the store since %d, %v", s.InForce().Since, in.Since, err)
			}
		})
	}
}

// A start is refused as a reload is, also where nobody wrote down what was in force before.
func TestResumeRefusesOrphans(t *testing.T) {
	h := open(t, "standard")
	h.issue(t, h.members["owner"].By())
	for _, c := range []struct {
		own  *policy.Policy
		says string
	}{
		{without(t, "  - name: limited_user", "\n\n"), "it has no role limited_user, which is in use by limited_user@acme.example in acme"},
		{without(t, "  - name: standard", "  - name: enterprise"), "it has no plan standard, which is in use by acme"},
	} {
		for _, shared := range []bool{true, false} {
			s := keywright.New(h.store, h.ring, plain{}, keywright.Options{Policy: c.own})
			if _, err := s.Resume(t.Context(), c.own, shared); !errors.Is(err, keywright.ErrConflict) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		}
	}
	if in, err := h.store.PolicyInForce(t.Context()); err != nil || in.Since != 0 {
		t.Errorf("a refused policy was written down: since %d, %v", in.Since, err)
	}
}

// What is adopted late does not replace what came after it.
func TestAdoptOnlyGoesForward(t *testing.T) {
	h := open(t, "standard")
	old, next := policy.InForce{Since: 100, Text: policy.Default().Text()}, policy.InForce{Since: 101, Text: withoutV1(t).Text()}
	for _, in := range []policy.InForce{next, old, {}} {
		if _, err := h.Adopt(in); err != nil {
			t.Fatal(err)
		}
		if h.InForce() != next {
			t.Errorf("after %d: in force since %d", in.Since, h.InForce().Since)
		}
	}
	if rules, err := h.Adopt(old); err != nil || rules.Versions[0].Off {
		t.Errorf("the rules are not those of the revision that was asked for: %v", err)
	}
	if _, err := h.Adopt(policy.InForce{Since: 102, Text: "from: the future"}); err == nil || !strings.Contains(err.Error(), "newer version of keywright") || h.InForce() != next {
		t.Errorf("got %v", err)
	}
}

func TestEachReplacementHasItsEvent(t *testing.T) {
	h := open(t, "standard")
	_, commit, err := h.Govern(t.Context(), keywright.Operator(""), withoutV1(t))
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := h.Govern(t.Context(), keywright.Operator(""), withoutV1(t))
	if err != nil || again.Revision != commit.Revision || again.Subject != (keywright.Subject{}) {
		t.Errorf("the same text once more: got %+v, %v, want revision %d and no subject", again, err, commit.Revision)
	}
	events, err := h.store.AllEvents(t.Context(), keywright.Page{Limit: 1})
	if err != nil || events[0].Action != keywright.PolicyReplaced || events[0].Account != "" || events[0].Subject != commit.Subject {
		t.Errorf("got %+v, %v", events, err)
	}
}

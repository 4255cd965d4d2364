package keyset

import (
	"slices"
	"strings"
	"testing"
)

func TestPatternsCover(t *testing.T) {
	all := []string{"incidents:read", "incidents:write", "incident:read", "incidents", "incidents:notes:read", "Incidents:read", "*"}
	for pattern, want := range map[string][]string{
		"*":                 all,
		"incidents:*":       {"incidents:read", "incidents:write", "incidents:notes:read"},
		"incidents:notes:*": {"incidents:notes:read"},
		"incidents:read":    {"incidents:read"},
		"incidents":         {"incidents"},
		"incidents*":        nil, // a wildcard stands for what follows a colon
		"inc*":              nil,
		"**":                nil,
		"*:read":            nil,
		":*":                nil,
		"incidents:*:read":  nil,
		"":                  nil,
	} {
		var got []string
		set := compileScopes(all, []string{pattern})
		for i, scope := range all {
			if set.has(i) {
				got = append(got, scope)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q covers %q, want %q", pattern, got, want)
		}
	}
}

func TestTheZeroReachHasNothing(t *testing.T) {
	var r Reach
	if r.Has("incidents:read") || len(slices.Collect(r.All())) > 0 {
		t.Error("it has something")
	}
}

func TestAllOfAReachCanBeLeftHalfWay(t *testing.T) {
	p := population{1, testKeyring(t)}
	for scope := range p.load(t).Verify(p.text(t, 0), Request{}, noon(), 0).Scopes.All() {
		if scope != scopes()[0] {
			t.Errorf("got %s first, want %s", scope, scopes()[0])
		}
		break
	}
}

// FuzzScopes compares what is compiled with the patterns themselves, over more scopes than a word
// has bits. A reach is what the key's patterns and the role's both cover.
func FuzzScopes(f *testing.F) {
	f.Add("incidents:read incidents:write a b c", "incidents:*", "*")
	f.Add("a:b:c a:b a: a", "a:*", "a:b:* a")
	f.Add(strings.Repeat("x ", 70)+"y:z", "y:*", "y:z")
	f.Fuzz(func(t *testing.T, listed, own, role string) {
		if strings.Contains(own, "\x00") { // Apply refuses it
			return
		}
		all, patterns, rolePatterns := strings.Fields(listed), strings.Fields(own), strings.Fields(role)
		slices.Sort(all)
		all = slices.Compact(all)
		k := Key{Kind: PersonalKey, Member: "m", Scopes: patterns}
		w := world{
			rules:   Rules{Scopes: all, Roles: []Role{{"r", rolePatterns}}},
			members: map[string]Member{"m": {Role: "r"}},
		}
		c := newWriter(w.rules, nil)
		reach := Reach{c.rules, c.rules.narrow(scopesText(patterns)+"\x00", nil).scopes, at(c.rules.roles, int(c.roles.number("r")))}
		var want []string
		for _, scope := range all {
			if w.reaches(k, scope) {
				want = append(want, scope)
			}
			if got, want := reach.Has(scope), w.reaches(k, scope); got != want {
				t.Errorf("patterns %q, role %q, scope %q: got %t, want %t", patterns, rolePatterns, scope, got, want)
			}
		}
		if got := slices.Collect(reach.All()); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

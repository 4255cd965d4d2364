package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPolicyDoesNotDifferFromItself(t *testing.T) {
	for name, text := range map[string]string{"small": small, "full": full, "default": Default().Text()} {
		if got := Compare(parsed(t, text), parsed(t, text)); len(got) != 0 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Each case changes full.
func TestCompare(t *testing.T) {
	const limits = "    keys_max: 200\n    new_keys: 60/h\n    lives:\n      - kind: personal\n        default: 30d\n        longest: 90d\n"
	for name, c := range map[string]struct {
		from, to string
		want     []string // ! stands before what may refuse something
	}{
		"what only people read":          {"label: Version 1", "label: First version", nil},
		"another brand":                  {"brand: acme", "brand: emca", []string{"product: brand changes from acme to emca"}},
		"no vendor any more":             {"  vendor: acme\n", "", []string{"product: vendor changes from acme to none"}},
		"another vendor":                 {"vendor: acme", "vendor: emca", []string{"!product: vendor changes from acme to emca"}},
		"closed":                         {"state: deprecated", "state: closed", []string{"!version v1: state changes from deprecated to closed"}},
		"off":                            {"state: deprecated", "state: off", []string{"!version v1: state changes from deprecated to off"}},
		"off, and no longer announced":   {"    state: deprecated\n    deprecated: 2026-03-01\n    sunset: 2027-03-01T09:00:00+01:00\n    notice: https://developer.example.com/v2\n", "    state: off\n", []string{"!version v1: state changes from deprecated to off", "version v1: deprecated changes from 2026-03-01T00:00:00Z to none", "version v1: sunset changes from 2027-03-01T08:00:00Z to none"}},
		"current again":                  {"    state: deprecated\n    deprecated: 2026-03-01\n    sunset: 2027-03-01T09:00:00+01:00\n    notice: https://developer.example.com/v2\n", "", []string{"version v1: state changes from deprecated to current", "version v1: deprecated changes from 2026-03-01T00:00:00Z to none", "version v1: sunset changes from 2027-03-01T08:00:00Z to none"}},
		"a version is renamed":           {"name: v1", "name: v3", []string{"!version v1 is removed", "version v3 is added"}},
		"a way less, another more":       {"presentations: [bearer]", "presentations: [basic]", []string{"!version v2 loses bearer from its presentations", "version v2 gains basic among its presentations"}},
		"to be asked for":                {"override: false", "override: true", []string{"version v1: override changes from false to true"}},
		"another accept":                 {`accept: "2"`, `accept: "3"`, []string{"!version v2: accept changes from 2 to 3"}},
		"another preselected version":    {"    preselected: true\n", "  - {name: v3, label: Version 3, hint: The third one., presentations: [bearer], preselected: true}\n", []string{"version: preselected changes from v2 to v3", "version v3 is added"}},
		"a new scope, and who gets it":   {"scopes:\n", "scopes:\n  - {name: incidents:merge, description: Merge}\n", []string{"scope incidents:merge is added", "role owner gains incidents:merge among its scopes", "role user gains incidents:merge among its scopes"}},
		"a role loses a right":           {"rights: [members:read]", "rights: [account:read]", []string{"!role user loses members:read from its rights", "role user gains account:read among its rights"}},
		"a role loses scopes":            {"scopes: [incidents:*]", "scopes: [incidents:read]", []string{"!role user loses incidents:write from its scopes"}},
		"a wildcard of the same scopes":  {"scopes: [incidents:*]", "scopes: [incidents:write, incidents:read]", nil},
		"a role is renamed":              {"name: user", "name: member", []string{"!role user is removed", "role member is added"}},
		"a plan loses access":            {"    api_access: true\n    personal_keys: true\n    rate: 960/min burst 100\n" + limits, "    rate: 960/min burst 100\n" + limits + "  - {name: gold, label: Gold, api_access: true}\n", []string{"!plan basic: api access changes from true to false", "!plan basic: personal keys changes from true to false", "plan gold is added"}},
		"a plan gains access":            {"    label: Lite\n", "    label: Lite\n    api_access: true\n", []string{"plan lite: api access changes from false to true"}},
		"a plan is removed":              {"  - name: lite\n    label: Lite\n", "", []string{"!plan lite is removed"}},
		"a rate goes":                    {"    rate: 960/min burst 100\n", "", []string{"plan basic: rate changes from one each 62.5ms, burst 100 to none"}},
		"a rate comes":                   {"    label: Lite\n", "    label: Lite\n    rate: 1/s\n", []string{"!plan lite: rate changes from none to one each 1s, burst 1"}},
		"a higher rate":                  {"960/min burst 100", "1920/min burst 100", []string{"plan basic: rate changes from one each 62.5ms, burst 100 to one each 31.25ms, burst 100"}},
		"a smaller burst":                {"960/min burst 100", "1920/min burst 99", []string{"!plan basic: rate changes from one each 62.5ms, burst 100 to one each 31.25ms, burst 99"}},
		"a route needs another scope":    {"GET /incidents/** -> incidents:read", "GET /incidents/** -> incidents:write", []string{"!route GET /incidents/**: scope changes from incidents:read to incidents:write"}},
		"a route needs nothing any more": {"DELETE /account -> *", "DELETE /account -> none", []string{"route DELETE /account: scope changes from * to none"}},
		"a route goes":                   {"  - GET /health -> none\n", "", []string{"!route GET /health is removed"}},
		"a method more":                  {"GET /health -> none", "GET,POST /health -> none", []string{"route POST /health is added"}},
		"another order of routes":        {"  - DELETE /account -> *\n  - GET /health -> none\n", "  - GET /health -> none\n  - DELETE /account -> *\n", nil},
		"an own request may be approved": {"  own: false", "  own: true", []string{"requests: own changes from false to true"}},
		"another body":                   {`"{{.Code}}"`, `"{{.Title}}"`, []string{"errors: body changes"}},
		"another format":                 {full[strings.Index(full, "errors:"):], "errors:\n  format: pagerduty\n", []string{"errors: format changes from template to pagerduty"}},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(full, c.from) != 1 {
				t.Fatalf("%q is not in the policy once", c.from)
			}
			var got []string
			for _, d := range Compare(parsed(t, full), parsed(t, strings.Replace(full, c.from, c.to, 1))) {
				got = append(got, map[bool]string{true: "!"}[d.Restricts]+d.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// A scope that is gone is one difference, not one for each role; the rest can be counted by name.
func TestADifferenceHasTheNamesToCountBy(t *testing.T) {
	old := parsed(t, full)
	next := parsed(t, strings.NewReplacer(
		"  - name: incidents:write\n    description: Change incidents\n", "",
		`"* /incidents/** → incidents:write"`, `"* /incidents/** → *"`,
		"name: lite", "name: free",
	).Replace(full))
	want := []Difference{
		{Of: OfScope, Name: "incidents:write", What: Removed, Restricts: true},
		{Of: OfPlan, Name: "lite", What: Removed, Restricts: true},
		{Of: OfPlan, Name: "free", What: Added},
		{Of: OfRoute, Name: "* /incidents/**", What: Changed, Field: "scope", From: "incidents:write", To: "*", Restricts: true},
	}
	if diff := cmp.Diff(want, Compare(old, next)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// To announce an end refuses nobody yet.
func TestADeprecationRestrictsNothing(t *testing.T) {
	announced := strings.Replace(Default().Text(), "    preselected: true\n    state: current\n", "    state: deprecated\n    deprecated: 2026-03-01\n", 1)
	announced = strings.Replace(announced, `accept: "2"`, "accept: \"2\"\n    preselected: true", 1)
	got := Compare(Default(), parsed(t, announced))
	if want := "[version: preselected changes from v1 to v2 version v1: state changes from current to deprecated version v1: deprecated changes from none to 2026-03-01T00:00:00Z]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	for _, d := range got {
		if d.Restricts {
			t.Errorf("%s restricts", d)
		}
	}
}

// The first route closes what was open to every key; taking the last one out opens it again.
func TestTheFirstAndTheLastRoute(t *testing.T) {
	none, some := parsed(t, small), parsed(t, small+"routes:\n  - GET /health -> none\n")
	rest := parsed(t, small+"routes:\n  - GET /health -> none\n  - \"* /** -> none\"\n")
	for name, c := range map[string]struct {
		old, next *Policy
		want      string
		restricts bool
	}{
		"the first":                   {none, some, "[route * /**: scope changes from none to * route GET /health is added]", true},
		"the last":                    {some, none, "[route * /**: scope changes from * to none route GET /health is removed]", false},
		"the first, one for the rest": {none, rest, "[route GET /health is added]", false},
		"one for the rest is added":   {some, rest, "[route * /**: scope changes from * to none]", false},
		"one for the rest is removed": {rest, some, "[route * /**: scope changes from none to *]", true},
	} {
		got := Compare(c.old, c.next)
		if fmt.Sprint(got) != c.want || got[0].Restricts != c.restricts {
			t.Errorf("%s: got %v, restricts %v, want %s, %v", name, got, got[0].Restricts, c.want, c.restricts)
		}
	}
}

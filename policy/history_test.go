package policy

import (
	"strings"
	"testing"
	"time"
)

// The history of the founding page's versions, in the policy file alone: v1 was deprecated,
// then closed to new keys, then switched off; keys outlived it.
func TestTheHistoryOfTheFoundingPage(t *testing.T) {
	file := func(v1 string) *Policy {
		return parsed(t, strings.NewReplacer(
			"    preselected: true\n    state: current\n", v1, `    accept: "2"`+"\n", `    accept: "2"`+"\n    preselected: true\n",
			"  brand: kw", "  vendor: incidents", // and the brand's default
		).Replace(Default().Text()))
	}
	end := time.Date(2018, 10, 20, 5, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, v1      string
		state         VersionState
		news, works   bool
		headers       int
		sunsetIsKnown bool
	}{
		{"2016, both", "", Current, true, true, 0, false},
		{"2016, v1 is frozen", "    state: deprecated\n    deprecated: 2016-07-06\n    notice: https://v2.incidents.example/\n", Deprecated, true, true, 2, false},
		{"2017, an end is named", "    state: deprecated\n    deprecated: 2016-07-06\n    sunset: 2018-10-19T22:00:00-07:00\n    notice: https://v2.incidents.example/\n", Deprecated, true, true, 3, true},
		{"April 2018, no new v1 keys", "    state: closed\n    deprecated: 2016-07-06\n    sunset: 2018-10-19T22:00:00-07:00\n", Closed, false, true, 2, true},
		{"October 2018, off", "    state: off\n    deprecated: 2016-07-06\n    sunset: 2018-10-19T22:00:00-07:00\n", Off, false, false, 2, true},
		{"later, off without dates", "    state: off\n", Off, false, false, 0, false},
	} {
		p := file(c.v1)
		v1, ok := p.Version("v1")
		if !ok || v1.State != c.state || v1.TakesNewKeys() != c.news || v1.Verifies() != c.works || len(v1.Headers()) != c.headers {
			t.Errorf("%s: got %v, new keys %v, verifies %v, headers %v", c.name, v1.State, v1.TakesNewKeys(), v1.Verifies(), v1.Headers())
		}
		if c.sunsetIsKnown != v1.Sunset.Equal(end) {
			t.Errorf("%s: sunset: got %v", c.name, v1.Sunset)
		}
		if p.Preselected().Name != "v2" {
			t.Errorf("%s: preselected: got %s, want v2", c.name, p.Preselected().Name)
		}
		// A key outlives its version: it asks for v2 and gets it.
		if asked := p.Requested("application/vnd.incidents+json;version=2"); asked != "v2" {
			t.Errorf("%s: got %q, want v2", c.name, asked)
		}
		if v, ok := p.VersionFor("v1", "v2"); !ok || v.Name != "v2" || !v.Verifies() {
			t.Errorf("%s: a v1 key that asks for v2: got %s %v", c.name, v.Name, ok)
		}
	}
}

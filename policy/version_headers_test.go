package policy

import (
	"slices"
	"testing"
	"time"
)

func TestHeaders(t *testing.T) {
	deprecated := time.Date(2023, 6, 30, 23, 59, 59, 0, time.UTC) // the example of RFC 9745
	sunset := time.Date(2024, 7, 1, 1, 59, 59, 0, time.FixedZone("", 2*3600))
	const link = "https://developer.example.com/deprecation"
	for name, c := range map[string]struct {
		version Version
		want    []Header
	}{
		"current":                         {Version{}, nil},
		"current, whatever else it holds": {Version{Deprecated: deprecated, Sunset: sunset, Notice: link}, nil},
		"deprecated":                      {Version{State: Deprecated, Deprecated: deprecated}, []Header{{"Deprecation", "@1688169599"}}},
		"closed, with an end": {
			Version{State: Closed, Deprecated: deprecated, Sunset: sunset},
			[]Header{{"Deprecation", "@1688169599"}, {"Sunset", "Sun, 30 Jun 2024 23:59:59 GMT"}},
		},
		"with a notice": {
			Version{State: Deprecated, Deprecated: deprecated, Sunset: sunset, Notice: link},
			[]Header{
				{"Deprecation", "@1688169599"},
				{"Sunset", "Sun, 30 Jun 2024 23:59:59 GMT"},
				{"Link", "<" + link + `>; rel="deprecation", <` + link + `>; rel="sunset"`},
			},
		},
		"a notice without an end": {
			Version{State: Deprecated, Deprecated: deprecated, Notice: link},
			[]Header{{"Deprecation", "@1688169599"}, {"Link", "<" + link + `>; rel="deprecation"`}},
		},
		"off, without dates": {Version{State: Off, Notice: link}, nil},
	} {
		if got := c.version.Headers(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestReadDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-01":                     "2026-03-01T00:00:00Z",
		"2026-03-01T09:00:00+01:00":      "2026-03-01T08:00:00Z",
		"2026-03-01T09:00:00.999Z":       "2026-03-01T09:00:00Z",
		"1970-01-01":                     "1970-01-01T00:00:00Z",
		"9999-12-31":                     "9999-12-31T00:00:00Z",
		"9999-12-31T23:59:59-00:01":      "",
		"1969-12-31":                     "",
		"2026-02-29":                     "",
		"2026-3-1":                       "",
		"2026-03-01 09:00:00":            "",
		"2026-03-01T09:00:00":            "",
		"2026-03-01T24:00:00Z":           "",
		"01.03.2026":                     "",
		"":                               "",
		"1688169599":                     "",
		"2026-03-01T09:00:60Z":           "",
		"2026-03-01T09:00:00.123456789Z": "2026-03-01T09:00:00Z",
	} {
		at, ok := readDate(text)
		if got := at.Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %s %v, want %q", text, got, ok, want)
		}
	}
}

func TestEachStateRefusesWhatTheOneBeforeItRefuses(t *testing.T) {
	for _, c := range []struct {
		state       VersionState
		word        string
		news, works bool
	}{
		{Current, "current", true, true},
		{Deprecated, "deprecated", true, true},
		{Closed, "closed", false, true},
		{Off, "off", false, false},
	} {
		v := Version{State: c.state}
		if v.TakesNewKeys() != c.news || v.Verifies() != c.works || c.state.String() != c.word {
			t.Errorf("%s: got %s, new keys %v, verifies %v", c.word, c.state, v.TakesNewKeys(), v.Verifies())
		}
	}
	if got := len(VersionStates()); got != 4 {
		t.Errorf("got %d states, want 4", got)
	}
}

func TestVersionFor(t *testing.T) {
	p := &Policy{Versions: []Version{{Name: "v1"}, {Name: "v2", Override: true}}}
	for name, c := range map[string]struct {
		own, asked, want string
		ok               bool
	}{
		"none asked for": {"v1", "", "v1", true},
		"its own asked for, though nobody else may":    {"v1", "v1", "v1", true},
		"another asked for, which may be":              {"v1", "v2", "v2", true},
		"another asked for, which may not be":          {"v2", "v1", "v1", false},
		"one that is not":                              {"v1", "v9", "", false},
		"a key whose version is gone":                  {"v0", "", "", false},
		"a key whose version is gone asks for another": {"v0", "v2", "v2", true},
	} {
		if v, ok := p.VersionFor(c.own, c.asked); ok != c.ok || v.Name != c.want {
			t.Errorf("%s: got %q %v, want %q %v", name, v.Name, ok, c.want, c.ok)
		}
	}
}

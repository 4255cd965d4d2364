package console

import (
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// Whoever has a key for a version on its way out reads it beside the key, before requests fail.
func TestAVersionOnItsWayOutIsSaidBesideItsKeys(t *testing.T) {
	const v2, dates = "    presentations: [token, bearer, x-api-key]\n", "    deprecated: 2026-03-01\n    sunset: 2027-03-01\n    notice: https://developer.example.com/moving\n"
	for state, words := range map[string][3]string{
		"deprecated": {"deprecated", "Deprecated since 1 Mar 2026. It is to be switched off on 1 Mar 2027.", ""},
		"closed":     {"closed", "Deprecated since 1 Mar 2026, and closed to new keys. It is to be switched off on 1 Mar 2027.", "Version 1 (takes no new keys)"},
		"off":        {"switched off", "Switched off. A request with a key for it is refused, unless it asks for another version.", "Version 1 (takes no new keys)"},
	} {
		t.Run(state, func(t *testing.T) {
			s := newSite(t)
			key, _ := s.issue("acme", "nightly export")
			b := s.as("owner", "acme")
			for _, path := range []string{"/api-access", keyPath(key.ID), "/help/api-versions"} {
				b.get(path).saysNot(words[0], "What to do")
			}
			text := strings.NewReplacer("    preselected: true\n    state: current\n", "    state: "+state+"\n"+dates, v2, v2+"    preselected: true\n").Replace(policy.Default().Text())
			next, err := policy.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.svc.Govern(t.Context(), keywright.Operator(""), next); err != nil {
				t.Fatal(err)
			}
			b.get("/api-access").says("v1 " + words[0])
			b.get(keyPath(key.ID)).says(words[1], "What to do")
			b.get("/help/api-versions").says("How long it lasts", words[1]+" What to do", "No end is planned.")
			b.get("/help/generating-an-api-key").says(words[2])
		})
	}
}

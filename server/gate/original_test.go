package gate_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/server/gate"
)

// Each gateway tells method and path in its own headers. One that an end client adds is never
// believed against one that the gateway set.
func TestWhichRequestAGatewayAsksAbout(t *testing.T) {
	town := settle(t, gate.Options{})
	text := town.key(t, "acct_acme", func(k *keyset.Key) { k.Kind, k.Scopes = keyset.ReadOnlyKey, []string{"incidents:read"} })
	const good, forbidden, unclear = 200, 403, 400
	for name, c := range map[string]struct {
		headers []string
		want    int
		code    api.Code
	}{
		"nginx, reading":                         {[]string{"X-Original-Method", "GET", "X-Original-URI", "/incidents?x=1"}, good, ""},
		"nginx, writing":                         {[]string{"X-Original-Method", "POST", "X-Original-URI", "/incidents"}, forbidden, "read_only"},
		"nginx, elsewhere":                       {[]string{"X-Original-Method", "GET", "X-Original-URI", "/people"}, forbidden, "out_of_scope"},
		"Traefik and Caddy, reading":             {[]string{"X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/incidents"}, good, ""},
		"Traefik and Caddy, writing":             {[]string{"X-Forwarded-Method", "DELETE", "X-Forwarded-Uri", "/incidents"}, forbidden, "read_only"},
		"Traefik and Caddy, elsewhere":           {[]string{"X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/people"}, forbidden, "out_of_scope"},
		"the head":                               {[]string{"X-Forwarded-Method", "HEAD", "X-Forwarded-Uri", "/incidents"}, good, ""},
		"nothing":                                {nil, forbidden, "read_only"},
		"a path alone":                           {[]string{"X-Original-URI", "/incidents"}, forbidden, "read_only"},
		"a method alone":                         {[]string{"X-Original-Method", "GET"}, forbidden, "out_of_scope"},
		"a path that can be read in two ways":    {[]string{"X-Original-Method", "GET", "X-Original-URI", "/incidents/%2e%2e/people"}, forbidden, "out_of_scope"},
		"both pairs, alike":                      {[]string{"X-Original-Method", "GET", "X-Original-URI", "/incidents", "X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/incidents"}, good, ""},
		"a forged method behind Traefik":         {[]string{"X-Original-Method", "GET", "X-Forwarded-Method", "POST", "X-Forwarded-Uri", "/incidents"}, unclear, "invalid"},
		"a forged pair behind Traefik":           {[]string{"X-Original-Method", "GET", "X-Original-URI", "/incidents", "X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/people"}, unclear, "invalid"},
		"a forged method behind nginx":           {[]string{"X-Original-Method", "POST", "X-Original-URI", "/incidents", "X-Forwarded-Method", "GET"}, unclear, "invalid"},
		"a forged path behind nginx":             {[]string{"X-Original-Method", "GET", "X-Original-URI", "/people", "X-Forwarded-Uri", "/incidents"}, unclear, "invalid"},
		"a method where nginx tells none":        {[]string{"X-Original-URI", "/incidents", "X-Forwarded-Method", "GET"}, unclear, "invalid"},
		"a method twice":                         {[]string{"X-Original-Method", "GET", "X-Original-Method", "GET", "X-Original-URI", "/incidents"}, unclear, "invalid"},
		"a path twice":                           {[]string{"X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/incidents", "X-Forwarded-Uri", "/people"}, unclear, "invalid"},
		"an empty line counts as none":           {[]string{"X-Original-Method", "", "X-Original-URI", "", "X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/incidents"}, good, ""},
		"the question's own method says nothing": {[]string{"X-Original-URI", "/incidents"}, forbidden, "read_only"},
		"an override of the method is not ours":  {[]string{"X-HTTP-Method-Override", "GET", "X-Original-Method", "POST", "X-Original-URI", "/incidents"}, forbidden, "read_only"},
	} {
		w := do(town, "GET", "/forward-auth", "", append(c.headers, "Authorization", "Bearer "+text)...)
		if w.Code != c.want {
			t.Errorf("%s: got %d %s, want %d", name, w.Code, w.Body, c.want)
		}
		if c.want == good {
			continue
		}
		if p := readProblem(t, w); p.Code != c.code {
			t.Errorf("%s: got %s, want %s", name, p.Code, c.code)
		}
	}
}

// A gateway may name the scopes itself. What it names comes on top of what the routes say, so
// that an end client who sends the header can only refuse himself.
func TestAGatewayNamesTheScope(t *testing.T) {
	town := settle(t, gate.Options{})
	key := func(scopes ...string) string {
		return town.key(t, "acct_acme", func(k *keyset.Key) { k.Scopes = scopes })
	}
	incidents, both := key("incidents:read"), key("incidents:read", "users:read")
	for name, c := range map[string]struct {
		text  string
		lines []string
		want  int
	}{
		"none":                          {incidents, nil, 200},
		"an empty one":                  {incidents, []string{""}, 200},
		"separators alone":              {incidents, []string{" ,\t, "}, 200},
		"one in reach":                  {incidents, []string{"incidents:read"}, 200},
		"one out of reach":              {incidents, []string{"users:read"}, 403},
		"one out of reach, in a list":   {incidents, []string{"incidents:read, users:read"}, 403},
		"one out of reach, by blanks":   {incidents, []string{"incidents:read users:read"}, 403},
		"one out of reach, in a line":   {incidents, []string{"incidents:read", "users:read"}, 403},
		"two in reach":                  {both, []string{"incidents:read,users:read"}, 200},
		"one that the policy has not":   {both, []string{"billing:read"}, 403},
		"a wildcard":                    {town.text, []string{"incidents:*"}, 400},
		"everything":                    {town.text, []string{"*"}, 400},
		"quotes":                        {town.text, []string{`"incidents:read"`}, 400},
		"a letter that looks alike":     {town.text, []string{"іncidents:read"}, 400},
		"capitals":                      {town.text, []string{"Incidents:read"}, 400},
		"too long":                      {town.text, []string{strings.Repeat("a", 65)}, 400},
		"a variable that was never set": {town.text, []string{"$scope"}, 400},
	} {
		headers := []string{"Authorization", "Bearer " + c.text, "X-Original-Method", "GET", "X-Original-URI", "/incidents"}
		for _, line := range c.lines {
			headers = append(headers, "Keywright-Require-Scope", line)
		}
		if w := do(town, "GET", "/forward-auth", "", headers...); w.Code != c.want {
			t.Errorf("%s: got %d %s, want %d", name, w.Code, w.Body, c.want)
		}
	}
	w := do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+both, "X-Original-Method", "POST", "X-Original-URI", "/incidents", "Keywright-Require-Scope", "users:read")
	if w.Code != 403 || !strings.Contains(w.Header().Get("WWW-Authenticate"), `scope="incidents:write"`) {
		t.Errorf("the route's scope in spite of the header: got %d %v, want 403 for incidents:write", w.Code, w.Header())
	}
	// Nobody's list grows: the next request needs what its route says and no more.
	if w := do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+incidents, "X-Original-Method", "GET", "X-Original-URI", "/incidents"); w.Code != 200 {
		t.Errorf("the next request: got %d, want 200", w.Code)
	}
}

// The client's address counts from the gateway, and without a trusted one no header is believed.
func TestTheAddressOfAForwardedRequest(t *testing.T) {
	for name, c := range map[string]struct {
		hops  int
		lines []string
		want  int
	}{
		"no proxy is trusted":                   {0, []string{"192.0.2.7"}, 403},
		"the gateway says":                      {1, []string{"192.0.2.7"}, 200},
		"the gateway says otherwise":            {1, []string{"192.0.2.7, 203.0.113.9"}, 403},
		"the gateway says nothing":              {1, nil, 403},
		"a proxy before it says":                {2, []string{"192.0.2.7, 203.0.113.9"}, 200},
		"the end client wrote before the proxy": {2, []string{"192.0.2.7, 203.0.113.8, 203.0.113.9"}, 403},
		"the end client sent a line of its own": {1, []string{"192.0.2.7", "203.0.113.9"}, 403},
		"with a port":                           {1, []string{"192.0.2.7:5000"}, 200},
	} {
		town := settle(t, gate.Options{TrustedHops: c.hops})
		text := town.key(t, "acct_acme", func(k *keyset.Key) { k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
		headers := []string{"Authorization", "Bearer " + text, "X-Original-Method", "GET", "X-Original-URI", "/health", "X-Real-IP", "192.0.2.7", "Forwarded", "for=192.0.2.7"}
		for _, line := range c.lines {
			headers = append(headers, "X-Forwarded-For", line)
		}
		if w := do(town, http.MethodGet, "/forward-auth", "", headers...); w.Code != c.want {
			t.Errorf("%s: got %d %s, want %d", name, w.Code, w.Body, c.want)
		}
	}
}

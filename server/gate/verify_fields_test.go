package gate_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/server/gate"
)

func TestAVerdictTellsAllThatIsKnown(t *testing.T) {
	town := settle(t, gate.Options{})
	text := town.personal(t, "mem_user", "user", true)
	got := asJSON(t, ask(t, town, api.VerifyRequest{Credential: text, Accept: "application/vnd.acme+json;version=2"}))
	want := fmt.Sprintf(`{"valid":true,"code":"valid","key":{"id":"key_%s","kind":"personal","environment":"live","last_four":"%s"},`+
		`"account":{"id":"acct_acme","slug":"acme","plan":"standard"},"member":{"id":"mem_user"},`+
		`"api_version":"v2","deprecation":"2026-01-01T00:00:00Z","sunset":"2026-07-01T00:00:00Z","notice":"https://developer.example.com/after-v2",`+
		`"scopes":["incidents:read","incidents:write"],"revision":%d,"age_ms":0}`, text[8:20], text[len(text)-4:], town.last)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	small := town.account(t, keyset.Account{Slug: "small", Plan: "small"})
	if got := ask(t, town, api.VerifyRequest{Credential: small}); got.Limits == nil || *got.Limits != (api.VerdictLimits{}) {
		t.Errorf("the last request that there is room for: limits are %+v, want none remaining and nothing to wait for", got.Limits)
	}
	if got := ask(t, town, api.VerifyRequest{Credential: text}); got.Limits != nil || got.Deprecation != nil || got.Sunset != nil || got.Notice != "" {
		t.Errorf("a plan without a rate, a current version: got %+v, want neither limits nor dates", got)
	}
}

func TestTheAgeOfAVerdict(t *testing.T) {
	town := settle(t, gate.Options{})
	later := gate.New(town.verifier(policy.Default(), startUp+1500*time.Millisecond), gate.Options{})
	if got := ask(t, later, api.VerifyRequest{Credential: town.text}); got.AgeMS != 1500 || got.Revision != town.last {
		t.Errorf("got %d ms at revision %d, want 1500 at %d", got.AgeMS, got.Revision, town.last)
	}
}

// What the request says decides, and what it does not say is taken for the worst.
func TestWhatARequestSays(t *testing.T) {
	town := settle(t, gate.Options{})
	key := func(change func(*keyset.Key)) string { return town.key(t, "acct_acme", change) }
	reader := key(func(k *keyset.Key) { k.Kind = keyset.ReadOnlyKey })
	incidents := key(func(k *keyset.Key) { k.Scopes = []string{"incidents:read"} })
	office := key(func(k *keyset.Key) {
		k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	})
	const valid, readOnly, outOfScope, network = "valid", "read_only", "out_of_scope", "network_not_allowed"
	for name, c := range map[string]struct {
		asked   api.VerifyRequest
		code    api.Code
		missing string
	}{
		"a read-only key reads":                           {api.VerifyRequest{Credential: reader, Method: "GET"}, valid, ""},
		"a read-only key asks for the head":               {api.VerifyRequest{Credential: reader, Method: "HEAD"}, valid, ""},
		"a read-only key writes":                          {api.VerifyRequest{Credential: reader, Method: "POST"}, readOnly, ""},
		"a read-only key, no method told":                 {api.VerifyRequest{Credential: reader}, readOnly, ""},
		"a read-only key, the method in lower case":       {api.VerifyRequest{Credential: reader, Method: "get"}, readOnly, ""},
		"a read-only key, a method of nobody's":           {api.VerifyRequest{Credential: reader, Method: "GET\x00"}, readOnly, ""},
		"a scope in reach":                                {api.VerifyRequest{Credential: incidents, Scopes: []string{"incidents:read"}}, valid, ""},
		"a scope out of reach":                            {api.VerifyRequest{Credential: incidents, Scopes: []string{"incidents:write"}}, outOfScope, "incidents:write"},
		"the second scope out of reach":                   {api.VerifyRequest{Credential: incidents, Scopes: []string{"incidents:read", "users:read"}}, outOfScope, "users:read"},
		"one scope twice":                                 {api.VerifyRequest{Credential: incidents, Scopes: []string{"incidents:read", "incidents:read"}}, valid, ""},
		"256 times one scope":                             {api.VerifyRequest{Credential: incidents, Scopes: slices.Repeat([]string{"incidents:read"}, 256)}, valid, ""},
		"a scope that the policy has not":                 {api.VerifyRequest{Credential: town.text, Scopes: []string{"billing:read"}}, outOfScope, "billing:read"},
		"a scope with an empty segment":                   {api.VerifyRequest{Credential: town.text, Scopes: []string{"incidents:"}}, outOfScope, "incidents:"},
		"none, which is all that an old caller says":      {api.VerifyRequest{Credential: incidents}, valid, ""},
		"a method alone asks no route":                    {api.VerifyRequest{Credential: incidents, Method: "POST"}, valid, ""},
		"the route's scope in reach":                      {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "/incidents/7?x=1"}, valid, ""},
		"the route's scope out of reach":                  {api.VerifyRequest{Credential: incidents, Method: "POST", Path: "/incidents/7"}, outOfScope, "incidents:write"},
		"a route that needs none":                         {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "/health"}, valid, ""},
		"a route that needs everything":                   {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "/admin/x"}, outOfScope, "incidents:write"},
		"no route: every scope is needed":                 {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "/people"}, outOfScope, "incidents:write"},
		"no route, a key that was not narrowed":           {api.VerifyRequest{Credential: town.text, Method: "GET", Path: "/people"}, valid, ""},
		"a path without a method":                         {api.VerifyRequest{Credential: incidents, Path: "/incidents"}, outOfScope, "incidents:write"},
		"a path that can be read in two ways":             {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "/incidents/../admin"}, outOfScope, "incidents:write"},
		"a path that is none":                             {api.VerifyRequest{Credential: incidents, Method: "GET", Path: "incidents"}, outOfScope, "incidents:write"},
		"scopes stand in place of the route's":            {api.VerifyRequest{Credential: incidents, Method: "POST", Path: "/incidents", Scopes: []string{"incidents:read"}}, valid, ""},
		"no scopes at all, given: they stand in place":    {api.VerifyRequest{Credential: incidents, Method: "POST", Path: "/incidents", Scopes: []string{}}, valid, ""},
		"an allowed address":                              {api.VerifyRequest{Credential: office, ClientIP: "192.0.2.7"}, valid, ""},
		"an allowed address, as IPv6 has it":              {api.VerifyRequest{Credential: office, ClientIP: "::ffff:192.0.2.7"}, valid, ""},
		"an allowed address in hexadecimal":               {api.VerifyRequest{Credential: office, ClientIP: "::ffff:c000:207"}, valid, ""},
		"an allowed IPv6 address":                         {api.VerifyRequest{Credential: office, ClientIP: "2001:DB8:0:0::1"}, valid, ""},
		"another address":                                 {api.VerifyRequest{Credential: office, ClientIP: "192.0.3.7"}, network, ""},
		"another IPv6 address":                            {api.VerifyRequest{Credential: office, ClientIP: "2001:db9::1"}, network, ""},
		"an IPv6 address with an allowed one inside":      {api.VerifyRequest{Credential: office, ClientIP: "64:ff9b::192.0.2.7"}, network, ""},
		"no address told":                                 {api.VerifyRequest{Credential: office}, network, ""},
		"an address, though it may be used from anywhere": {api.VerifyRequest{Credential: town.text, ClientIP: "0.0.0.0"}, valid, ""},
		"a revision that is there":                        {api.VerifyRequest{Credential: town.text, MinRevision: town.last}, valid, ""},
	} {
		if got := ask(t, town, c.asked); got.Code != c.code || got.MissingScope != c.missing {
			t.Errorf("%s: got %s %q, want %s %q", name, got.Code, got.MissingScope, c.code, c.missing)
		}
	}
	w := post(t, town, "/v1/verify", api.VerifyRequest{Credential: town.text, MinRevision: town.last + 1})
	if p := readProblem(t, w); w.Code != 503 || p.Code != "stale" || w.Header().Get("Retry-After") != "1" {
		t.Errorf("a revision that is not there yet: got %d %s, want 503 stale", w.Code, p.Code)
	}
}

// D7, D9, D13: what can't be meant is named by its place and never repeated, and the verifier is
// not asked.
func TestWhatCanNotBeMeantIsNamed(t *testing.T) {
	town := settle(t, gate.Options{})
	type fields map[string]json.RawMessage
	quoted := func(text string) json.RawMessage {
		raw, _ := json.Marshal(text)
		return raw
	}
	check := func(name string, body fields, status int, pointers ...string) {
		t.Helper()
		body["credential"] = quoted(town.text)
		w := post(t, town, "/v1/verify", body)
		p := readProblem(t, w)
		var got []string
		for _, e := range p.Errors {
			got = append(got, e.Pointer)
		}
		if w.Code != status || !slices.Equal(got, pointers) {
			t.Errorf("%s: got %d at %v, want %d at %v", name, w.Code, got, status, pointers)
		}
	}
	for _, address := range []string{
		"010.0.0.1", "10.0.0.01", "1.2.3", "1", "16909060", "0x7f.1", "0x7f000001", "127.1", "1.2.3.4.5", "256.0.0.1", "-1.0.0.1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "1.2.3.4\x00",
		"1.2.3.4:80", "1.2.3.4/32", "1.2.3.4,5.6.7.8", "[::1]", "[::1]:80", "::1/128", ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "fe80::1%25eth0", "::ffff:1.2.3.4%1",
		"::ffff:010.2.3.4", "::1.2.3", "12345::", "localhost", "unknown", "_hidden", "unix:", "１.2.3.4", "1。2。3。4", "null", strings.Repeat("1", 5000), "-",
	} {
		check("client_ip "+fmt.Sprintf("%.20q", address), fields{"client_ip": quoted(address)}, 422, "/client_ip")
	}
	for _, scope := range []string{
		"", "*", "incidents:*", "incidents.**", "**", "Incidents:read", "incidents:READ", "incidents read", "incidents,read", "incidents:read ", "incidents:read\n", "incidents:read\"", `incidents\read`,
		"іncidents:read", "incidents：read", "incidents:read\u200b", "incidents/read", "incidents:rëad", "none\x00", strings.Repeat("a", 65), "${scope}", "a;b", "a=b", "a+b", "!incidents:read", "incidents:read?",
	} {
		check(fmt.Sprintf("scope %.20q", scope), fields{"scopes": json.RawMessage(`["incidents:read",` + string(quoted(scope)) + `]`)}, 422, "/scopes/1")
	}
	for _, number := range []string{
		"-1", "-0", "1.0", "1e0", "1e400", "1.5", "18446744073709551616", "+1", "01", "0x1", "1_000", `"1"`, "NaN", "Infinity", "true", "null", "[1]", "9e99999",
	} {
		for _, field := range []string{"min_revision", "cost"} {
			if field == "cost" && number == "null" {
				continue // the same as leaving it out
			}
			w := do(town, http.MethodPost, "/v1/verify", `{"`+field+`":`+number+`}`, "Content-Type", "application/json")
			if p := readProblem(t, w); w.Code != 400 || p.Code != api.CodeInvalidJSON {
				t.Errorf("%s %s: got %d %s, want 400", field, number, w.Code, p.Code)
			}
		}
	}
	check("257 scopes", fields{"scopes": json.RawMessage("[" + strings.Repeat(`"a",`, 256) + `"a"]`)}, 422, "/scopes")
	check("10,000 scopes", fields{"scopes": json.RawMessage("[" + strings.Repeat(`"a",`, 9999) + `"a"]`)}, 422, "/scopes")
	check("no list of scopes", fields{"scopes": json.RawMessage(`"incidents:read"`)}, 400, "/scopes")
	check("null for scopes", fields{"scopes": json.RawMessage(`null`)}, 400, "/scopes")
	check("null for one of them", fields{"scopes": json.RawMessage(`[null]`)}, 400, "/scopes/0")
	check("all mistakes at once", fields{"scopes": json.RawMessage(`["*","a","b c"]`), "client_ip": quoted("x"), "authorization": quoted("Bearer x")}, 422,
		"/credential", "/client_ip", "/scopes/0", "/scopes/2")
	if n := town.asked.calls.Load(); n != 0 {
		t.Errorf("the verifier was asked %d times, want 0", n)
	}
}

// One question each, and none where there is no key: a flood of junk costs no more than reading it.
func TestTheVerifierIsAskedOnceAtMost(t *testing.T) {
	town := settle(t, gate.Options{})
	k := town.text
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		want               int64
	}{
		"a good key":                        {"POST", "/v1/verify", `{"credential":"` + k + `"}`, []string{"Content-Type", "application/json"}, 1},
		"a good key at a gateway":           {"GET", "/forward-auth", "", []string{"Authorization", "Bearer " + k}, 1},
		"junk at a gateway":                 {"GET", "/forward-auth", "", []string{"Authorization", "Bearer x"}, 1},
		"the refusal":                       {"GET", "/refusal", "", []string{"Authorization", "Bearer x"}, 1},
		"an introspection":                  {"POST", "/v1/introspect", "token=" + k, []string{"Content-Type", "application/x-www-form-urlencoded"}, 1},
		"a batch of three, one without":     {"POST", "/v1/verify/batch", `{"requests":[{"credential":"x"},{},{"credential":"y"}]}`, []string{"Content-Type", "application/json"}, 2},
		"nothing":                           {"POST", "/v1/verify", `{}`, []string{"Content-Type", "application/json"}, 0},
		"two keys":                          {"POST", "/v1/verify", `{"authorization":"Bearer a b"}`, []string{"Content-Type", "application/json"}, 0},
		"no header":                         {"GET", "/forward-auth", "", nil, 0},
		"two headers":                       {"GET", "/forward-auth", "", []string{"Authorization", "Bearer " + k, "X-API-Key", k}, 0},
		"a key in the URL":                  {"GET", "/forward-auth?k=" + k, "", nil, 0},
		"another scheme":                    {"GET", "/forward-auth", "", []string{"Authorization", "Digest x"}, 0},
		"two requests in one":               {"GET", "/forward-auth", "", []string{"Authorization", "Bearer " + k, "X-Original-Method", "GET", "X-Forwarded-Method", "POST"}, 0},
		"another method":                    {"GET", "/v1/verify", `{"credential":"` + k + `"}`, []string{"Content-Type", "application/json"}, 0},
		"another media type":                {"POST", "/v1/verify", `{"credential":"` + k + `"}`, []string{"Content-Type", "text/plain"}, 0},
		"no JSON":                           {"POST", "/v1/verify", k, []string{"Content-Type", "application/json"}, 0},
		"a batch with a mistake at its end": {"POST", "/v1/verify/batch", `{"requests":[{"credential":"` + k + `"},{"client_ip":"x"}]}`, []string{"Content-Type", "application/json"}, 0},
		"an introspection without a token":  {"POST", "/v1/introspect", "tok=" + k, []string{"Content-Type", "application/x-www-form-urlencoded"}, 0},
		"somewhere else":                    {"GET", "/v1/keys", "", []string{"Authorization", "Bearer " + k}, 0},
	} {
		before := town.asked.calls.Load()
		do(town, c.method, c.path, c.body, c.headers...)
		if got := town.asked.calls.Load() - before; got != c.want {
			t.Errorf("%s: the verifier was asked %d times, want %d", name, got, c.want)
		}
	}
	if town.log.Len() != 0 {
		t.Errorf("junk is logged:\n%s", town.log)
	}
}

func TestDatesThatWereNotSaidAreNotTold(t *testing.T) {
	v := keywright.Verdict{Valid: true, Key: keywright.Key{ID: "key_x"}, Version: policy.Version{Name: "v9", State: policy.Deprecated}}
	if got := ask(t, gate.New(answers{v}, gate.Options{}), api.VerifyRequest{Credential: "x"}); got.Deprecation != nil || got.Sunset != nil {
		t.Errorf("got %+v, want no dates that were never set", got)
	}
}

func TestARequestTakesItsCostFromTheRate(t *testing.T) {
	town := settle(t, gate.Options{Policy: readPolicy(t, strings.ReplaceAll(townRules, "7/min burst 1", "60/min burst 10"))})
	text := town.account(t, keyset.Account{Slug: "small", Plan: "small"})
	cost := func(n uint64) *uint64 { return &n }
	for _, step := range []struct {
		cost *uint64
		code api.Code
		left int
	}{
		{nil, api.CodeValid, 9},
		{cost(0), api.CodeValid, 9},
		{cost(4), api.CodeValid, 5},
		{cost(6), api.Code(keywright.OverLimit), 5},
		{cost(api.MaxCost), api.Code(keywright.OverLimit), 5},
		{cost(5), api.CodeValid, 0},
		{cost(0), api.CodeValid, 0},
		{cost(1), api.Code(keywright.OverLimit), 0},
	} {
		v := ask(t, town, api.VerifyRequest{Credential: text, Cost: step.cost})
		if v.Code != step.code || v.Limits == nil || v.Limits.Remaining != step.left {
			t.Errorf("cost %v: got %s, %+v, want %s and %d left", step.cost, v.Code, v.Limits, step.code, step.left)
		}
	}
	w := post(t, town, "/v1/verify", api.VerifyRequest{Credential: text, Cost: cost(api.MaxCost + 1)})
	if p := readProblem(t, w); w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Pointer != "/cost" {
		t.Errorf("more than can be taken: got %d %+v, want 422 at /cost", w.Code, p.Errors)
	}
}

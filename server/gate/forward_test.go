package gate_test

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/server/gate"
)

const realm = `Bearer realm="api"`

func TestAGoodKeyOpensTheDoorWithItsIdentity(t *testing.T) {
	h := build(t)
	want := map[string]string{
		"Keywright-Key-Id": string(h.key.ID), "Keywright-Account": "acme", "Keywright-Account-Id": string(h.account.ID),
		"Keywright-Api-Version": "v1", "Keywright-Revision": "0", "Cache-Control": "no-store",
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
		// The end client's copies of our headers change nothing.
		w := do(h, method, "/forward-auth", "a body that nobody reads", "Authorization", "Bearer "+h.text,
			"Keywright-Account", "globex", "Keywright-Key-Id", "key_forged", "Keywright-Scopes", "all", "Keywright-Api-Version", "v2")
		if w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("%s: got %d %q, want 200 without a body", method, w.Code, w.Body)
		}
		if len(w.Header()) != len(want) {
			t.Errorf("%s: got %v, want %v and nothing else", method, w.Header(), want)
		}
		for name, value := range want {
			if got := w.Header().Values(name); len(got) != 1 || got[0] != value {
				t.Errorf("%s: %s: got %q, want %q", method, name, got, value)
			}
		}
	}
}

func TestTheVersionOfAForwardedRequest(t *testing.T) {
	h := build(t)
	for name, c := range map[string]struct {
		accept []string
		status int
		want   string
	}{
		"no Accept":                    {nil, 200, "v1"},
		"Accept of a browser":          {[]string{"text/html,application/xhtml+xml,*/*;q=0.8"}, 200, "v1"},
		"version 2":                    {[]string{"application/vnd.acme+json;version=2"}, 200, "v2"},
		"version 2 in the second line": {[]string{"text/html", "application/vnd.acme+json;version=2"}, 200, "v2"},
		"a version that is not there":  {[]string{"application/vnd.acme+json;version=7"}, 403, ""},
	} {
		headers := []string{"X-API-Key", h.text}
		for _, line := range c.accept {
			headers = append(headers, "Accept", line)
		}
		w := do(h, "GET", "/forward-auth", "", headers...)
		if got := w.Header().Get("Keywright-Api-Version"); w.Code != c.status || got != c.want {
			t.Errorf("%s: got %d %q, want %d %q", name, w.Code, got, c.status, c.want)
		}
	}
}

// refused is an answer of design, section 6, to an end client.
type refused struct {
	status     int
	code       api.Code
	challenge  string
	retryAfter string
}

func wanted() map[keywright.Reason]refused {
	unauthenticated := refused{401, "unauthenticated", realm, ""}
	const invalidToken = realm + `, error="invalid_token"`
	return map[keywright.Reason]refused{
		keywright.NoCredential:          unauthenticated,
		keywright.AmbiguousCredential:   {400, "ambiguous_credential", realm + `, error="invalid_request"`, ""},
		keywright.Malformed:             unauthenticated,
		keywright.Stale:                 {503, "stale", "", "1"},
		keywright.Unknown:               unauthenticated,
		keywright.Revoked:               {401, "revoked", invalidToken, ""},
		keywright.Disabled:              {401, "disabled", invalidToken, ""},
		keywright.NotYetValid:           {401, "not_yet_valid", invalidToken, ""},
		keywright.Expired:               {401, "expired", invalidToken, ""},
		keywright.AccountIsSuspended:    {403, "account_suspended", "", ""},
		keywright.PlanNotEntitled:       {402, "plan_not_entitled", "", ""},
		keywright.MemberInactive:        {403, "member_inactive", "", ""},
		keywright.NetworkNotAllowed:     {403, "network_not_allowed", "", ""},
		keywright.EnvironmentNotAllowed: {403, "environment_not_allowed", "", ""},
		keywright.VersionNotAllowed:     {403, "version_not_allowed", "", ""},
		keywright.VersionOff:            {410, "version_off", "", ""},
		keywright.ReadOnly:              {403, "read_only", "", ""},
		keywright.OutOfScope:            {403, "out_of_scope", realm + `, error="insufficient_scope", scope="incidents:read"`, ""},
		keywright.OverLimit:             {429, "over_limit", "", "9"}, // 7/min: a ninth second begins
		keywright.OverQuota:             {429, "over_quota", "", "1"},
	}
}

func TestEachReasonIsRefusedAsTheDesignSays(t *testing.T) {
	for reason, c := range settle(t, gate.Options{}).refusals(t, gate.Options{}) {
		t.Run(string(reason), func(t *testing.T) {
			want, ok := wanted()[reason]
			if !ok {
				t.Fatal("no case in this test")
			}
			for _, path := range []string{"/forward-auth", "/refusal"} {
				w := do(c, "GET", path, "", c.headers()...)
				p := readProblem(t, w)
				if w.Code != want.status || p.Code != want.code {
					t.Errorf("%s: got %d %s, want %d %s", path, w.Code, p.Code, want.status, want.code)
				}
				for name, value := range map[string]string{"WWW-Authenticate": want.challenge, "Retry-After": want.retryAfter} {
					if got := w.Header().Get(name); got != value {
						t.Errorf("%s: %s: got %q, want %q", path, name, got, value)
					}
				}
				checkNoIdentity(t, w)
			}
			checkForNginx(t, do(c, "GET", "/forward-auth", "", append(c.headers(), "Keywright-Gateway", "nginx")...), want)
		})
	}
}

// checkForNginx: 401 or 403 alone, the rest in headers.
func checkForNginx(t *testing.T, w *httptest.ResponseRecorder, want refused) {
	t.Helper()
	status := 403
	if want.status == 401 {
		status = 401
	}
	if w.Code != status || w.Body.Len() != 0 {
		t.Errorf("for nginx: got %d %q, want %d without a body", w.Code, w.Body, status)
	}
	if got := w.Header().Get("Keywright-Status"); got != fmt.Sprint(want.status) {
		t.Errorf("for nginx: Keywright-Status: got %q, want %d", got, want.status)
	}
	if got := w.Header().Get("Keywright-Code"); got != string(want.code) {
		t.Errorf("for nginx: Keywright-Code: got %q, want %s", got, want.code)
	}
	if got := w.Header().Get("WWW-Authenticate"); got != "" { // nginx would send it, and that of /refusal too
		t.Errorf("for nginx: WWW-Authenticate: got %q, want none", got)
	}
	checkNoIdentity(t, w)
}

func checkNoIdentity(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	for name := range w.Header() {
		if strings.HasPrefix(name, "Keywright-") && name != "Keywright-Status" && name != "Keywright-Code" {
			t.Errorf("%s is told with a refusal", name)
		}
	}
}

// F8: the way in which a key is sent is judged only after the key proved to be one.
func TestF8TheWrongWayIsExplainedToWhoeverHoldsTheKey(t *testing.T) {
	h := build(t)
	_, v2 := h.issue(t, "for version 2", "v2")
	w := do(h, "GET", "/forward-auth", "", "Authorization", "Basic "+base64Of(v2+":x"))
	p := readProblem(t, w)
	if w.Code != 401 || p.Code != "no_credential" || !strings.Contains(p.Detail, "Token token=KEY") || w.Header().Get("WWW-Authenticate") != realm {
		t.Errorf("got %d %+v, want 401 no_credential and the ways that v2 takes", w.Code, p)
	}
	stranger := do(h, "GET", "/forward-auth", "", "Authorization", "Basic "+base64Of(withCheck(replaceAt(v2, 30))+":x"))
	if p := readProblem(t, stranger); p.Code != api.CodeUnauthenticated {
		t.Errorf("without the key: got %s, want unauthenticated", p.Code)
	}
}

// The whole response, as it goes over the wire, but for the time: twelve ways to have no good
// key, one answer in each form. HEAD, POST and both paths for the end client alike.
func TestMissingMalformedAndUnknownAreOneAnswerToTheByte(t *testing.T) {
	for form, errors := range errorForms() {
		o := gate.Options{Policy: readPolicy(t, townRules+errors)}
		town := settle(t, o)
		server := httptest.NewServer(town)
		t.Cleanup(server.Close)
		elsewhere := settle(t, o) // a key of another installation
		dead := town.key(t, "acct_acme", func(k *keyset.Key) { k.Revoked = true })
		lines := map[string]string{
			"missing":                     "",
			"empty":                       "Authorization: \r\n",
			"a scheme alone":              "Authorization: Bearer\r\n",
			"another scheme":              "Authorization: Digest username=x\r\n",
			"malformed":                   "Authorization: Bearer nonsense\r\n",
			"bad check":                   "Authorization: Bearer " + replaceAt(town.text, 55) + "\r\n",
			"unknown id":                  "Authorization: Bearer " + elsewhere.text + "\r\n",
			"wrong secret":                "Authorization: Bearer " + withCheck(replaceAt(town.text, 49)) + "\r\n",
			"wrong environment":           "Authorization: Bearer " + withCheck(strings.Replace(town.text, "live", "test", 1)) + "\r\n",
			"wrong brand":                 "Authorization: Bearer " + withCheck("xx"+town.text[2:]) + "\r\n",
			"wrong secret of a dead key":  "Authorization: Bearer " + withCheck(replaceAt(dead, 49)) + "\r\n",
			"a good key in the URL alone": "X-Original-URI: /incidents?token=" + town.text + "\r\n",
		}
		for _, question := range []string{"GET /forward-auth", "HEAD /forward-auth", "POST /forward-auth", "GET /refusal", "DELETE /refusal"} {
			want := exchange(t, server.Listener.Addr().String(), question, "")
			if !bytes.HasPrefix(want, []byte("HTTP/1.1 401 Unauthorized\r\n")) {
				t.Fatalf("%s, %s: got %.40q, want 401", form, question, want)
			}
			for name, line := range lines {
				if got := exchange(t, server.Listener.Addr().String(), question, line); !bytes.Equal(got, want) {
					t.Errorf("%s, %s, %s:\ngot  %q\nwant %q", form, question, name, got, want)
				}
			}
		}
	}
}

// exchange sends a request as bytes and answers the response as bytes, without its Date.
func exchange(t *testing.T, address, question, line string) []byte {
	t.Helper()
	return exchangeBody(t, address, question, line, "")
}

func exchangeBody(t *testing.T, address, question, line, body string) []byte {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if body != "" {
		line += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n%s\r\n%s", question, line, body); err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	if _, err := all.ReadFrom(conn); err != nil {
		t.Fatal(err)
	}
	var kept [][]byte
	for _, line := range bytes.SplitAfter(all.Bytes(), []byte("\r\n")) {
		if !bytes.HasPrefix(line, []byte("Date: ")) {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, nil)
}

// A key in the URL is in somebody's log already: it is never taken, and beside another one
// it is one too many.
func TestAKeyInTheURL(t *testing.T) {
	h := build(t)
	const none, good, two = 401, 200, 400
	for name, c := range map[string]struct {
		name, uri string
		alone     int
		beside    int // with the same key in a header
	}{
		"none":                             {"X-Original-URI", "/incidents?limit=5", none, good},
		"nginx names it":                   {"X-Original-URI", "/incidents?token=" + h.text, none, two},
		"Traefik and Caddy name it":        {"X-Forwarded-Uri", "/incidents?token=" + h.text, none, two},
		"under any name":                   {"X-Original-URI", "/?q=" + h.text, none, two},
		"as the name":                      {"X-Original-URI", "/?" + h.text, none, two},
		"as the name of something":         {"X-Original-URI", "/?" + h.text + "=1", none, two},
		"after others":                     {"X-Original-URI", "/?a=1&b=2&api_key=" + h.text, none, two},
		"before others":                    {"X-Original-URI", "/?api_key=" + h.text + "&a=1", none, two},
		"parted by a semicolon":            {"X-Original-URI", "/?a=1;k=" + h.text, none, two},
		"with an equals sign too many":     {"X-Original-URI", "/?a==" + h.text, none, two},
		"percent-encoded":                  {"X-Original-URI", "/?token=" + strings.Replace(h.text, "_", "%5F", 2), none, two},
		"of another brand or unknown":      {"X-Original-URI", "/?token=" + withCheck(replaceAt(h.text, 30)), none, two},
		"a whole URL":                      {"X-Original-URI", "https://api.example.com/x?token=" + h.text, none, two},
		"a broken encoding elsewhere":      {"X-Original-URI", "/?a=%zz&token=" + h.text, none, two},
		"almost a key":                     {"X-Original-URI", "/?token=" + h.text[:55], none, good},
		"in the path":                      {"X-Original-URI", "/" + h.text, none, good},
		"a header of nobody's":             {"X-Some-URI", "/?token=" + h.text, none, good},
		"a very long query without a key":  {"X-Original-URI", "/?" + strings.Repeat("a=b&", 4000), none, good},
		"a very long query and then a key": {"X-Original-URI", "/?" + strings.Repeat("a=b&", 4000) + "k=" + h.text, none, two},
	} {
		if got := do(h, "GET", "/forward-auth", "", c.name, c.uri); got.Code != c.alone {
			t.Errorf("%s, alone: got %d, want %d", name, got.Code, c.alone)
		}
		if got := do(h, "GET", "/forward-auth", "", c.name, c.uri, "Authorization", "Bearer "+h.text); got.Code != c.beside {
			t.Errorf("%s, beside one in a header: got %d, want %d", name, got.Code, c.beside)
		}
	}
	t.Run("in the question's own URL", func(t *testing.T) {
		if got := do(h, "GET", "/forward-auth?token="+h.text, ""); got.Code != none {
			t.Errorf("alone: got %d, want %d", got.Code, none)
		}
		if got := do(h, "GET", "/forward-auth?token="+h.text, "", "X-API-Key", h.text); got.Code != two {
			t.Errorf("beside one in a header: got %d, want %d", got.Code, two)
		}
	})
}

func TestRefusalNeverOpensADoor(t *testing.T) {
	h := build(t)
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
		w := do(h, method, "/refusal", "", "Authorization", "Bearer "+h.text)
		p := readProblem(t, w)
		if w.Code != http.StatusServiceUnavailable || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s with a good key: got %d %s, want 503 unavailable", method, w.Code, p.Code)
		}
		checkNoIdentity(t, w)
	}
}

func TestNoVerdictIsNever401(t *testing.T) {
	for name, err := range map[string]error{"a fault": errDisk(), "an unknown outcome": keywright.ErrOutcomeUnknown, "not found": keywright.ErrNotFound} {
		g := gate.New(broken{err}, gate.Options{})
		for _, path := range []string{"/forward-auth", "/refusal"} {
			w := do(g, "GET", path, "", "Authorization", "Bearer x")
			p := readProblem(t, w)
			if w.Code != 503 || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" || w.Header().Get("WWW-Authenticate") != "" {
				t.Errorf("%s, %s: got %d %s %v, want 503 unavailable", name, path, w.Code, p.Code, w.Header())
			}
		}
		w := do(g, "GET", "/forward-auth", "", "Authorization", "Bearer x", "Keywright-Gateway", "nginx")
		checkForNginx(t, w, refused{status: 503, code: api.CodeUnavailable})
	}
}

// Only nginx needs to be spared the statuses it does not know.
func TestOtherGatewaysAreToldTheStatusItself(t *testing.T) {
	town := settle(t, gate.Options{})
	lite := town.account(t, keyset.Account{Slug: "lite", Plan: "lite"})
	for _, gateway := range []string{"", "traefik", "caddy", "NGINX", "nginx/1.22"} {
		w := do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+lite, "Keywright-Gateway", gateway)
		if w.Code != http.StatusPaymentRequired || w.Header().Get("Keywright-Status") != "" {
			t.Errorf("%q: got %d, want 402", gateway, w.Code)
		}
	}
}

func TestAGoodAnswerTellsWhoAsks(t *testing.T) {
	town := settle(t, gate.Options{})
	for name, c := range map[string]struct {
		text string
		want map[string][]string // besides those that all have
	}{
		"an account key": {town.text, map[string][]string{"Keywright-Scopes": {"incidents:read incidents:write users:read"}, "Keywright-Api-Version": {"v1"}}},
		"a narrowed key": {
			town.key(t, "acct_acme", func(k *keyset.Key) { k.Scopes = []string{"incidents:*"} }),
			map[string][]string{"Keywright-Scopes": {"incidents:read incidents:write"}, "Keywright-Api-Version": {"v1"}},
		},
		"a personal key reaches what its member's role does": {
			town.personal(t, "mem_user", "user", true),
			map[string][]string{"Keywright-Member": {"mem_user"}, "Keywright-Scopes": {"incidents:read incidents:write"}, "Keywright-Api-Version": {"v1"}},
		},
		"a role without scopes": {
			town.personal(t, "mem_guest", "guest", true),
			map[string][]string{"Keywright-Member": {"mem_guest"}, "Keywright-Api-Version": {"v1"}},
		},
		"a deprecated version (RFC 9745, RFC 8594)": {
			town.key(t, "acct_acme", func(k *keyset.Key) { k.Version = "v2" }),
			map[string][]string{
				"Keywright-Scopes": {"incidents:read incidents:write users:read"}, "Keywright-Api-Version": {"v2"},
				"Deprecation": {"@1767225600"}, "Sunset": {"Wed, 01 Jul 2026 00:00:00 GMT"},
				"Link": {`<https://developer.example.com/after-v2>; rel="deprecation", <https://developer.example.com/after-v2>; rel="sunset"`},
			},
		},
	} {
		w := do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+c.text, "X-Original-Method", "GET", "X-Original-URI", "/health")
		got := w.Header()
		c.want["Cache-Control"], c.want["Keywright-Account"], c.want["Keywright-Account-Id"] = []string{"no-store"}, []string{"acme"}, []string{"acct_acme"}
		c.want["Keywright-Key-Id"], c.want["Keywright-Revision"] = []string{"key_" + c.text[8:20]}, []string{strconv.FormatUint(town.last, 10)}
		if w.Code != 200 || !maps.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s:\ngot  %d %v\nwant 200 %v", name, w.Code, got, c.want)
		}
	}
}

// The version that was asked for is deprecated, not the key's own.
func TestAnOverrideIsToldItsOwnDeprecation(t *testing.T) {
	town := settle(t, gate.Options{})
	w := do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+town.text, "Accept", "application/vnd.acme+json;version=2", "X-Original-Method", "GET", "X-Original-URI", "/health")
	if w.Code != 200 || w.Header().Get("Keywright-Api-Version") != "v2" || w.Header().Get("Sunset") == "" {
		t.Errorf("got %d %v, want v2 and its sunset", w.Code, w.Header())
	}
}

// A policy that was read anew holds for the next request, for all that the Gate does by it.
func TestSetPolicyHoldsFromTheNextRequestOn(t *testing.T) {
	town := settle(t, gate.Options{})
	narrow := town.key(t, "acct_acme", func(k *keyset.Key) { k.Scopes = []string{"incidents:read"} })
	headers := []string{"Authorization", "Bearer " + narrow, "X-Original-Method", "GET", "X-Original-URI", "/people"}
	if w := do(town, "GET", "/forward-auth", "", headers...); w.Code != 403 {
		t.Fatalf("before: got %d, want 403", w.Code)
	}
	next := readPolicy(t, townRules+"  - GET /people -> incidents:read\nerrors: {format: pagerduty}\n")
	town.SetPolicy(next)
	if w := do(town, "GET", "/forward-auth", "", headers...); w.Code != 200 {
		t.Errorf("after: got %d, want 200", w.Code)
	}
	if w := do(town, "GET", "/forward-auth", ""); w.Header().Get("Content-Type") != "application/json" || !strings.Contains(w.Body.String(), `"code":2006`) {
		t.Errorf("after, without a key: got %s, want the pagerduty form", w.Body)
	}
}

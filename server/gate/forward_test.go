package gate_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

const realm = `Bearer realm="api"`

func TestAGoodKeyOpensTheDoorWithItsIdentity(t *testing.T) {
	h := build(t)
	want := map[string]string{
		"Keywright-Key-Id": string(h.key.ID), "Keywright-Account": "acme", "Keywright-Account-Id": string(h.account.ID),
		"Keywright-Api-Version": "v1", "Cache-Control": "no-store",
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

// refusals are the answers of design, section 6, to an end client.
type refused struct {
	status    int
	code      api.Code
	challenge string
}

func refusals() map[keywright.Reason]refused {
	unauthenticated := refused{401, "unauthenticated", realm}
	return map[keywright.Reason]refused{
		keywright.NoCredential:        unauthenticated,
		keywright.AmbiguousCredential: {400, "ambiguous_credential", realm + `, error="invalid_request"`},
		keywright.Malformed:           unauthenticated,
		keywright.Unknown:             unauthenticated,
		keywright.Revoked:             {401, "revoked", realm + `, error="invalid_token"`},
		keywright.Disabled:            {401, "disabled", realm + `, error="invalid_token"`},
		keywright.NotYetValid:         {401, "not_yet_valid", realm + `, error="invalid_token"`},
		keywright.Expired:             {401, "expired", realm + `, error="invalid_token"`},
		keywright.AccountIsSuspended:  {403, "account_suspended", ""},
		keywright.PlanNotEntitled:     {402, "plan_not_entitled", ""},
		keywright.VersionNotAllowed:   {403, "version_not_allowed", ""},
	}
}

// presenting gives the Authorization header that leads to each reason.
func (h *house) presenting(t *testing.T) map[keywright.Reason]string {
	t.Helper()
	all := map[keywright.Reason]string{
		keywright.NoCredential:        "",
		keywright.AmbiguousCredential: "Bearer " + h.text + " " + h.text,
		keywright.Malformed:           "Bearer " + h.text[1:],
		keywright.Unknown:             "Bearer " + withCheck(replaceAt(h.text, 40)),
	}
	for reason, text := range h.refusable(t) {
		all[reason] = "Bearer " + text
	}
	return all
}

func TestEachReasonIsRefusedAsTheDesignSays(t *testing.T) {
	h := build(t)
	presented := h.presenting(t)
	for _, reason := range keywright.Reasons() {
		t.Run(string(reason), func(t *testing.T) {
			want, ok := refusals()[reason]
			if _, shown := presented[reason]; !ok || !shown {
				t.Fatal("no case in this test")
			}
			var headers []string
			if presented[reason] != "" {
				headers = []string{"Authorization", presented[reason]}
			}
			for _, path := range []string{"/forward-auth", "/refusal"} {
				w := do(h, "GET", path, "", headers...)
				p := readProblem(t, w)
				if w.Code != want.status || p.Code != want.code {
					t.Errorf("%s: got %d %s, want %d %s", path, w.Code, p.Code, want.status, want.code)
				}
				if got := w.Header().Get("WWW-Authenticate"); got != want.challenge {
					t.Errorf("%s: WWW-Authenticate: got %q, want %q", path, got, want.challenge)
				}
				checkNoIdentity(t, w)
			}
			w := do(h, "GET", "/forward-auth", "", append(headers, "Keywright-Gateway", "nginx")...)
			checkForNginx(t, w, want)
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
	for _, name := range []string{"Keywright-Key-Id", "Keywright-Account", "Keywright-Account-Id", "Keywright-Api-Version", "Keywright-Scopes"} {
		if got := w.Header().Get(name); got != "" {
			t.Errorf("%s: got %q with a refusal, want none", name, got)
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

// The whole response, as it goes over the wire, but for the time: six ways to have no good
// key, one answer. HEAD, POST and both paths for the end client alike.
func TestMissingMalformedAndUnknownAreOneAnswerToTheByte(t *testing.T) {
	h := build(t)
	server := httptest.NewServer(h)
	defer server.Close()
	elsewhere := build(t) // a key of another installation
	lines := map[string]string{
		"missing":                     "",
		"empty":                       "Authorization: \r\n",
		"a scheme alone":              "Authorization: Bearer\r\n",
		"another scheme":              "Authorization: Digest username=x\r\n",
		"malformed":                   "Authorization: Bearer nonsense\r\n",
		"bad check":                   "Authorization: Bearer " + replaceAt(h.text, 55) + "\r\n",
		"unknown id":                  "Authorization: Bearer " + elsewhere.text + "\r\n",
		"wrong secret":                "Authorization: Bearer " + withCheck(replaceAt(h.text, 49)) + "\r\n",
		"wrong environment":           "Authorization: Bearer " + withCheck(strings.Replace(h.text, "live", "test", 1)) + "\r\n",
		"wrong brand":                 "Authorization: Bearer " + withCheck("xx"+h.text[2:]) + "\r\n",
		"wrong secret of a dead key":  "Authorization: Bearer " + withCheck(replaceAt(h.refusable(t)[keywright.Revoked], 49)) + "\r\n",
		"a good key in the URL alone": "X-Original-URI: /incidents?token=" + h.text + "\r\n",
	}
	for _, question := range []string{"GET /forward-auth", "HEAD /forward-auth", "POST /forward-auth", "GET /refusal", "DELETE /refusal"} {
		want := exchange(t, server.Listener.Addr().String(), question, "")
		if !bytes.HasPrefix(want, []byte("HTTP/1.1 401 Unauthorized\r\n")) {
			t.Fatalf("%s: got %.40q, want 401", question, want)
		}
		for name, line := range lines {
			if got := exchange(t, server.Listener.Addr().String(), question, line); !bytes.Equal(got, want) {
				t.Errorf("%s, %s:\ngot  %q\nwant %q", question, name, got, want)
			}
		}
	}
}

// exchange sends a request as bytes and answers the response as bytes, without its Date.
func exchange(t *testing.T, address, question, line string) []byte {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n%s\r\n", question, line); err != nil {
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
	h := build(t)
	lite := h.refusable(t)[keywright.PlanNotEntitled]
	for _, gateway := range []string{"", "traefik", "caddy", "NGINX", "nginx/1.22"} {
		w := do(h, "GET", "/forward-auth", "", "Authorization", "Bearer "+lite, "Keywright-Gateway", gateway)
		if w.Code != http.StatusPaymentRequired || w.Header().Get("Keywright-Status") != "" {
			t.Errorf("%q: got %d, want 402", gateway, w.Code)
		}
	}
}

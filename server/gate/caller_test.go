package gate_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server/gate"
)

// guarded is a town whose Gate answers callers only, and the token of one.
func guarded(t *testing.T) (*town, string) {
	t.Helper()
	town := settle(t, gate.Options{})
	town.Gate = gate.New(town.asked, gate.Options{Policy: readPolicy(t, townRules), Callers: town.asked.inner})
	return town, town.token(t, keyset.VerifyToken, nil)
}

// token puts an operator's token into the set and answers its text.
func (w *town) token(t testing.TB, use keyset.Kind, change func(*keyset.Key)) string {
	t.Helper()
	text, err := secret.Make("kwop", secret.Live, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mac, _ := w.ring.MAC(w.ring.Current(), string(keywright.Operators), text.Reveal())
	k := keyset.Key{ID: text.ID(), Account: string(keywright.Operators), Kind: use, Seals: []keyset.Seal{{MAC: mac, Pepper: w.ring.Current()}}}
	if change != nil {
		change(&k)
	}
	w.apply(t, keyset.Account{ID: string(keywright.Operators)}, k)
	return text.Reveal()
}

// brokenCallers can't say who may ask.
type brokenCallers struct{}

func (brokenCallers) Caller(context.Context, string) (keywright.Reason, error) { return "", errDisk() }

// questions are one good question for each way to ask whose caller sends Authorization.
func questions(text string) map[string][2]string {
	return map[string][2]string{
		"/v1/verify":       {`{"credential":"` + text + `"}`, "application/json"},
		"/v1/verify/batch": {`{"requests":[{"credential":"` + text + `"}]}`, "application/json"},
		"/v1/introspect":   {"token=" + text, form},
	}
}

func TestOnlyACallerIsAnswered(t *testing.T) {
	town, token := guarded(t)
	for _, good := range []string{token, town.token(t, keyset.OperateToken, nil)} {
		for path, question := range questions(town.text) {
			w := do(town, http.MethodPost, path, question[0], "Content-Type", question[1], "Authorization", "Bearer "+good)
			if w.Code != 200 || !strings.Contains(w.Body.String(), "true") {
				t.Errorf("%s: got %d %s, want a good verdict", path, w.Code, w.Body)
			}
		}
	}
	revoked := town.token(t, keyset.VerifyToken, func(k *keyset.Key) { k.Revoked = true })
	expired := town.token(t, keyset.OperateToken, func(k *keyset.Key) { k.Expires = noon() })
	asked := town.asked.calls.Load()
	server := httptest.NewServer(town)
	defer server.Close()
	for path, question := range questions(town.text) {
		send := func(method, lines string) []byte {
			return exchangeBody(t, server.Listener.Addr().String(), method+" "+path, "Content-Type: "+question[1]+"\r\n"+lines, question[0])
		}
		want := send("POST", "")
		if !bytes.HasPrefix(want, []byte("HTTP/1.1 401 Unauthorized\r\n")) || !bytes.Contains(want, []byte(`Www-Authenticate: Bearer realm="data plane"`)) {
			t.Fatalf("%s: got %.200q, want 401 and a challenge", path, want)
		}
		for name, lines := range map[string]string{
			"empty":                      "Authorization: \r\n",
			"a scheme alone":             "Authorization: Bearer\r\n",
			"malformed":                  "Authorization: Bearer x\r\n",
			"an end client's good key":   "Authorization: Bearer " + town.text + "\r\n",
			"a wrong secret":             "Authorization: Bearer " + withCheck(replaceAt(token, 40)) + "\r\n",
			"a revoked token":            "Authorization: Bearer " + revoked + "\r\n",
			"an expired token":           "Authorization: Bearer " + expired + "\r\n",
			"an unknown id":              "Authorization: Bearer " + withCheck(replaceAt(token, 12)) + "\r\n",
			"another scheme":             "Authorization: Token token=" + token + "\r\n",
			"Basic":                      "Authorization: Basic " + base64Of(token+":") + "\r\n",
			"twice":                      "Authorization: Bearer " + token + "\r\nAuthorization: Bearer " + token + "\r\n",
			"two in one":                 "Authorization: Bearer " + token + ", Bearer x\r\n",
			"the gateway's header":       "Keywright-Authorization: Bearer " + token + "\r\n",
			"the header of another kind": "X-API-Key: " + token + "\r\n",
		} {
			if got := send("POST", lines); !bytes.Equal(got, want) {
				t.Errorf("%s, %s:\ngot  %q\nwant %q", path, name, got, want)
			}
		}
		for _, method := range []string{"GET", "PUT"} { // nor is a stranger told what there is
			if got := send(method, ""); !bytes.Equal(got, want) {
				t.Errorf("%s %s: got %q, want the same 401", method, path, got)
			}
		}
		w := do(town, http.MethodPost, path+"?access_token="+token, question[0], "Content-Type", question[1])
		if w.Code != 401 {
			t.Errorf("%s: a token in the URL: got %d, want 401", path, w.Code)
		}
	}
	if got := town.asked.calls.Load(); got != asked {
		t.Errorf("the verifier was asked %d times by strangers", got-asked)
	}
}

// A token is no API key: whoever presents it as one is told what a stranger is told.
func TestATokenIsNoAPIKey(t *testing.T) {
	town := settle(t, gate.Options{})
	want := do(town, "GET", "/forward-auth", "").Body.String()
	for _, use := range []keyset.Kind{keyset.VerifyToken, keyset.OperateToken} {
		token := town.token(t, use, nil)
		w := post(t, town, "/v1/verify", api.VerifyRequest{Credential: token})
		if got := w.Body.String(); w.Code != 200 || !strings.Contains(got, `"code":"unknown"`) || strings.Contains(got, token[10:22]) {
			t.Errorf("%s: got %d %s, want unknown and nothing of it", use, w.Code, got)
		}
		w = do(town, http.MethodPost, "/v1/introspect", "token="+token, "Content-Type", form)
		if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || got != `{"active":false}` {
			t.Errorf("%s: introspection got %d %s", use, w.Code, got)
		}
		w = do(town, "GET", "/forward-auth", "", "Authorization", "Bearer "+token)
		if w.Code != 401 || w.Body.String() != want {
			t.Errorf("%s: got %d %s, want the 401 of a request without a key", use, w.Code, w.Body)
		}
	}
}

// Authorization is the end client's there, so the gateway has a header of its own. That it lacks
// a token is no fault of the end client, who must not throw a good key away: never 401.
func TestAGatewayHasATokenOfItsOwn(t *testing.T) {
	town, token := guarded(t)
	client := []string{"Authorization", "Bearer " + town.text, "X-Original-Method", "GET", "X-Original-URI", "/health"}
	own := []string{"Keywright-Authorization", "Bearer " + token}
	if w := do(town, "GET", "/forward-auth", "", append(client, own...)...); w.Code != 200 || w.Header().Get("Keywright-Account") != "acme" {
		t.Errorf("with its token: got %d %v, want 200", w.Code, w.Header())
	}
	if w := do(town, "GET", "/forward-auth", "", own...); w.Code != 401 {
		t.Errorf("with its token, for an end client without a key: got %d, want 401", w.Code)
	}
	if w := do(town, "GET", "/refusal", "", own...); w.Code != 401 {
		t.Errorf("the refusal, with its token: got %d, want 401", w.Code)
	}
	asked := town.asked.calls.Load()
	want := do(town, "GET", "/forward-auth", "").Body.String()
	for name, headers := range map[string][]string{
		"none":                      client,
		"an end client's key":       append(client, "Keywright-Authorization", "Bearer "+town.text),
		"malformed":                 append(client, "Keywright-Authorization", "Bearer x"),
		"twice":                     append(append(client, own...), own...),
		"as Authorization":          {"Authorization", "Bearer " + token},
		"none, for a bad key":       {"Authorization", "Bearer x"},
		"none, and no key":          nil,
		"another scheme":            append(client, "Keywright-Authorization", token),
		"a lower-case spelling, _-": append(client, "Keywright_Authorization", "Bearer "+token),
	} {
		for _, path := range []string{"/forward-auth", "/refusal"} {
			w := do(town, "GET", path, "", headers...)
			if p := readProblem(t, w); w.Code != 503 || p.Code != api.CodeUnavailable || w.Body.String() != want || w.Header().Get("WWW-Authenticate") != "" {
				t.Errorf("%s, %s: got %d %s, want 503, the same for all", path, name, w.Code, w.Body)
			}
		}
		checkForNginx(t, do(town, "GET", "/forward-auth", "", append(headers, "Keywright-Gateway", "nginx")...), refused{status: 503, code: api.CodeUnavailable})
	}
	if got := town.asked.calls.Load(); got != asked {
		t.Errorf("the verifier was asked %d times for a stranger", got-asked)
	}
}

// Before the tokens are loaded, and after the lease, nobody knows who may ask: the answer is that
// of a key of which that can't be said, and no line in the log for each request.
func TestWhenTheTokensAreStaleTheAnswerIs503(t *testing.T) {
	town, token := guarded(t)
	var log bytes.Buffer
	rules := readPolicy(t, townRules)
	g := gate.New(town.asked, gate.Options{Policy: rules, Callers: town.verifier(rules, startUp+2*time.Hour), Log: slog.New(slog.NewTextHandler(&log, nil))})
	for path, question := range questions(town.text) {
		w := do(g, http.MethodPost, path, question[0], "Content-Type", question[1], "Authorization", "Bearer "+token)
		if p := readProblem(t, w); w.Code != 503 || p.Code != api.Code(keywright.Stale) || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: got %d %s, want 503 stale", path, w.Code, p.Code)
		}
	}
	for _, path := range []string{"/forward-auth", "/refusal"} {
		w := do(g, "GET", path, "", "Authorization", "Bearer "+town.text, "Keywright-Authorization", "Bearer "+token)
		if p := readProblem(t, w); w.Code != 503 || p.Code != api.Code(keywright.Stale) || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: got %d %s, want 503 stale", path, w.Code, p.Code)
		}
	}
	if n := town.asked.calls.Load(); n != 0 || log.Len() > 0 {
		t.Errorf("the verifier was asked %d times; logged: %s", n, log.String())
	}
}

func TestWhenNobodyKnowsTheCallerTheAnswerIs503(t *testing.T) {
	var log bytes.Buffer
	town := settle(t, gate.Options{})
	g := gate.New(town.asked, gate.Options{Callers: brokenCallers{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	check := func(path string, w *httptest.ResponseRecorder) {
		t.Helper()
		if p := readProblem(t, w); w.Code != 503 || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: got %d %s, want 503 unavailable", path, w.Code, p.Code)
		}
	}
	for path, question := range questions(town.text) {
		check(path, do(g, http.MethodPost, path, question[0], "Content-Type", question[1], "Authorization", "Bearer x"))
	}
	for _, path := range []string{"/forward-auth", "/refusal"} {
		check(path, do(g, "GET", path, "", "Authorization", "Bearer "+town.text, "Keywright-Authorization", "Bearer x"))
	}
	if n := town.asked.calls.Load(); n != 0 {
		t.Errorf("the verifier was asked %d times", n)
	}
	if got := strings.Count(log.String(), "disk I/O error"); got != 5 {
		t.Errorf("the cause is logged %d times, want once for each of 5:\n%s", got, log.String())
	}
}

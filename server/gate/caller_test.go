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

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server/gate"
	"github.com/keywright/keywright/store/sqlite"
)

// operators are callers whose tokens are keys of a brand of their own, in a Service of their own.
type operators struct {
	*keywright.Service
	token   string
	key     keywright.KeyID
	account keywright.AccountID
}

func (o *operators) Caller(ctx context.Context, text string) (bool, error) {
	verdict, err := o.Verify(ctx, keywright.Request{Text: text})
	return verdict.Valid, err
}

func newOperators(t *testing.T) *operators {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := secret.MakeKeyring(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rules := policy.Default()
	rules.Product.Brand = "kwop"
	o := &operators{Service: keywright.New(db, ring, password.New(password.Options{}), keywright.Options{Now: noon, Policy: rules})}
	account, _, _, err := o.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: "operators", Name: "Operators", Plan: "standard", Owner: keywright.NewMember{Email: "op@example.com", Name: "Op"},
	})
	if err != nil {
		t.Fatal(err)
	}
	key, text, err := o.Issue(t.Context(), keywright.Operator(account.ID), keywright.NewKey{Description: "the gateway"})
	if err != nil {
		t.Fatal(err)
	}
	o.token, o.key, o.account = text.Reveal(), key.ID, account.ID
	return o
}

// brokenCallers can't say who may ask.
type brokenCallers struct{}

func (brokenCallers) Caller(context.Context, string) (bool, error) { return true, errDisk() }

// questions are one good question for each way to ask whose caller sends Authorization.
func questions(text string) map[string][2]string {
	return map[string][2]string{
		"/v1/verify":       {`{"credential":"` + text + `"}`, "application/json"},
		"/v1/verify/batch": {`{"requests":[{"credential":"` + text + `"}]}`, "application/json"},
		"/v1/introspect":   {"token=" + text, form},
	}
}

func TestOnlyACallerIsAnswered(t *testing.T) {
	ops := newOperators(t)
	if !strings.HasPrefix(ops.token, "kwop_live_") {
		t.Fatal("the operator's token has another brand")
	}
	town := settle(t, gate.Options{Callers: ops})
	for path, question := range questions(town.text) {
		w := do(town, http.MethodPost, path, question[0], "Content-Type", question[1], "Authorization", "Bearer "+ops.token)
		if w.Code != 200 || !strings.Contains(w.Body.String(), "true") {
			t.Errorf("%s: got %d %s, want a good verdict", path, w.Code, w.Body)
		}
	}
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
			"a wrong secret":             "Authorization: Bearer " + withCheck(replaceAt(ops.token, 40)) + "\r\n",
			"an unknown id":              "Authorization: Bearer " + withCheck(replaceAt(ops.token, 12)) + "\r\n",
			"another scheme":             "Authorization: Token token=" + ops.token + "\r\n",
			"Basic":                      "Authorization: Basic " + base64Of(ops.token+":") + "\r\n",
			"twice":                      "Authorization: Bearer " + ops.token + "\r\nAuthorization: Bearer " + ops.token + "\r\n",
			"two in one":                 "Authorization: Bearer " + ops.token + ", Bearer x\r\n",
			"the gateway's header":       "Keywright-Authorization: Bearer " + ops.token + "\r\n",
			"the header of another kind": "X-API-Key: " + ops.token + "\r\n",
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
		w := do(town, http.MethodPost, path+"?access_token="+ops.token, question[0], "Content-Type", question[1])
		if w.Code != 401 {
			t.Errorf("%s: a token in the URL: got %d, want 401", path, w.Code)
		}
	}
	if got := town.asked.calls.Load(); got != asked {
		t.Errorf("the verifier was asked %d times by strangers", got-asked)
	}
}

func TestARevokedCallerIsAStrangerAtOnce(t *testing.T) {
	ops := newOperators(t)
	town := settle(t, gate.Options{Callers: ops})
	headers := []string{"Authorization", "Bearer " + ops.token}
	if w := post(t, town, "/v1/verify", api.VerifyRequest{Credential: town.text}, headers...); w.Code != 200 {
		t.Fatalf("before: got %d, want 200", w.Code)
	}
	if _, _, err := ops.Revoke(t.Context(), keywright.Operator(ops.account), ops.key, "leaked"); err != nil {
		t.Fatal(err)
	}
	if w := post(t, town, "/v1/verify", api.VerifyRequest{Credential: town.text}, headers...); w.Code != 401 {
		t.Errorf("after: got %d, want 401", w.Code)
	}
}

// Authorization is the end client's there, so the gateway has a header of its own. That it lacks
// a token is no fault of the end client, who must not throw a good key away: never 401.
func TestAGatewayHasATokenOfItsOwn(t *testing.T) {
	ops := newOperators(t)
	town := settle(t, gate.Options{Callers: ops})
	client := []string{"Authorization", "Bearer " + town.text, "X-Original-Method", "GET", "X-Original-URI", "/health"}
	own := []string{"Keywright-Authorization", "Bearer " + ops.token}
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
		"as Authorization":          {"Authorization", "Bearer " + ops.token},
		"none, for a bad key":       {"Authorization", "Bearer x"},
		"none, and no key":          nil,
		"another scheme":            append(client, "Keywright-Authorization", ops.token),
		"a lower-case spelling, _-": append(client, "Keywright_Authorization", "Bearer "+ops.token),
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

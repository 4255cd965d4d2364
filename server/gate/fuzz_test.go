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

// FuzzVerifyBody: whatever is posted, the answer is a verdict or a problem, never a fault of
// ours, and never good: nobody knows the one key there is.
func FuzzVerifyBody(f *testing.F) {
	h := build(f)
	for _, seed := range []string{
		``, `{}`, `null`, `[]`, `{"credential":""}`, `{"credential":"kw_live_0"}`, `{"authorization":"Bearer x"}`, `{"authorization":"Basic eDp5"}`,
		`{"authorization":"Token token=\"x\""}`, `{"credential":"x","authorization":"y"}`, `{"credential":"x","credential":"y"}`, `{"credential":null}`,
		`{"accept":"application/vnd.acme+json;version=2","credential":"x"}`, `{"api_version":"v2","method":"GET","path":"/","client_ip":"::1"}`,
		`{"credential":"\u006b"}`, "\uFEFF{}", `{"valid":true}`, `{"credential":"` + withCheck(replaceAt(h.text, 30)) + `"}`,
	} {
		f.Add(seed, "application/json")
	}
	f.Add(`{}`, "application/json; charset=")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		w := do(h, http.MethodPost, "/v1/verify", body, "Content-Type", contentType)
		if w.Code != http.StatusOK {
			if p := readProblem(t, w); w.Code >= 500 {
				t.Errorf("got %d %s", w.Code, p.Code)
			}
			return
		}
		var v api.Verdict
		if err := api.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("the answer is no verdict: %v", err)
		}
		if v.Valid || v.Key != nil || v.Account != nil {
			t.Errorf("got %+v, want a refusal without details", v)
		}
	})
}

// FuzzVerifyFields: fields that can be meant are answered and others refused, and a key that is
// narrowed in every way is good for no request but the one that it is for.
func FuzzVerifyFields(f *testing.F) {
	town := settle(f, gate.Options{})
	text := town.key(f, "acct_acme", func(k *keyset.Key) {
		k.Kind, k.Scopes, k.Networks = keyset.ReadOnlyKey, []string{"incidents:read"}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	f.Add("GET", "/incidents", "192.0.2.7", "incidents:read", uint64(1))
	f.Add("get", "/incidents/../x", "::ffff:192.0.2.7", "", uint64(1<<63))
	f.Add("POST", "incidents", "192.0.2.7%1", "incidents:*", uint64(0))
	f.Fuzz(func(t *testing.T, method, path, address, scope string, revision uint64) {
		asked := api.VerifyRequest{Credential: text, Method: method, Path: path, ClientIP: address, MinRevision: revision}
		if scope != "" {
			asked.Scopes = []string{scope}
		}
		w := post(t, town, "/v1/verify", asked)
		if w.Code >= 500 && (w.Code != 503 || revision <= town.last) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if !strings.Contains(w.Body.String(), `"valid":true`) {
			return
		}
		ip, err := netip.ParseAddr(address)
		reads := method == "GET" || method == "HEAD" || method == "OPTIONS"
		needed := scope == "incidents:read" || scope == "" && (path == "" || strings.HasPrefix(path, "/"))
		if err != nil || !strings.HasPrefix(ip.Unmap().String(), "192.0.2.") || !reads || !needed || revision > town.last {
			t.Errorf("%+v is good", asked)
		}
	})
}

// FuzzBatchBody: as FuzzVerifyBody, for many at once: as many answers as questions.
func FuzzBatchBody(f *testing.F) {
	town := settle(f, gate.Options{})
	for _, seed := range []string{
		``, `{}`, `{"requests":[]}`, `{"requests":null}`, `{"requests":[{}]}`, `{"requests":[{"credential":"x"},{"authorization":"Bearer y"}]}`,
		`{"requests":[{"scopes":["*"]}]}`, `{"requests":[{"scopes":[]},{"client_ip":"::1"},{"min_revision":1}]}`, `{"requests":[[]]}`, `{"requests":{}}`,
		`{"requests":[{"credential":"` + withCheck(replaceAt(town.text, 30)) + `","path":"/incidents","method":"GET"}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := do(town, http.MethodPost, "/v1/verify/batch", body, "Content-Type", "application/json")
		if w.Code != http.StatusOK {
			if p := readProblem(t, w); w.Code >= 500 {
				t.Errorf("got %d %s", w.Code, p.Code)
			}
			return
		}
		var asked api.VerifyBatch
		var got api.VerdictBatch
		if err := api.Unmarshal([]byte(body), &asked); err != nil {
			t.Fatalf("answered what can't be read: %v", err)
		}
		if err := api.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Verdicts) != len(asked.Requests) {
			t.Fatalf("got %d verdicts for %d requests, %v", len(got.Verdicts), len(asked.Requests), err)
		}
		for _, v := range got.Verdicts {
			if v.Valid || v.Key != nil {
				t.Errorf("got %+v, want a refusal without details", v)
			}
		}
	})
}

// FuzzIntrospectBody: whatever form is posted, the answer is "not active", or that it is no form.
func FuzzIntrospectBody(f *testing.F) {
	town := settle(f, gate.Options{})
	for _, seed := range []string{
		"", "token=", "token=x", "token=x&token=y", "token=x&token_type_hint=access_token", "token=%00", "token=%zz", "&&&", "token=x;y", "=", "token=x&client_ip=::1",
		"token=" + withCheck(replaceAt(town.text, 30)), "token=x&client_ip=1.2.3", "%74oken=x", "token=x+y",
	} {
		f.Add(seed, form)
	}
	f.Add("token=x", form+"; charset=utf-8; x=y")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		w := do(town, http.MethodPost, "/v1/introspect", body, "Content-Type", contentType)
		switch w.Code {
		case http.StatusOK:
			if w.Body.String() != `{"active":false}` {
				t.Errorf("got %s", w.Body)
			}
		case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge:
			readProblem(t, w)
		default:
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

// FuzzForwardedHeaders: no header but the key opens the door, and none makes a fault.
func FuzzForwardedHeaders(f *testing.F) {
	h := build(f)
	f.Add("Bearer x", "", "", "/?a=b")
	f.Add("", "kw_live_0", "*/*", "?;&=%")
	f.Add("Basic eDp5", "", "application/vnd.acme+json;version=2", "/x?%zz")
	f.Add("Bearer "+withCheck(replaceAt(h.text, 30)), "", ";;;", "")
	f.Fuzz(func(t *testing.T, authorization, apiKey, accept, uri string) {
		headers := []string{"Accept", accept, "X-Original-URI", uri}
		if authorization != "" {
			headers = append(headers, "Authorization", authorization)
		}
		if apiKey != "" {
			headers = append(headers, "X-API-Key", apiKey)
		}
		w := do(h, http.MethodGet, "/forward-auth", "", headers...)
		if w.Code != 401 && w.Code != 400 {
			t.Errorf("got %d, want 401 or 400", w.Code)
		}
		if p := readProblem(t, w); strings.Contains(p.Detail, authorization) && len(authorization) > 20 {
			t.Error("the answer repeats what was sent")
		}
	})
}

// FuzzForwardedRequest: no header but those that a gateway would set for a request that the key
// is for lets it pass, and none makes a fault.
func FuzzForwardedRequest(f *testing.F) {
	town := settle(f, gate.Options{TrustedHops: 1})
	text := town.key(f, "acct_acme", func(k *keyset.Key) {
		k.Kind, k.Scopes, k.Networks = keyset.ReadOnlyKey, []string{"incidents:read"}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	f.Add("GET", "/incidents", "192.0.2.7", "", "", "")
	f.Add("POST", "/incidents", "192.0.2.7", "GET", "/incidents", "incidents:read")
	f.Add("GET", "/people", "192.0.2.7, 1.2.3.4", "", "/incidents", "*")
	f.Add("", "//", ",", "", "", ",, ,")
	f.Fuzz(func(t *testing.T, method, uri, chain, otherMethod, otherURI, scope string) {
		headers := []string{
			"Authorization", "Bearer " + text, "X-Original-Method", method, "X-Original-URI", uri, "X-Forwarded-For", chain,
			"X-Forwarded-Method", otherMethod, "X-Forwarded-Uri", otherURI, "Keywright-Require-Scope", scope,
		}
		w := do(town, http.MethodGet, "/forward-auth", "", headers...)
		if w.Code >= 500 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if w.Code != http.StatusOK {
			readProblem(t, w)
			return
		}
		if method == "" && uri == "" {
			method, uri = otherMethod, otherURI
		} else if (otherMethod != "" || otherURI != "") && (otherMethod != method || otherURI != uri) {
			t.Errorf("two requests at once are good: %q %q and %q %q", method, uri, otherMethod, otherURI)
		}
		reads := method == "GET" || method == "HEAD"
		last := chain[strings.LastIndexByte(chain, ',')+1:]
		if !reads || !strings.Contains(last, "192.0.2.") && !strings.Contains(strings.ToLower(last), "c000:2") || !strings.HasPrefix(uri, "/") {
			t.Errorf("%s %s from %s is good", method, uri, chain)
		}
	})
}

package gate_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
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

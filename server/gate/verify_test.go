package gate_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/server/gate"
)

func TestAGoodKeyIsToldWithItsAccountAndVersion(t *testing.T) {
	h := build(t)
	got := ask(t, h, api.VerifyRequest{Credential: h.text})
	want := api.Verdict{
		Valid: true, Code: "valid", APIVersion: "v1",
		Key: &api.VerdictKey{
			ID: string(h.key.ID), Kind: "account", Environment: "live", LastFour: h.text[len(h.text)-4:], APIVersion: "v1",
		},
		Account: &api.VerdictAccount{ID: string(h.account.ID), Slug: "acme", Plan: "standard"},
		Scopes:  []string{},
	}
	if g, w := asJSON(t, got), asJSON(t, want); g != w {
		t.Errorf("got  %s\nwant %s", g, w)
	}
	if strings.Contains(asJSON(t, got), h.text[8:50]) {
		t.Error("the answer holds the key's text")
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every reason: a 200 each, but for the one that says nothing of the key, and the key is told
// only to whoever proved that he holds it.
func TestEachReasonIsAVerdict(t *testing.T) {
	for reason, c := range settle(t, gate.Options{}).refusals(t, gate.Options{}) {
		asked := api.VerifyRequest{Authorization: c.authorization, Method: c.method, Path: c.path}
		if reason == keywright.Stale {
			w := post(t, c, "/v1/verify", asked)
			p := readProblem(t, w)
			if w.Code != 503 || p.Code != "stale" || w.Header().Get("Retry-After") != "1" || w.Header().Get("WWW-Authenticate") != "" {
				t.Errorf("stale: got %d %s %v, want 503 stale", w.Code, p.Code, w.Header())
			}
			continue
		}
		got := ask(t, c, asked)
		if got.Valid || got.Code != api.Code(reason) || got.Detail == "" {
			t.Errorf("%s: got %+v, want that code and a detail", reason, got)
		}
		if told := got.Key != nil || got.Account != nil; told != c.proved {
			t.Errorf("%s: details of the key are told: got %v, want %v", reason, told, !told)
		}
		if (got.MissingScope != "") != (reason == keywright.OutOfScope) || got.Deprecation != nil || got.Sunset != nil {
			t.Errorf("%s: got %+v, want a missing scope only where one is, and no dates with a refusal", reason, got)
		}
		if reason == keywright.OverLimit && (got.Limits == nil || got.Limits.RetryAfterMS != 8572 || got.Limits.Remaining != 0) {
			t.Errorf("%s: limits: got %+v, want none left, and 8572 ms to wait", reason, got.Limits)
		}
	}
}

// F13: deleted, it is refused with the next request.
func TestF13ADeletedKeyIsRefusedAtOnce(t *testing.T) {
	h := build(t)
	if got := ask(t, h, api.VerifyRequest{Credential: h.text}); !got.Valid {
		t.Fatalf("before: got %+v, want valid", got)
	}
	if _, _, err := h.Revoke(t.Context(), keywright.Operator(h.account.ID), h.key.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	got := ask(t, h, api.VerifyRequest{Credential: h.text})
	if got.Code != "revoked" || got.Key == nil {
		t.Errorf("after: got %+v, want revoked, and which key", got)
	}
}

// F2: a downgrade below Basic stops the keys, an upgrade lets them work again.
func TestF2ADowngradeStopsKeysUntilAnUpgrade(t *testing.T) {
	h := build(t)
	for _, step := range []struct {
		plan string
		want api.Code
	}{{"lite", "plan_not_entitled"}, {"basic", "valid"}} {
		if _, _, err := h.SetPlan(t.Context(), keywright.Operator(h.account.ID), step.plan); err != nil {
			t.Fatal(err)
		}
		got := ask(t, h, api.VerifyRequest{Credential: h.text})
		if got.Code != step.want {
			t.Errorf("on %s: got %s, want %s", step.plan, got.Code, step.want)
		}
		if step.plan == "lite" && !strings.Contains(got.Detail, "Basic") {
			t.Errorf("on lite: detail %q does not say which plan has API access", got.Detail)
		}
	}
}

// F7, F8: the key's version is a default, Accept names another, api_version goes before both.
func TestTheVersionOfARequest(t *testing.T) {
	h := build(t)
	const v2 = "application/vnd.acme+json;version=2"
	for name, c := range map[string]struct {
		asked   api.VerifyRequest
		code    api.Code
		version string
	}{
		"nothing named: the key's own":         {api.VerifyRequest{}, "valid", "v1"},
		"named by Accept":                      {api.VerifyRequest{Accept: v2}, "valid", "v2"},
		"Accept without a version":             {api.VerifyRequest{Accept: "application/json"}, "valid", "v1"},
		"named by api_version":                 {api.VerifyRequest{APIVersion: "v2"}, "valid", "v2"},
		"api_version goes before Accept":       {api.VerifyRequest{APIVersion: "v1", Accept: v2}, "valid", "v1"},
		"an unknown one in Accept":             {api.VerifyRequest{Accept: "application/vnd.acme+json;version=9"}, "version_not_allowed", ""},
		"an unknown one in api_version":        {api.VerifyRequest{APIVersion: "v9"}, "version_not_allowed", ""},
		"an unknown one goes before Accept":    {api.VerifyRequest{APIVersion: "v9", Accept: v2}, "version_not_allowed", ""},
		"another letter case is another name":  {api.VerifyRequest{APIVersion: "V2"}, "version_not_allowed", ""},
		"an Accept of 20,000 parts that is ok": {api.VerifyRequest{Accept: strings.Repeat("a/b,", 5000) + v2}, "valid", "v2"},
	} {
		c.asked.Credential = h.text
		if got := ask(t, h, c.asked); got.Code != c.code || got.APIVersion != c.version {
			t.Errorf("%s: got %s %q, want %s %q", name, got.Code, got.APIVersion, c.code, c.version)
		}
	}
}

// F8: v2 does not take Basic. A key whose text was handed over as such has no way to be wrong.
func TestF8AVersionTakesAKeyInItsOwnWaysOnly(t *testing.T) {
	h := build(t)
	basic := "Basic " + base64Of(h.text+":")
	if got := ask(t, h, api.VerifyRequest{Authorization: basic}); got.Code != "valid" {
		t.Errorf("v1: got %+v, want valid", got)
	}
	got := ask(t, h, api.VerifyRequest{Authorization: basic, APIVersion: "v2"})
	if got.Code != "no_credential" || got.Key == nil || !strings.Contains(got.Detail, "Bearer") || !strings.Contains(got.Detail, "X-API-Key") {
		t.Errorf("v2: got %+v, want no_credential and the ways that v2 takes", got)
	}
	if got := ask(t, h, api.VerifyRequest{Credential: h.text, APIVersion: "v2"}); got.Code != "valid" {
		t.Errorf("v2, as text: got %+v, want valid", got)
	}
}

// D6, D16: what is not exactly one JSON object of ours is refused, and never repeated.
func TestWhatIsNotARequestIsAProblem(t *testing.T) {
	h := build(t)
	const canary = "kw_live_CANARYCANARYCANARYCANARYCANARYCANARYCANARYCANARY"
	const post, jsonType = http.MethodPost, "application/json"
	good := `{"credential":"` + h.text + `"}`
	for name, c := range map[string]struct {
		method, contentType, body string
		status                    int
		code                      api.Code
		pointer                   string
	}{
		"GET":                              {http.MethodGet, jsonType, good, 405, "method_not_allowed", ""},
		"HEAD":                             {http.MethodHead, jsonType, good, 405, "method_not_allowed", ""},
		"PUT":                              {http.MethodPut, jsonType, good, 405, "method_not_allowed", ""},
		"DELETE":                           {http.MethodDelete, jsonType, good, 405, "method_not_allowed", ""},
		"OPTIONS":                          {http.MethodOptions, jsonType, good, 405, "method_not_allowed", ""},
		"TRACE":                            {http.MethodTrace, jsonType, good, 405, "method_not_allowed", ""},
		"a method of nobody's":             {"VERIFY", jsonType, good, 405, "method_not_allowed", ""},
		"post in lower case":               {"post", jsonType, good, 405, "method_not_allowed", ""},
		"no content type":                  {post, "", good, 415, "unsupported_media_type", ""},
		"a form":                           {post, "application/x-www-form-urlencoded", "credential=" + h.text, 415, "unsupported_media_type", ""},
		"a form of a page":                 {post, "text/plain", good, 415, "unsupported_media_type", ""},
		"multipart":                        {post, "multipart/form-data; boundary=x", good, 415, "unsupported_media_type", ""},
		"JSON of another kind":             {post, "application/problem+json", good, 415, "unsupported_media_type", ""},
		"JSON in UTF-16":                   {post, "application/json; charset=utf-16", good, 415, "unsupported_media_type", ""},
		"two types in one":                 {post, "application/json, text/plain", good, 415, "unsupported_media_type", ""},
		"nothing":                          {post, jsonType, ``, 400, "invalid_json", ""},
		"blanks":                           {post, jsonType, " \n\t ", 400, "invalid_json", ""},
		"null":                             {post, jsonType, `null`, 400, "invalid_json", ""},
		"a list":                           {post, jsonType, `[` + good + `]`, 400, "invalid_json", ""},
		"a text":                           {post, jsonType, `"` + canary + `"`, 400, "invalid_json", ""},
		"a number":                         {post, jsonType, `1`, 400, "invalid_json", ""},
		"true":                             {post, jsonType, `true`, 400, "invalid_json", ""},
		"a key without JSON":               {post, jsonType, canary, 400, "invalid_json", ""},
		"half an object":                   {post, jsonType, `{"credential":"` + canary, 400, "invalid_json", "/credential"},
		"an object without a value":        {post, jsonType, `{"credential":}`, 400, "invalid_json", "/credential"},
		"a comma at the end":               {post, jsonType, `{"credential":"x",}`, 400, "invalid_json", ""},
		"single quotes":                    {post, jsonType, `{'credential':'` + canary + `'}`, 400, "invalid_json", ""},
		"a comment":                        {post, jsonType, `{/* */"credential":"x"}`, 400, "invalid_json", ""},
		"a name without quotes":            {post, jsonType, `{credential:"x"}`, 400, "invalid_json", ""},
		"NaN":                              {post, jsonType, `{"credential":NaN}`, 400, "invalid_json", "/credential"},
		"data after the object":            {post, jsonType, good + `{}`, 400, "invalid_json", ""},
		"a word after the object":          {post, jsonType, good + canary, 400, "invalid_json", ""},
		"a NUL after the object":           {post, jsonType, good + "\x00", 400, "invalid_json", ""},
		"a byte order mark":                {post, jsonType, "\uFEFF" + good, 400, "invalid_json", ""},
		"UTF-16":                           {post, jsonType, "\xff\xfe{\x00}\x00", 400, "invalid_json", ""},
		"invalid UTF-8 in a text":          {post, jsonType, "{\"credential\":\"\xff\"}", 400, "invalid_json", "/credential"},
		"a lone surrogate":                 {post, jsonType, `{"credential":"\ud800"}`, 400, "invalid_json", "/credential"},
		"a control character in a text":    {post, jsonType, "{\"credential\":\"\n\"}", 400, "invalid_json", "/credential"},
		"an escape of nobody's":            {post, jsonType, `{"credential":"\x6b"}`, 400, "invalid_json", "/credential"},
		"a member twice":                   {post, jsonType, `{"credential":"x","credential":"` + canary + `"}`, 400, "invalid_json", "/credential"},
		"a member twice, once escaped":     {post, jsonType, `{"credential":"x","\u0063redential":"x"}`, 400, "invalid_json", "/credential"},
		"an unknown member":                {post, jsonType, `{"credentail":"` + canary + `"}`, 400, "invalid_json", "/credentail"},
		"a member in another letter case":  {post, jsonType, `{"Credential":"` + canary + `"}`, 400, "invalid_json", "/Credential"},
		"a key as a member's name":         {post, jsonType, `{"` + canary + `":1}`, 400, "invalid_json", ""},
		"valid, as the answer has it":      {post, jsonType, `{"valid":true}`, 400, "invalid_json", "/valid"},
		"a number where a text is due":     {post, jsonType, `{"credential":1}`, 400, "invalid_json", "/credential"},
		"a list where a text is due":       {post, jsonType, `{"credential":["` + canary + `"]}`, 400, "invalid_json", "/credential"},
		"an object where a text is due":    {post, jsonType, `{"credential":{"a":1}}`, 400, "invalid_json", "/credential"},
		"true where a text is due":         {post, jsonType, `{"credential":true}`, 400, "invalid_json", "/credential"},
		"null where a text is due":         {post, jsonType, `{"credential":null}`, 400, "invalid_json", "/credential"},
		"30,000 brackets":                  {post, jsonType, strings.Repeat("[", 30000), 400, "invalid_json", ""},
		"30,000 brackets in a member":      {post, jsonType, `{"credential":` + strings.Repeat("[", 30000), 400, "invalid_json", "/credential/0/0/0"},
		"both a text and a header":         {post, jsonType, `{"credential":"` + canary + `","authorization":"Bearer ` + canary + `"}`, 422, "invalid", "/credential"},
		"both, and both the same good key": {post, jsonType, `{"credential":"` + h.text + `","authorization":"Bearer ` + h.text + `"}`, 422, "invalid", "/credential"},
		"a byte more than 64 KiB":          {post, jsonType, `{"credential":"` + strings.Repeat("k", 64<<10-17+1) + `"}`, 413, "too_large", ""},
		"1 MiB":                            {post, jsonType, `{"credential":"` + strings.Repeat("k", 1<<20) + `"}`, 413, "too_large", ""},
		"1 MiB of blanks before it":        {post, jsonType, strings.Repeat(" ", 1<<20) + good, 413, "too_large", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if c.contentType != "" {
				headers = []string{"Content-Type", c.contentType}
			}
			w := do(h, c.method, "/v1/verify", c.body, headers...)
			p := readProblem(t, w)
			if w.Code != c.status || p.Code != c.code {
				t.Errorf("got %d %s, want %d %s", w.Code, p.Code, c.status, c.code)
			}
			if len(p.Errors) > 0 && p.Errors[0].Pointer != c.pointer || len(p.Errors) == 0 && c.pointer != "" {
				t.Errorf("got %+v, want pointer %q", p.Errors, c.pointer)
			}
			if got := w.Header().Get("Allow"); (got == post) != (c.status == 405) {
				t.Errorf("Allow: got %q", got)
			}
			if strings.Contains(w.Body.String(), "CANARY") || strings.Contains(w.Body.String(), h.text[8:]) {
				t.Error("the answer repeats what was sent")
			}
		})
	}
}

func TestContentTypesThatAreJSON(t *testing.T) {
	h := build(t)
	good := `{"credential":"` + h.text + `"}`
	for _, contentType := range []string{
		"application/json", "Application/JSON", "application/json;charset=utf-8", `application/json; charset="UTF-8"`, " application/json ",
	} {
		if w := do(h, http.MethodPost, "/v1/verify", good, "Content-Type", contentType); w.Code != http.StatusOK {
			t.Errorf("%q: got %d, want 200", contentType, w.Code)
		}
	}
	for name, headers := range map[string][]string{
		"packed":              {"Content-Type", "application/json", "Content-Encoding", "gzip"},
		"said to be unpacked": {"Content-Type", "application/json", "Content-Encoding", "identity"},
		"two types":           {"Content-Type", "application/json", "Content-Type", "application/json"},
	} {
		w := do(h, http.MethodPost, "/v1/verify", good, headers...)
		if p := readProblem(t, w); w.Code != http.StatusUnsupportedMediaType || p.Code != api.CodeMediaType {
			t.Errorf("%s: got %d %s, want 415", name, w.Code, p.Code)
		}
	}
	exactly := `{"credential":"` + strings.Repeat("k", 64<<10-17) + `"}`
	if w := do(h, http.MethodPost, "/v1/verify", exactly, "Content-Type", "application/json"); w.Code != http.StatusOK {
		t.Errorf("exactly 64 KiB: got %d, want 200 and a verdict", w.Code)
	}
}

func TestABodyThatIsCutOffIsRefused(t *testing.T) {
	h := build(t)
	for _, said := range []int64{100, 5000} {
		r := httptest.NewRequest(http.MethodPost, "/v1/verify", io.MultiReader(strings.NewReader(`{"credential":"`+h.text+`"}`), iotest.ErrReader(io.ErrUnexpectedEOF)))
		r.ContentLength = said
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.Gate.ServeHTTP(w, r)
		if p := readProblem(t, w); w.Code != http.StatusBadRequest || p.Code != api.CodeInvalid {
			t.Errorf("of %d bytes: got %d %s, want 400 invalid", said, w.Code, p.Code)
		}
	}
}

func TestNoVerdictIs503AndNeverARefusal(t *testing.T) {
	var h house
	h.Gate = gate.New(broken{errDisk()}, gate.Options{})
	w := do(h, http.MethodPost, "/v1/verify", `{"credential":"x"}`, "Content-Type", "application/json")
	p := readProblem(t, w)
	if w.Code != http.StatusServiceUnavailable || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("got %d %s, Retry-After %q, want 503 unavailable, 1", w.Code, p.Code, w.Header().Get("Retry-After"))
	}
	if strings.Contains(w.Body.String(), "disk") {
		t.Error("the answer tells the cause")
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	h := build(t)
	for _, path := range []string{"/", "/v1/", "/v1/verify/", "/v1/Verify", "/forward-auth/x", "/v1/keys", "/.git/config"} {
		w := do(h, http.MethodGet, path, "", "Authorization", "Bearer "+h.text)
		if p := readProblem(t, w); w.Code != http.StatusNotFound || p.Code != api.CodeNotFound {
			t.Errorf("%s: got %d %s, want 404", path, w.Code, p.Code)
		}
	}
}

// An answer that can't be written is a 500, not half a verdict.
func TestATimeThatJSONCannotHoldIsAnInternalError(t *testing.T) {
	far := keywright.Verdict{Valid: true, Key: keywright.Key{ID: "key_x"}, Version: policy.Version{State: policy.Deprecated, Sunset: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}
	g := gate.New(answers{far}, gate.Options{})
	w := do(g, http.MethodPost, "/v1/verify", `{"credential":"x"}`, "Content-Type", "application/json")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "valid") {
		t.Errorf("got %d %q, want 500", w.Code, w.Body)
	}
}

package policy

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// The bodies that clients of the founding page's product parse: message, code and a list of
// errors, with that product's codes; reason is ours.
func TestPagerDuty(t *testing.T) {
	for name, c := range map[string]struct {
		refusal Refusal
		want    string
	}{
		"missing, malformed or unknown": {
			Refusal{Status: 401, Code: "unauthenticated", Title: "Unauthenticated", Detail: "Send a valid API key."},
			`{"error":{"message":"Authentication failed","code":2006,"errors":["Send a valid API key."],"reason":"unauthenticated"}}`,
		},
		"revoked": {
			Refusal{Status: 401, Code: "revoked", Title: "API key deleted", Detail: "This key was deleted."},
			`{"error":{"message":"Authentication failed","code":2006,"errors":["This key was deleted."],"reason":"revoked"}}`,
		},
		"two keys": {
			Refusal{Status: 400, Code: "ambiguous_credential", Title: "More than one API key"},
			`{"error":{"message":"Invalid Input Provided","code":2001,"errors":[],"reason":"ambiguous_credential"}}`,
		},
		"not in the plan": {
			Refusal{Status: 402, Code: "plan_not_entitled", Title: "Not in the plan"},
			`{"error":{"message":"Missing Account Ability","code":2014,"errors":[],"reason":"plan_not_entitled"}}`,
		},
		"read-only": {
			Refusal{Status: 403, Code: "read_only", Title: "Read-only"},
			`{"error":{"message":"Access Denied","code":2010,"errors":[],"reason":"read_only"}}`,
		},
		"suspended": {
			Refusal{Status: 403, Code: "account_suspended", Title: "Account suspended"},
			`{"error":{"message":"Account Locked","code":2008,"errors":[],"reason":"account_suspended"}}`,
		},
		"out of scope": {
			Refusal{Status: 403, Code: "out_of_scope", Title: "Out of scope", Scope: "incidents:write", Held: []string{"incidents:read", "users:read"}},
			`{"error":{"message":"Token missing required scopes","code":2010,"errors":[],"required_scopes":"incidents:write","token_scopes":"incidents:read users:read","reason":"out_of_scope"}}`,
		},
		"out of scope, with none": {
			Refusal{Status: 403, Code: "out_of_scope", Title: "Out of scope", Scope: "incidents:write"},
			`{"error":{"message":"Token missing required scopes","code":2010,"errors":[],"required_scopes":"incidents:write","token_scopes":"","reason":"out_of_scope"}}`,
		},
		"not found": {
			Refusal{Status: 404, Code: "not_found", Title: "Not found"},
			`{"error":{"message":"Not Found","code":2100,"errors":[],"reason":"not_found"}}`,
		},
		"too often": {
			Refusal{Status: 429, Code: "over_limit", Title: "Too many requests"},
			`{"error":{"message":"Rate Limit Exceeded","code":2020,"errors":[],"reason":"over_limit"}}`,
		},
		"a version that is off": {
			Refusal{Status: 410, Code: "version_off", Title: "API version switched off"},
			`{"error":{"message":"API version switched off","code":410,"errors":[],"reason":"version_off"}}`,
		},
		"no verdict": {
			Refusal{Status: 503, Code: "unavailable", Title: "Unavailable"},
			`{"error":{"message":"Unavailable","code":503,"errors":[],"reason":"unavailable"}}`,
		},
	} {
		contentType, body := PagerDuty().Render(c.refusal)
		if contentType != "application/json" || string(body) != c.want {
			t.Errorf("%s: got %s %s, want %s", name, contentType, body, c.want)
		}
	}
}

func TestATemplateIsFilledIn(t *testing.T) {
	nasty := Refusal{Status: 403, Code: "out_of_scope", Title: "Out of scope", Detail: "say \"a\\b\"\n<c> \u2028", Scope: "incidents:write"}
	for name, c := range map[string]struct{ contentType, body, want string }{
		"JSON": {
			"application/json", `{"e": {"c": "{{.Code}}", "s": {{.Status}}, "m": "{{ .Title }}: {{.Detail}}", "n": ["{{.Scope}}"]}}`,
			`{"e": {"c": "out_of_scope", "s": 403, "m": "Out of scope: say \"a\\b\"\n\u003cc\u003e \u2028", "n": ["incidents:write"]}}`,
		},
		"JSON of a vendor, with a charset": {"application/vnd.acme+json; charset=UTF-8", `"{{.Code}}"`, `"out_of_scope"`},
		"JSON without fields":              {"application/json", `{"a":{"b":{}}}`, `{"a":{"b":{}}}`},
		"text":                             {"text/plain", "{{.Status}} {{.Code}}: {{.Detail}}}}", "403 out_of_scope: say \"a\\b\" <c> \u2028}}"},
	} {
		f, err := Template(c.contentType, c.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		contentType, body := f.Render(nasty)
		if contentType != c.contentType || string(body) != c.want || f.String() != "template" {
			t.Errorf("%s: got %s %s, want %s", name, contentType, body, c.want)
		}
	}
}

func TestATemplateIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, field string }{
		"HTML, which nobody escapes for":        {"text/html", "x", "content_type"},
		"no type":                               {"", "x", "content_type"},
		"a charset that is not written":         {"text/plain; charset=latin1", "x", "content_type"},
		"a line end in the type":                {"application/json\r\nX: y", `{}`, "content_type"},
		"JSON that is none":                     {"application/json", "{", "body"},
		"a text without quotes":                 {"application/json", `{"a": {{.Detail}}}`, "body"},
		"two values":                            {"application/json", `{} {}`, "body"},
		"blanks":                                {"text/plain", " \n", "body"},
		"too long":                              {"text/plain", strings.Repeat("x", MaxTemplate+1), "body"},
		"a field of another letter case":        {"text/plain", "{{.code}}", "body"},
		"a field without its dot":               {"text/plain", "{{Code}}", "body"},
		"a pipe":                                {"text/plain", "{{.Code | printf}}", "body"},
		"braces that open twice and close once": {"text/plain", "{{.Code {{.Code}}", "body"},
	} {
		_, err := Template(c.contentType, c.body)
		var wrong *TemplateError
		if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Why == "" {
			t.Errorf("%s: got %v, want a mistake in %s", name, err, c.field)
		}
	}
}

// Whatever a template of JSON is filled with, it is JSON, and says what it was filled with.
func FuzzTemplate(f *testing.F) {
	f.Add(`{"a": "{{.Detail}}"}`, "x\"\\\n\x00\xff")
	f.Add(`["{{.Detail}}{{.Scope}}", {{.Status}}]`, "é\u2028")
	f.Fuzz(func(t *testing.T, body, text string) {
		form, err := Template("application/json", body)
		if err != nil {
			return
		}
		_, got := form.Render(Refusal{Status: 401, Code: text, Title: text, Detail: text, Scope: text})
		if !json.Valid(got) {
			t.Errorf("%q with %q: got %q, which is no JSON", body, text, got)
		}
	})
}

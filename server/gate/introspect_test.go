package gate_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/server/gate"
)

const form = "application/x-www-form-urlencoded"

// introspect sends name, value, name, value as a form.
func introspect(h http.Handler, fields ...string) *httptest.ResponseRecorder {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return do(h, http.MethodPost, "/v1/introspect", values.Encode(), "Content-Type", form)
}

// RFC 7662, section 2.2.
func TestAnActiveKeyIsIntrospected(t *testing.T) {
	town := settle(t, gate.Options{PublicURL: "https://keys.example.com"})
	ends := noon().Add(time.Hour)
	expiring := town.key(t, "acct_acme", func(k *keyset.Key) { k.Expires, k.Version, k.Scopes = ends, "v2", []string{"incidents:*"} })
	personal := town.personal(t, "mem_user", "user", true)
	bare := town.personal(t, "mem_guest", "guest", true)
	const tail = `"iss":"https://keys.example.com","account":"acme","account_id":"acct_acme","api_version":`
	for name, c := range map[string]struct{ text, want string }{
		"an account key": {town.text, `{"active":true,"scope":"incidents:read incidents:write users:read","client_id":"key_%s","token_type":"Bearer","sub":"acct_acme",` + tail + `"v1"}`},
		"a key that ends, of another version": {
			expiring, `{"active":true,"scope":"incidents:read incidents:write","client_id":"key_%s","token_type":"Bearer",` + fmt.Sprintf(`"exp":%d,`, ends.Unix()) + `"sub":"acct_acme",` + tail + `"v2"}`,
		},
		"a personal key":            {personal, `{"active":true,"scope":"incidents:read incidents:write","client_id":"key_%s","token_type":"Bearer","sub":"mem_user",` + tail + `"v1"}`},
		"one that reaches no scope": {bare, `{"active":true,"client_id":"key_%s","token_type":"Bearer","sub":"mem_guest",` + tail + `"v1"}`},
	} {
		w := introspect(town, "token", c.text)
		if want := fmt.Sprintf(c.want, c.text[8:20]); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s:\ngot  %d %s\nwant 200 %s", name, w.Code, w.Body, want)
		}
		if w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %v, want JSON that nobody stores", name, w.Header())
		}
		if strings.Contains(w.Body.String(), c.text[8:50]) {
			t.Errorf("%s: the answer holds the key", name)
		}
	}
}

// Section 2.2: "the introspection response ... SHOULD NOT include any additional information".
func TestAKeyThatIsNotActiveIsOneAnswerToTheByte(t *testing.T) {
	town := settle(t, gate.Options{})
	server := httptest.NewServer(town)
	defer server.Close()
	texts := map[string]string{
		"malformed": "nonsense", "a header": "Bearer " + town.text, "two keys": town.text + " " + town.text, "a NUL": town.text + "\x00",
		"foreign": settle(t, gate.Options{}).text, "bad check": replaceAt(town.text, 55), "bytes": "\xff\xfe", "60 KB": strings.Repeat("k", 60_000),
	}
	for reason, c := range town.refusals(t, gate.Options{}) {
		if text, ok := strings.CutPrefix(c.authorization, "Bearer "); ok && c.Handler == town && reason != keywright.OverLimit && reason != keywright.OutOfScope {
			texts[string(reason)] = text
		}
	}
	raw := func(text string) []byte {
		body := url.Values{"token": {text}}.Encode()
		return exchangeBody(t, server.Listener.Addr().String(), "POST /v1/introspect", "Content-Type: "+form+"\r\n", body)
	}
	want := raw(withCheck(replaceAt(town.text, 30)))
	if !bytes.HasPrefix(want, []byte("HTTP/1.1 200 OK\r\n")) || !bytes.HasSuffix(want, []byte("\r\n\r\n{\"active\":false}")) {
		t.Fatalf("got %q, want 200 and {\"active\":false}", want)
	}
	for name, text := range texts {
		if got := raw(text); !bytes.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
		}
	}
	if len(texts) < 20 {
		t.Errorf("got %d texts, want 20 at least", len(texts))
	}
}

// There is no third answer, so these are told by the status.
func TestWhatIsNeitherActiveNorNotIsNoAnswer(t *testing.T) {
	cases := settle(t, gate.Options{}).refusals(t, gate.Options{})
	for reason, want := range map[keywright.Reason]int{keywright.Stale: 503, keywright.OverLimit: 429, keywright.OverQuota: 429} {
		c := cases[reason]
		w := introspect(c, "token", strings.TrimPrefix(c.authorization, "Bearer "))
		if p := readProblem(t, w); w.Code != want || p.Code != api.Code(reason) || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d %s %v, want %d", reason, w.Code, p.Code, w.Header(), want)
		}
	}
	w := introspect(gate.New(broken{errDisk()}, gate.Options{}), "token", "x")
	if p := readProblem(t, w); w.Code != 503 || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("a fault: got %d %s, want 503", w.Code, p.Code)
	}
}

// Who says nothing of the request gets the answer that does no harm.
func TestTheContextOfAnIntrospection(t *testing.T) {
	town := settle(t, gate.Options{})
	reader := town.key(t, "acct_acme", func(k *keyset.Key) { k.Kind = keyset.ReadOnlyKey })
	office := town.key(t, "acct_acme", func(k *keyset.Key) { k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	for name, c := range map[string]struct {
		fields []string
		active bool
	}{
		"a read-only key":                    {[]string{"token", reader}, false},
		"a read-only key that reads":         {[]string{"token", reader, "method", "GET"}, true},
		"a read-only key that writes":        {[]string{"token", reader, "method", "POST"}, false},
		"a key with networks":                {[]string{"token", office}, false},
		"a key with networks, from inside":   {[]string{"token", office, "client_ip", "192.0.2.7"}, true},
		"a key with networks, from outside":  {[]string{"token", office, "client_ip", "192.0.3.7"}, false},
		"a hint that is right":               {[]string{"token", town.text, "token_type_hint", "access_token"}, true},
		"a hint that is wrong":               {[]string{"token", town.text, "token_type_hint", "refresh_token"}, true},
		"a hint of nobody's":                 {[]string{"token", town.text, "token_type_hint", "x"}, true},
		"a parameter of nobody's, and twice": {[]string{"token", town.text, "resource", "a", "resource", "b"}, true},
		"parameters without a value":         {[]string{"token", town.text, "token_type_hint", "", "method", "", "client_ip", ""}, true},
	} {
		w := introspect(town, c.fields...)
		if got := strings.HasPrefix(w.Body.String(), `{"active":true,`); w.Code != 200 || got != c.active {
			t.Errorf("%s: got %d %s, want active %v", name, w.Code, w.Body, c.active)
		}
	}
}

func TestWhatIsNoIntrospection(t *testing.T) {
	town := settle(t, gate.Options{})
	good := "token=" + town.text
	const post = http.MethodPost
	for name, c := range map[string]struct {
		method, contentType, path, body string
		status                          int
		code                            api.Code
	}{
		"GET, as section 2.1 forbids":      {http.MethodGet, form, "?" + good, "", 405, "method_not_allowed"},
		"PUT":                              {http.MethodPut, form, "", good, 405, "method_not_allowed"},
		"no content type":                  {post, "", "", good, 415, "unsupported_media_type"},
		"JSON":                             {post, "application/json", "", `{"token":"x"}`, 415, "unsupported_media_type"},
		"multipart":                        {post, "multipart/form-data; boundary=x", "", good, 415, "unsupported_media_type"},
		"a form in Latin-1":                {post, form + "; charset=iso-8859-1", "", good, 415, "unsupported_media_type"},
		"nothing":                          {post, form, "", "", 400, "invalid"},
		"the token in the URL":             {post, form, "?" + good, "", 400, "invalid"},
		"the token in the URL, and a hint": {post, form, "?" + good, "token_type_hint=access_token", 400, "invalid"},
		"another name":                     {post, form, "", "access_token=" + town.text, 400, "invalid"},
		"another letter case":              {post, form, "", "Token=" + town.text, 400, "invalid"},
		"a token without a value":          {post, form, "", "token=", 400, "invalid"},
		"a token without an equals sign":   {post, form, "", "token", 400, "invalid"},
		"a token twice":                    {post, form, "", good + "&" + good, 400, "invalid"},
		"a token twice, once without":      {post, form, "", good + "&token=", 400, "invalid"},
		"a hint twice":                     {post, form, "", good + "&token_type_hint=a&token_type_hint=b", 400, "invalid"},
		"a method twice":                   {post, form, "", good + "&method=GET&method=POST", 400, "invalid"},
		"an address twice":                 {post, form, "", good + "&client_ip=::1&client_ip=::1", 400, "invalid"},
		"an address that is none":          {post, form, "", good + "&client_ip=1.2.3", 400, "invalid"},
		"a semicolon":                      {post, form, "", good + ";x=1", 400, "invalid"},
		"half an escape":                   {post, form, "", good + "&x=%4", 400, "invalid"},
		"no hexadecimal":                   {post, form, "", "token=%zz", 400, "invalid"},
		"a byte more than 64 KiB":          {post, form, "", "token=" + strings.Repeat("k", gate.MaxBody-6+1), 413, "too_large"},
		"20,000 parameters":                {post, form, "", good + strings.Repeat("&a", 20_000), 400, "invalid"},
	} {
		var headers []string
		if c.contentType != "" {
			headers = []string{"Content-Type", c.contentType}
		}
		w := do(town, c.method, "/v1/introspect"+c.path, c.body, headers...)
		p := readProblem(t, w)
		if w.Code != c.status || p.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", name, w.Code, p.Code, c.status, c.code)
		}
		if strings.Contains(w.Body.String(), town.text[8:]) {
			t.Errorf("%s: the answer repeats what was sent", name)
		}
	}
	for _, contentType := range []string{form, form + ";charset=UTF-8", "Application/X-WWW-Form-Urlencoded"} {
		if w := do(town, post, "/v1/introspect", good, "Content-Type", contentType); w.Code != 200 {
			t.Errorf("%q: got %d, want 200", contentType, w.Code)
		}
	}
	if w := do(town, post, "/v1/introspect", good, "Content-Type", form, "Content-Encoding", "gzip"); w.Code != 415 {
		t.Errorf("packed: got %d, want 415", w.Code)
	}
}

package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

// TestNoDeedForAnotherSite sends every deed as other sites can make a browser send it (A24).
func TestNoDeedForAnotherSite(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	for name, c := range map[string]struct {
		site, origin string
		ours         bool
	}{
		"our own page":                               {"same-origin", ourOrigin, true},
		"our own page, which hides its origin":       {"same-origin", "null", true},
		"our own page in a browser without metadata": {"", ourOrigin, true},
		"another site":                               {"cross-site", "https://evil.example", false},
		"another port of this host":                  {"same-site", "http://127.0.0.1:9999", false},
		"another site in an old browser":             {"", "https://evil.example", false},
		"a sandboxed frame in an old browser":        {"", "null", false},
		"neither: no browser of the last years":      {"", "", true},
		"metadata and origin that disagree":          {"same-origin", "https://evil.example", false},
		"an address bar that posts":                  {"none", "", false},
		"an origin that can't be read":               {"", "://", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, rt := range routes() {
				method, path, _ := strings.Cut(rt.pattern, " ")
				if method == http.MethodGet || path == "/sign-out" && c.ours {
					continue
				}
				r := ask(method, strings.NewReplacer("{id}", string(key.ID), "{token}", "x").Replace(path), url.Values{"reason": {strings.Repeat("x", 201)}}.Encode())
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if c.site != "" {
					r.Header.Set("Sec-Fetch-Site", c.site)
				}
				if c.origin != "" {
					r.Header.Set("Origin", c.origin)
				}
				p := b.send(r)
				if refused := strings.Contains(p.body, "Sent from elsewhere"); refused == c.ours || refused != (p.status == http.StatusForbidden) {
					t.Errorf("%s: got %d, refused %v; ours: %v", rt.pattern, p.status, refused, c.ours)
				}
				if _, ok := s.console.Principal(r); ok != c.ours {
					t.Errorf("%s: the member is known: %v; ours: %v", rt.pattern, ok, c.ours)
				}
			}
		})
	}
	b.get("/api-access").is(http.StatusOK) // still signed in
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("another site deleted a key: %s", v.Reason)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	s := newSite(t)
	key, _ := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	answers := []*reply{
		b.get("/"), b.get("/api-access"), b.get(keyPath(key.ID)), b.get("/nowhere"), b.get("/static/nowhere.css"), b.get(s.console.assets.url("app.css")),
		b.send(ask(http.MethodPost, "/sign-out", "")), b.post("/api-access/new", b.newKeyForm("x")), s.browser().get("/sign-in"),
		b.post("/sign-in", url.Values{"junk": {"x"}}), s.as("user", "acme").get("/api-access"),
	}
	for _, p := range answers {
		for name, want := range map[string]string{
			"Content-Security-Policy":      contentPolicy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", p.what, name, got, want)
			}
		}
		if cache := p.header.Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(p.what, "GET /static/app.") {
			t.Errorf("%s: Cache-Control: %q", p.what, cache)
		}
		if p.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: asks for https over plain http", p.what)
		}
	}
	s.serve(s.svc, func(o *Options) { o.PublicURL = "https://keys.example.com" })
	if s.browser().get("/sign-in").header.Get("Strict-Transport-Security") == "" {
		t.Error("over https: no Strict-Transport-Security")
	}
}

func TestAFormThatIsNoneOfOurs(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"JSON":                   {"application/json", `{"description":"x"}`, http.StatusUnsupportedMediaType},
		"plain text":             {"text/plain", "description=x", http.StatusUnsupportedMediaType},
		"no type":                {"", "description=x", http.StatusUnsupportedMediaType},
		"multipart":              {"multipart/form-data; boundary=x", "--x--", http.StatusUnsupportedMediaType},
		"a field that it hasn't": {"application/x-www-form-urlencoded", "description=x&once=y&account=acct_other", http.StatusBadRequest},
		"a field twice":          {"application/x-www-form-urlencoded", "description=x&once=y&once=z", http.StatusBadRequest},
		"no form token":          {"application/x-www-form-urlencoded", "description=x", http.StatusBadRequest},
		"a form token of junk":   {"application/x-www-form-urlencoded", "description=x&once=" + strings.Repeat("y", 65), http.StatusBadRequest},
		"a bad escape":           {"application/x-www-form-urlencoded", "description=%zz", http.StatusBadRequest},
		"a semicolon":            {"application/x-www-form-urlencoded", "description=x;once=y", http.StatusBadRequest},
		"70,000 bytes":           {"application/x-www-form-urlencoded", "description=" + strings.Repeat("x", 70_000), http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(http.MethodPost, "/api-access/new", c.body)
			r.Header.Set("Origin", ourOrigin)
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			b.send(r).is(c.status).says("Nothing was changed")
			if n := s.account("acme").ActiveKeys; n != 0 {
				t.Errorf("it made %d keys", n)
			}
		})
	}
}

// TestTheFormsFieldsMayNotComeFromTheAddress: what a link can hold must not fill in a form.
func TestTheFormsFieldsMayNotComeFromTheAddress(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	b.post("/api-access/new?description=x&once=y", url.Values{"description": {""}, "once": {"z"}}).is(http.StatusUnprocessableEntity)
}

func TestAMemberWhoIsSignedInIsKnownNextDoor(t *testing.T) {
	s := newSite(t)
	r := ask(http.MethodGet, "/v1/self", "")
	if _, ok := s.console.Principal(r); ok {
		t.Error("someone without a session is known")
	}
	for name, value := range s.as("admin", "acme").cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	by, ok := s.console.Principal(r)
	if !ok || by.Kind != keywright.PrincipalMember || by.Account != s.account("acme").ID {
		t.Errorf("got %+v, %v", by, ok)
	}
	self, err := s.svc.Whoami(t.Context(), by)
	if err != nil || self.Member.Email != address("admin", "acme") {
		t.Errorf("got %s, %v", self.Member.Email, err)
	}
}

package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

func credentials(email, password string) url.Values {
	return url.Values{"email": {email}, "password": {password}}
}

func TestSignInLeadsToTheKeys(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	b.get("/sign-in").says("Sign in", "E-mail", "Password")
	b.post("/sign-in", credentials(" Owner@ACME.example ", passphrase)).goesTo("/api-access")
	b.get("/api-access").is(http.StatusOK).says("Signed in as Olive Owner", "API Access · acme · Keywright")
	b.get("/").goesTo("/api-access")
	b.get("/sign-in").goesTo("/api-access")
}

// TestRefusalsAreAlike: a known address, an unknown one and one that can't be get the same
// answer, but for the address itself, which comes back as it was typed.
func TestRefusalsAreAlike(t *testing.T) {
	s := newSite(t)
	pages := map[string]bool{}
	for _, email := range []string{address("owner", "acme"), "nobody@acme.example", "no address", ""} {
		p := s.browser().post("/sign-in", credentials(email, "wrong")).is(http.StatusUnauthorized).says("E-mail or password is wrong")
		if got := p.value("email"); got != email {
			t.Errorf("the form lost the address: %q", got)
		}
		if p.value("password") != "" {
			t.Error("the form shows the password again")
		}
		pages[strings.Replace(p.body, `value="`+email+`"`, "", 1)] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d different refusals", len(pages))
	}
}

func TestAfterSignInOnlyToAPageOfOurs(t *testing.T) {
	s := newSite(t)
	for next, want := range map[string]string{
		"/api-access/new":                "/api-access/new",
		"/api-access?after=abc":          "/api-access?after=abc",
		"/account#plan":                  "/account",
		"":                               "/api-access",
		"/sign-in":                       "/api-access",
		"/sign-out":                      "/api-access",
		"/sign-in?next=/api-access":      "/api-access",
		"https://evil.example/":          "/api-access",
		"//evil.example":                 "/api-access",
		"///evil.example":                "/api-access",
		`/\evil.example`:                 "/api-access",
		`\\evil.example`:                 "/api-access",
		"/\t/evil.example":               "/api-access",
		"/%09/evil.example":              "/api-access",
		"/%5cevil.example":               "/api-access",
		"/%2f/evil.example":              "/api-access",
		"/..//evil.example":              "/api-access",
		"/.//evil.example":               "/api-access",
		"/x/..//evil.example":            "/api-access",
		" https://evil.example":          "/api-access",
		"javascript:alert(1)":            "/api-access",
		"/\r\nSet-Cookie: x=y":           "/api-access",
		"evil.example":                   "/api-access",
		"http:evil.example":              "/api-access",
		"/@evil.example":                 "/@evil.example",
		"/" + strings.Repeat("x", 3000):  "/api-access",
		"/\u2028evil":                    "/api-access",
		"?next=https://evil.example":     "/api-access",
		"/api-access/../sign-in/account": "/api-access",
	} {
		s.browser().post("/sign-in?"+url.Values{"next": {next}}.Encode(), credentials(address("owner", "acme"), passphrase)).goesTo(want)
	}
}

func TestWhoBelongsToSeveralAccountsChooses(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.post("/sign-in?next=%2Fapi-access%2Fnew", credentials("bo@example.com", passphrase)).goesTo("/sign-in/account?next=%2Fapi-access%2Fnew")
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	choice := b.get("/sign-in/account?next=%2Fapi-access%2Fnew").is(http.StatusOK).says("Choose an account", "Acme Incidents", "Globex").saysNot("Tiny")
	var members []string
	for _, input := range choice.find("input", "name") {
		value, _ := attr(input, "value")
		members = append(members, value)
	}
	if len(members) != 2 {
		t.Fatalf("%d accounts to choose from, want 2", len(members))
	}
	stranger, err := s.svc.MemberByEmail(t.Context(), keywright.Operator(s.account("tiny").ID), address("owner", "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	b.post("/sign-in/account", url.Values{"member": {string(stranger.ID)}}).goesTo("/sign-in")
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")

	before := b.cookies["keywright"]
	b.post("/sign-in/account?next=%2Fapi-access%2Fnew", url.Values{"member": {members[1]}}).goesTo("/api-access/new")
	if b.cookies["keywright"] == before {
		t.Error("the session kept its token")
	}
	b.get("/api-access").says("· globex ·", "Switch to another account")
	b.post("/sign-in/account", url.Values{"member": {members[0]}}).goesTo("/api-access")
	b.get("/api-access").says("· acme ·")

	// A membership that ended can't be switched back to.
	if _, _, err := s.svc.RemoveMember(t.Context(), keywright.Operator(s.account("globex").ID), keywright.MemberID(members[1]), ""); err != nil {
		t.Fatal(err)
	}
	b.get("/sign-in/account").says("Acme Incidents").saysNot("Globex")
	b.post("/sign-in/account", url.Values{"member": {members[1]}}).goesTo("/sign-in")
}

func TestSignOutEndsTheSessionHereAndInTheBrowser(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	stolen := s.browser()
	stolen.cookies["keywright"] = b.cookies["keywright"]
	stolen.get("/api-access").is(http.StatusOK)

	p := b.post("/sign-out", nil).goesTo("/sign-in?notice=signed-out")
	if got := p.header.Get("Clear-Site-Data"); got != `"cache", "cookies", "storage"` {
		t.Errorf("Clear-Site-Data: %q", got)
	}
	if _, kept := b.cookies["keywright"]; kept {
		t.Error("the cookie is still there")
	}
	b.get("/sign-in?notice=signed-out").says("You are signed out")
	stolen.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
}

func TestSignInGivesANewToken(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.cookies["keywright"] = "planted-by-someone"
	b.post("/sign-in", credentials(address("owner", "acme"), passphrase)).goesTo("/api-access")
	first := b.cookies["keywright"]
	if first == "planted-by-someone" || len(first) < 43 {
		t.Errorf("the session goes by the token %q", first)
	}
	b.post("/sign-in", credentials(address("admin", "acme"), passphrase)).goesTo("/api-access")
	if b.cookies["keywright"] == first {
		t.Error("signing in as someone else kept the token")
	}
	old := s.browser()
	old.cookies["keywright"] = first
	old.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
}

// TestAThousandWrongPasswords: an attacker runs out of tries, and can neither lock the owner
// out elsewhere nor go on under other e-mail addresses.
func TestAThousandWrongPasswords(t *testing.T) {
	s := newSite(t)
	attacker, owner := s.browser(), s.browser()
	attacker.from, owner.from = "203.0.113.7", "192.0.2.20"
	email := address("owner", "acme")
	checked, refused := 0, 0
	for range 1000 {
		switch p := attacker.post("/sign-in", credentials(email, "wrong")); p.status {
		case http.StatusUnauthorized:
			checked++
		case http.StatusTooManyRequests:
			if refused++; refused == 1 {
				p.says("Too many tries", "Wait 5 min", "signing in from elsewhere isn't affected", "Nothing was changed")
				if got := p.header.Get("Retry-After"); got != "300" {
					t.Errorf("Retry-After: %q, want 300", got)
				}
			}
		default:
			t.Fatalf("got %d", p.status)
		}
	}
	if checked != pairRate().Burst || refused != 1000-checked {
		t.Errorf("%d passwords were checked and %d refused", checked, refused)
	}
	attacker.post("/sign-in", credentials(email, passphrase)).is(http.StatusTooManyRequests)
	owner.post("/sign-in", credentials(email, passphrase)).goesTo("/api-access")
	owner.get("/api-access").is(http.StatusOK)

	s.now = s.now.Add(pairRate().Every)
	attacker.post("/sign-in", credentials(email, "wrong")).is(http.StatusUnauthorized)
	attacker.post("/sign-in", credentials(email, "wrong")).is(http.StatusTooManyRequests)
}

// TestARightPasswordIsNoTry: who signs in often is not taken for an attacker.
func TestARightPasswordIsNoTry(t *testing.T) {
	s := newSite(t)
	for range pairRate().Burst + 2 {
		s.as("owner", "acme")
	}
}

// TestTheCookie: over https its name ties it to this host; over plain http it has all that a
// browser allows there.
func TestTheCookie(t *testing.T) {
	s := newSite(t)
	signIn := func() *http.Cookie {
		p := s.browser().post("/sign-in", credentials(address("owner", "acme"), passphrase)).is(http.StatusSeeOther)
		cookies := (&http.Response{Header: p.header}).Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d cookies, want 1", len(cookies))
		}
		return cookies[0]
	}
	for url, want := range map[string]http.Cookie{
		"https://keys.example.com": {Name: "__Host-keywright", Secure: true},
		"http://127.0.0.1:8080":    {Name: "keywright"},
	} {
		s.serve(s.svc, func(o *Options) { o.PublicURL = url })
		c := signIn()
		if c.Name != want.Name || c.Secure != want.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: got %s", url, strings.ReplaceAll(c.String(), c.Value, "TOKEN"))
		}
	}
}

func TestTwoSessionCookiesAreNone(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	r := ask(http.MethodGet, "/api-access", "")
	r.AddCookie(&http.Cookie{Name: "keywright", Value: "shadow"})
	b.send(r).goesTo("/sign-in?next=%2Fapi-access")
}

func TestTheDatabaseHoldsNoSessionToken(t *testing.T) {
	s := newSite(t)
	token := s.as("owner", "acme").cookies["keywright"]
	if _, found, err := s.store.Sessions().FindCtx(t.Context(), token); err != nil || found {
		t.Errorf("the token is in the database: %v, %v", found, err)
	}
}

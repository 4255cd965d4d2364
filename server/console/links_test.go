package console

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// newEmptySite is a first start: no account.
func newEmptySite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, now: start(), policy: policy.Default(), log: &bytes.Buffer{}}
	var err error
	if s.store, s.svc, err = open(t.TempDir(), 2, s.policy, func() time.Time { return s.now }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.serve(s.svc)
	return s
}

func (s *site) setUpLink() string {
	s.t.Helper()
	token, err := s.svc.SetUpLink(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return "/set-up/" + token.Reveal()
}

func setUpForm() url.Values {
	return url.Values{
		"name": {"Acme Incidents"}, "slug": {"acme"}, "plan": {"standard"},
		"member_name": {"Olive Owner"}, "email": {"olive@acme.example"}, "password": {passphrase},
	}
}

func TestTheFirstStartMakesAnAccountAndSignsItsOwnerIn(t *testing.T) {
	s := newEmptySite(t)
	link := s.setUpLink()
	b := s.browser()
	p := b.get(link).is(http.StatusOK).says("Set up", "Account name", "Lite (no API access)", "The link works once")
	if strings.Contains(p.body, strings.TrimPrefix(link, "/set-up/")) {
		t.Error("the page repeats its link's token")
	}
	b.post(link, setUpForm()).goesTo("/api-access")
	b.get("/api-access").says("The account acme is made, and you are its owner", "No API keys yet", "Owner of acme")
	b.get(link).is(http.StatusGone).says("This link no longer works")
	s.browser().post(link, setUpForm()).is(http.StatusGone).says("Nothing was changed")
	s.browser().post("/sign-in", credentials("olive@acme.example", passphrase)).goesTo("/api-access")
}

func TestSetUpSaysEverythingThatIsWrongAtOnceAndKeepsTheRest(t *testing.T) {
	s := newEmptySite(t)
	link := s.setUpLink()
	b := s.browser()
	form := setUpForm()
	form.Set("slug", "Acme GmbH")
	form.Set("email", "olive")
	form.Set("password", "short")
	p := b.post(link, form).is(http.StatusUnprocessableEntity).
		says("Error: Set up", "Short name must be 2 to 39", "Your e-mail is not an e-mail address", "Password is too short")
	if p.value("name") != "Acme Incidents" || p.value("slug") != "Acme GmbH" || p.value("password") != "" {
		t.Error("the form lost what was typed, or shows the password")
	}
	b.post(link, url.Values{"password": {passphrase}}).is(http.StatusUnprocessableEntity).
		says("Account name is required", "Plan is not one of", "Your e-mail is required")
	b.post(link, setUpForm()).goesTo("/api-access")
}

func TestASetUpLinkEndsAfterAnHour(t *testing.T) {
	s := newEmptySite(t)
	link := s.setUpLink()
	s.now = s.now.Add(keywright.SetUpLife)
	s.browser().get(link).is(http.StatusGone)
}

func (s *site) invite(account, email string) string {
	s.t.Helper()
	_, token, err := s.svc.AddMember(s.t.Context(), keywright.Operator(s.account(account).ID), keywright.NewMember{Email: email, Name: "Ivy Invited", Role: "admin"})
	if err != nil {
		s.t.Fatal(err)
	}
	return "/invitation/" + token.Reveal()
}

func TestAnInvitedMemberChoosesAPasswordAndIsIn(t *testing.T) {
	s := newSite(t)
	link := s.invite("acme", "ivy@acme.example")
	b := s.browser()
	b.get(link).is(http.StatusOK).says("Join acme", "ivy@acme.example", "Choose the password")
	b.post(link, url.Values{"password": {"short"}}).is(http.StatusUnprocessableEntity).says("Password is too short")
	b.post(link, url.Values{"password": {passphrase}}).goesTo("/api-access")
	b.get("/api-access").says("Welcome to acme", "Admin of acme")
	s.browser().post(link, url.Values{"password": {passphrase}}).is(http.StatusGone)
	s.browser().post("/sign-in", credentials("ivy@acme.example", passphrase)).goesTo("/api-access")
}

// TestAnInvitationIsNoWayAroundThePassword: for an address that signs in already the link
// alone isn't enough, and guessing through it is throttled like signing in.
func TestAnInvitationIsNoWayAroundThePassword(t *testing.T) {
	s := newSite(t)
	link := s.invite("globex", address("owner", "acme"))
	b := s.browser()
	b.get(link).says("This address signs in already")
	for range pairRate().Burst {
		b.post(link, url.Values{"password": {"another password"}}).is(http.StatusUnprocessableEntity).says("Password is not the one")
	}
	b.post(link, url.Values{"password": {passphrase}}).is(http.StatusTooManyRequests)
	s.now = s.now.Add(pairRate().Every)
	b.post(link, url.Values{"password": {passphrase}}).goesTo("/api-access")
	b.get("/api-access").says("· globex ·", "Switch to another account")
}

func TestAnInvitationEndsAfterAWeek(t *testing.T) {
	s := newSite(t)
	link := s.invite("acme", "ivy@acme.example")
	s.now = s.now.Add(keywright.InvitationLife)
	s.browser().get(link).is(http.StatusGone).says("ask whoever sent it for a new one")
}

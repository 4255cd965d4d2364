package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

func TestTheAccountsPageHasEveryFact(t *testing.T) {
	s := newSite(t)
	account := s.account("acme")
	s.issue("acme", "nightly export")
	s.as("admin", "acme").get("/account").is(http.StatusOK).
		says("Name Acme Incidents", "Short name acme", "Plan Standard", "1 active", "Created", exact(account.Created), string(account.ID), "Copy id")
}

// F2: which plan has API access, which one this is, who changes it, and that nothing is lost.
func TestF2TheAccountsPageExplainsThePlans(t *testing.T) {
	s := newSite(t)
	p := s.as("owner", "acme").get("/account").
		says("Lite no", "Basic yes", "Standard yes current plan", "Enterprise yes", "changed by whoever runs this service", "none is deleted", "work again")
	if strings.Count(p.body, "current plan") != 1 {
		t.Error("F2: more than one plan is the current one")
	}
	if !strings.Contains(p.body, `id="plan"`) {
		t.Error("F2: the plan has no anchor for the notice on API Access")
	}
	if forms := p.find("form", "action"); len(forms) != 1 { // signing out
		t.Errorf("F2: %d forms, want one: nobody changes the plan here", len(forms))
	}
	s.as("owner", "tiny").get("/account").says("Plan Lite", "1 asleep", "Lite no current plan")
}

func TestAPlanThatThePolicyHasDroppedIsShownByItsName(t *testing.T) {
	s := newSite(t)
	if _, _, err := s.svc.SetPlan(t.Context(), keywright.Operator(s.account("acme").ID), "enterprise"); err != nil {
		t.Fatal(err)
	}
	s.policy.Plans = s.policy.Plans[:3]
	s.as("owner", "acme").get("/account").is(http.StatusOK).says("Plan enterprise", "enterprise no current plan")
}

func TestWhoMayNotSeeTheAccountIsToldWhy(t *testing.T) {
	s := newSite(t)
	for _, role := range []string{"user", "limited_user"} {
		s.as(role, "acme").get("/account").is(http.StatusForbidden).says("see the account's settings").saysNot("Enterprise")
	}
}

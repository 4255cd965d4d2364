package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

func TestDeactivatingEndsTheSessionForGoodAndTheRestForAWhile(t *testing.T) {
	s := newSite(t)
	admin := s.one("admin", "acme")
	path := memberPath(admin.ID)
	_, text := s.issue("acme", "nightly export")
	ada, b := s.as("admin", "acme"), s.as("owner", "acme")
	b.get(path+"/deactivate").is(http.StatusOK).
		says("Deactivate Ada Admin?", "is signed out of acme at once, everywhere, and can't sign in to it until you activate them again", "Role and password stay")
	ada.get("/api-access").is(http.StatusOK)
	s.now = s.now.Add(time.Minute)
	b.post(path+"/deactivate", nil).goesTo(path)
	b.get(path).says("Ada Admin was deactivated: signed out of acme, until you activate them again", "deactivated Since 3 May 2026, 14:03 UTC", "Activate again")
	b.get("/members").says("deactivated")
	s.browser().post("/sign-in", credentials(admin.Email, passphrase)).is(http.StatusUnauthorized)
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("a key of the account stopped: %s", v.Reason)
	}
	b.get(path + "/deactivate").goesTo(path)
	b.post(path+"/deactivate", nil).goesTo(path) // a second time

	b.post(path+"/activate", nil).goesTo(path)
	b.get(path).says("Ada Admin can sign in to acme again").saysNot("Activate again")
	ada.get("/api-access").goesTo("/sign-in?next=%2Fapi-access") // the session from before
	s.now = s.now.Add(time.Minute)
	s.as("admin", "acme").get("/api-access").is(http.StatusOK)
}

func TestDeactivatingYourselfEndsYourSession(t *testing.T) {
	s := newSite(t)
	b := s.as("admin", "acme")
	path := memberPath(s.one("admin", "acme").ID)
	b.get(path + "/deactivate").says("You are signed out of acme at once, everywhere, and can't sign in to it until somebody activates you again")
	b.post(path+"/deactivate", nil).goesTo("/sign-in")
	b.get("/members").goesTo("/sign-in?next=%2Fmembers")
}

// A person who is deactivated in one account stays in the others.
func TestDeactivatingInOneAccountLeavesTheOthers(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.post("/sign-in", credentials("bo@example.com", passphrase))
	in := b.get("/sign-in/account").says("acme", "globex")
	bo := s.member("globex", "bo@example.com")
	s.now = s.now.Add(time.Minute)
	if _, _, err := s.svc.DeactivateMember(t.Context(), keywright.Operator(bo.Account), bo.ID, ""); err != nil {
		t.Fatal(err)
	}
	b.get("/sign-in/account").says("acme").saysNot("globex")
	b.post("/sign-in/account", url.Values{"member": {string(bo.ID)}}).goesTo("/sign-in")
	if _, _, err := s.svc.ActivateMember(t.Context(), keywright.Operator(bo.Account), bo.ID); err != nil {
		t.Fatal(err)
	}
	b.get("/sign-in/account").saysNot("globex") // his password was given before
	b.post("/sign-in/account", url.Values{"member": {in.value("member")}}).is(http.StatusSeeOther)
	s.now = s.now.Add(time.Minute)
	b.get("/sign-in/account").saysNot("globex") // changing the account is no new password
}

func TestWhoBecomesResponsibleMustBeAMember(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	admin := s.one("admin", "acme")
	path := memberPath(admin.ID) + "/deactivate"
	for _, id := range []keywright.MemberID{"mem_none", admin.ID, s.one("user", "globex").ID} {
		b.post(path, url.Values{"responsible": {string(id)}}).is(http.StatusUnprocessableEntity).
			says("Error: Deactivate Ada Admin", "Who becomes responsible must be an active member of the account, and another one than who leaves")
	}
	b.post(path, url.Values{"reason": {"x"}}).is(http.StatusBadRequest)
	if s.one("admin", "acme").State != keywright.MemberActive {
		t.Error("a refused deed was done")
	}
}

func TestAnOwnerHandsItsPlaceOn(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	admin, owner := memberPath(s.one("admin", "acme").ID), memberPath(s.one("owner", "acme").ID)
	b.get(admin).says("Hand on your place as owner")
	b.get(owner + "/owner").goesTo(owner)
	s.as("admin", "acme").get(memberPath(s.one("user", "acme").ID)).saysNot("Hand on your place as owner")
	b.get(admin+"/owner").is(http.StatusOK).says("Make Ada Admin Owner in your place?", "You become Admin", "make, change and remove owners")
	b.post(admin+"/owner", nil).goesTo(admin)
	b.get(admin).says("Ada Admin is Owner now, and you are Admin.", "Above your own role")
	b.post(memberPath(s.one("user", "acme").ID)+"/owner", nil).is(http.StatusUnprocessableEntity).says("above your own role")
	b.get("/audit-log").says("Olive Owner made Ada Admin owner in the place of Olive Owner , who is Admin now.")
}

func TestARoleSaysWhatItWouldChangeBeforeItDoes(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	path := memberPath(s.one("user", "acme").ID)
	b.get(path+"/role?role=limited_user").is(http.StatusOK).
		says("Change the role of Uma User to Limited user?", "Loses see who belongs to the account", "See services and their integrations services:read", "Keys that change none of this member's")
	b.get(path + "/role?role=user").goesTo(path)
	b.get(path + "/role?role=emperor").is(http.StatusUnprocessableEntity).says("Role is not one of")
	s.as("admin", "acme").get(path + "/role?role=owner").is(http.StatusUnprocessableEntity).says("above your own role")
	if s.one("user", "acme").Role != "user" {
		t.Error("looking changed the role")
	}
}

func TestAPlanSaysWhatItWouldChange(t *testing.T) {
	s := newSite(t)
	s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	b.get(b.get("/account").link("what would change")).says("From Standard to Lite", "1 key: the Lite plan has no API access", "nightly export", "none is deleted")
	b.get("/account/plans/enterprise").says("No key stops")
	b.get("/account/plans/standard").goesTo("/account#plan")
	b.get("/account/plans/gold").is(http.StatusNotFound)
	s.as("owner", "tiny").get("/account/plans/basic").says("What works again", "with the same secret", "from better days")
}

func TestALeaversKeysAreNamedBeforehandAndShownAfterwards(t *testing.T) {
	s := newSite(t)
	admin, owner := s.one("admin", "acme"), s.one("owner", "acme")
	own, _, err := s.svc.Issue(t.Context(), admin.By(), keywright.NewKey{Description: "laptop", Kind: keywright.PersonalKey})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.svc.Issue(t.Context(), owner.By(), keywright.NewKey{Description: "backups", Kind: keywright.ServiceKey, Member: admin.ID}); err != nil {
		t.Fatal(err)
	}
	b := s.as("owner", "acme")
	path := memberPath(admin.ID)
	p := b.get(path+"/deactivate").says("1 personal key of theirs: refused at once, and working again when you activate them.", "laptop",
		"1 service key that Ada Admin is responsible for", "backups", "Who becomes responsible")
	if options := p.find("option", "selected"); len(options) != 1 || options[0].FirstChild.Data != "Olive Owner, owner@acme.example" {
		t.Errorf("%d are chosen at first, want the one who asks", len(options))
	}
	b.get(path+"/role?role=user").says("Keys that change laptop", "loses services:write; schedules:write; users:write")
	b.post(path+"/deactivate", url.Values{"responsible": {string(s.one("user", "acme").ID)}}).goesTo(path)
	b.get("/api-access").says("member deactivated")
	b.get(keyPath(own.ID)).says("It acts as a member who is deactivated, and works again")
	b.get("/audit-log").says("One service key is now the responsibility of Uma User .")
	b.post(path+"/remove", nil).goesTo("/members")
	b.get("/api-access").says("member removed")
	b.get(keyPath(own.ID)).says("refused for ever")
}

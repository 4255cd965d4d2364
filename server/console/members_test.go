package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

// member finds a member of an account, for tests that look behind the console.
func (s *site) member(account, email string) keywright.Member {
	s.t.Helper()
	m, err := s.svc.MemberByEmail(s.t.Context(), keywright.Operator(s.account(account).ID), email)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// one is the member of a role that every account of the template has.
func (s *site) one(role, account string) keywright.Member {
	s.t.Helper()
	return s.member(account, address(role, account))
}

// invitation is the path of the link that a page shows.
func (p *reply) invitation() string {
	p.t.Helper()
	for _, code := range p.find("code", "id") {
		if id, _ := attr(code, "id"); id == "link" {
			path, ours := strings.CutPrefix(code.FirstChild.Data, ourOrigin)
			if !ours {
				p.t.Fatal("the link leads elsewhere")
			}
			return path
		}
	}
	p.t.Fatalf("%s shows no link", p.what)
	return ""
}

func TestTheListOfMembersHasEveryFact(t *testing.T) {
	s := newSite(t)
	s.invite("acme", "ivy@acme.example")
	p := s.as("owner", "acme").get("/members").is(http.StatusOK).
		says("Ivy Invited", "ivy@acme.example", "Admin", "invited", "3 May 2026", "Olive Owner you", "owner@acme.example", "Owner", "active", "Limited user")
	if got := p.link("Add member"); got != "/members/new" {
		t.Errorf("Add member leads to %s", got)
	}
	if got, want := p.link("Uma User"), memberPath(s.one("user", "acme").ID); got != want {
		t.Errorf("the row of Uma leads to %s, want %s", got, want)
	}
}

func TestWhoMayOnlySeeMembersSeesNothingToChange(t *testing.T) {
	s := newSite(t)
	b := s.as("user", "acme")
	p := b.get("/members").is(http.StatusOK).says("Olive Owner", "Uma User you").saysNot("Add member", "Open")
	for _, link := range p.find("a", "href") {
		if path, _ := attr(link, "href"); strings.HasPrefix(path, "/members/") {
			t.Errorf("a user is led to %s", path)
		}
	}
	p = b.get(memberPath(s.one("admin", "acme").ID)).is(http.StatusOK).says("admin@acme.example", "Everything but making owners").saysNot("See what would change", "Remove", "Deactivate")
	if forms := p.find("form", "action"); len(forms) != 1 { // signing out
		t.Errorf("a user is shown %d forms, want one", len(forms))
	}
	s.as("limited_user", "acme").get("/members").is(http.StatusForbidden).says("see who belongs to the account").saysNot("Uma User")
}

func TestTheListOfMembersIsReadPageByPage(t *testing.T) {
	s := newSite(t)
	for i := range 51 {
		s.invite("acme", fmt.Sprintf("ivy%d@acme.example", i))
	}
	b := s.as("owner", "acme")
	first := b.get("/members").saysNot("Olive Owner you", "Newest members")
	b.get(first.link("Older members")).is(http.StatusOK).says("Olive Owner you", "Newest members").saysNot("Older members")
	b.get("/members?after=junk").is(http.StatusBadRequest)
}

func TestAddingAMemberShowsTheLinkOnce(t *testing.T) {
	s := newSite(t)
	b := s.as("admin", "acme")
	form := url.Values{"email": {" Ivy@Acme.example "}, "member_name": {"Ivy Invited"}, "role": {"user"}}
	p := b.post("/members/new", form).is(http.StatusOK).
		says("Hand over this link", "Ivy Invited is invited as User", "Link for ivy@acme.example", "Works once, until 10 May 2026, 14:02 UTC", "shown only now")
	link := p.invitation()
	token := strings.TrimPrefix(link, "/invitation/")
	if got := p.header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("Cache-Control: %q", got)
	}
	s.browser().get(link).is(http.StatusOK).says("Join acme", "Ivy Invited")

	id := s.member("acme", "ivy@acme.example").ID
	again := b.post("/members/new", form).is(http.StatusUnprocessableEntity).says("Error: Add a member", "already")
	if got := again.link("Ivy Invited"); got != memberPath(id) {
		t.Errorf("a form sent twice leads to %s, want to the member that it made", got)
	}
	for _, page := range []*reply{again, b.get("/members"), b.get(memberPath(id)), b.get("/audit-log")} {
		if strings.Contains(page.body, token) {
			t.Errorf("%s shows the link again", page.what)
		}
	}
	if strings.Contains(s.log.String(), token) {
		t.Error("the log has the link")
	}
}

func TestAddingAMemberSaysWhatIsWrongAndKeepsTheRest(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	if got := b.get("/members/new").is(http.StatusOK).value("role"); got != "limited_user" {
		t.Errorf("%s is chosen at first, want the least powerful role", got)
	}
	p := b.post("/members/new", url.Values{"email": {"ivy"}, "member_name": {"two\nlines"}, "role": {"admin"}}).is(http.StatusUnprocessableEntity).
		says("Error: Add a member", "Nothing was saved yet", "E-mail is not an e-mail address")
	if p.value("email") != "ivy" || p.value("role") != "admin" {
		t.Error("the form lost what was typed")
	}
	b.post("/members/new", url.Values{"email": {"ivy@acme.example"}, "member_name": {""}, "role": {"emperor"}}).
		is(http.StatusUnprocessableEntity).says("Role is not one of")
	b.post("/members/new", url.Values{"email": {"ivy@acme.example"}, "role": {"user"}, "password": {"x"}}).is(http.StatusBadRequest)
	b.get("/members").saysNot("ivy@acme.example")
}

func TestANewLinkEndsTheOlder(t *testing.T) {
	s := newSite(t)
	first := s.invite("acme", "ivy@acme.example")
	path := memberPath(s.member("acme", "ivy@acme.example").ID)
	b := s.as("owner", "acme")
	b.get(path).says("has not joined yet", "Make a new link")
	second := b.post(path+"/invitation", nil).is(http.StatusOK).says("Hand over this link", "Ivy Invited").invitation()
	s.browser().get(first).is(http.StatusGone)
	s.browser().post(second, url.Values{"password": {passphrase}}).goesTo("/api-access")
	b.post(path+"/invitation", nil).goesTo(path)
	b.get(path).says("No link was made: Ivy Invited has joined in the meantime").saysNot("Make a new link")
}

func TestTheMembersPageSaysWhatARoleWouldChange(t *testing.T) {
	s := newSite(t)
	p := s.as("owner", "acme").get(memberPath(s.one("user", "acme").ID)).
		says("Admin Everything but making owners. Gains: see, create and delete API keys; add, change and remove members;",
			"User now", "Limited user Sees what was shared; has personal keys, can't reach the account's, nor members. Loses: see who belongs to the account.",
			"read the audit log; make, change and remove owners.")
	if got := p.value("role"); got != "user" {
		t.Errorf("%s is chosen, want the role that the member has", got)
	}
}

func TestARoleChangeCountsAtOnce(t *testing.T) {
	s := newSite(t)
	uma := s.as("user", "acme")
	uma.get("/api-access").is(http.StatusForbidden)
	path := memberPath(s.one("user", "acme").ID)
	b := s.as("admin", "acme")
	b.post(path+"/role", url.Values{"role": {"admin"}}).goesTo(path)
	b.get(path).says("Uma User now has the role Admin.", "Admin now")
	uma.get("/api-access").is(http.StatusOK)
	b.post(path+"/role", url.Values{"role": {"admin"}}).goesTo(path)
	b.get(path).says("Nothing was changed")
	b.post(path+"/role", url.Values{"role": {"emperor"}}).is(http.StatusUnprocessableEntity).says("Error: Uma User", "Role is not one of")

	own := memberPath(s.one("admin", "acme").ID)
	b.get(own).says("this is your own role")
	b.post(own+"/role", url.Values{"role": {"limited_user"}}).goesTo("/help")
	b.get("/help").is(http.StatusOK).says("Ada Admin now has the role Limited user.")
	b.get(own).is(http.StatusForbidden)
}

// F1: nobody hands out or touches a role above his own.
func TestAnAdminNeitherTouchesAnOwnerNorMakesOne(t *testing.T) {
	s := newSite(t)
	b := s.as("admin", "acme")
	owner, user := s.one("owner", "acme"), s.one("user", "acme")
	b.get(memberPath(owner.ID)).is(http.StatusOK).says("Above your own role", "Only a member with the role Owner").saysNot("See what would change", "Deactivate")
	b.get(memberPath(user.ID)).says("Not offered: Owner").saysNot("make, change and remove owners")
	b.get("/members/new").says("Not offered: Owner")

	b.post(memberPath(owner.ID)+"/role", url.Values{"role": {"user"}}).is(http.StatusForbidden).says("Above your own role")
	b.get(memberPath(owner.ID) + "/remove").is(http.StatusForbidden).says("Above your own role")
	b.post(memberPath(owner.ID)+"/remove", nil).is(http.StatusForbidden).says("Above your own role")
	b.post(memberPath(user.ID)+"/role", url.Values{"role": {"owner"}}).is(http.StatusUnprocessableEntity).says("Role can't be Owner: that is above your own role")
	b.post("/members/new", url.Values{"email": {"ivy@acme.example"}, "member_name": {""}, "role": {"owner"}}).
		is(http.StatusUnprocessableEntity).says("Role can't be Owner: that is above your own role")
	if s.one("owner", "acme").Role != "owner" || s.one("user", "acme").Role != "user" {
		t.Error("a refused deed was done")
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	path := memberPath(s.one("owner", "acme").ID)
	b.get(path).says("The last owner stays", "An account keeps at least one owner, and Olive Owner is the last").saysNot("See what would change", "Deactivate")
	b.get(path + "/remove").is(http.StatusConflict).says("The last owner stays").saysNot("Remove this member")
	b.post(path+"/remove", nil).is(http.StatusConflict).says("The last owner stays", "Nothing was changed")
	b.post(path+"/role", url.Values{"role": {"user"}}).is(http.StatusConflict).says("The last owner stays")

	admin := memberPath(s.one("admin", "acme").ID)
	b.post(admin+"/role", url.Values{"role": {"owner"}}).goesTo(admin)
	b.get(path).says("See what would change").saysNot("The last owner stays")
	b.post(path+"/role", url.Values{"role": {"user"}}).goesTo(path)
}

func TestRemovingAMemberSaysWhatEndsAndWhatStays(t *testing.T) {
	s := newSite(t)
	admin := s.one("admin", "acme")
	key, text, err := s.svc.Issue(t.Context(), admin.By(), keywright.NewKey{Description: "nightly export"})
	if err != nil {
		t.Fatal(err)
	}
	ada, b := s.as("admin", "acme"), s.as("owner", "acme")
	b.get(memberPath(admin.ID)+"/remove").is(http.StatusOK).
		says("Remove Ada Admin?", "is signed out of acme at once", "They have no personal key", "1 API key that Ada Admin created", "nightly export", key.Handle(), "never used")
	ada.get("/api-access").is(http.StatusOK)
	b.post(memberPath(admin.ID)+"/remove", nil).goesTo("/members")
	b.get("/members").says("Ada Admin was removed and can't sign in to acme any more").saysNot(admin.Email)
	ada.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("a key stopped with the member who made it: %s", v.Reason)
	}
	b.get(memberPath(admin.ID)).is(http.StatusNotFound)
	b.post(memberPath(admin.ID)+"/remove", nil).is(http.StatusNotFound)
}

func TestRemovingYourselfEndsYourSession(t *testing.T) {
	s := newSite(t)
	b := s.as("admin", "acme")
	path := memberPath(s.one("admin", "acme").ID)
	b.get(path + "/remove").says("You are signed out of acme at once")
	b.post(path+"/remove", nil).goesTo("/sign-in")
	b.get("/sign-in").is(http.StatusOK)
	b.get("/members").goesTo("/sign-in?next=%2Fmembers")
}

func TestAnInvitationThatIsRemovedIsOver(t *testing.T) {
	s := newSite(t)
	link := s.invite("acme", "ivy@acme.example")
	path := memberPath(s.member("acme", "ivy@acme.example").ID)
	b := s.as("owner", "acme")
	b.get(path+"/remove").says("its link stops working", "No API key that Ivy Invited created for the account is left")
	b.post(path+"/remove", nil).goesTo("/members")
	s.browser().get(link).is(http.StatusGone)
}

func TestAnotherAccountsMemberIsAsAbsentAsNone(t *testing.T) {
	s := newSite(t)
	theirs := memberPath(s.one("user", "globex").ID)
	b := s.as("owner", "acme")
	for _, tail := range []string{"", "/remove"} {
		there, nowhere := b.get(theirs+tail).is(http.StatusNotFound), b.get("/members/mem_000000000000"+tail).is(http.StatusNotFound)
		if there.body != nowhere.body {
			t.Errorf("GET …%s tells that the member is there", tail)
		}
	}
	b.post(theirs+"/role", url.Values{"role": {"admin"}}).is(http.StatusNotFound)
	b.post(theirs+"/remove", nil).is(http.StatusNotFound)
	b.post(theirs+"/invitation", nil).is(http.StatusNotFound)
	if m := s.one("user", "globex"); m.Role != "user" || m.State != keywright.MemberActive {
		t.Error("another account's member was changed")
	}
}

package rest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func TestAMemberIsInvitedJoinsChangesAndLeaves(t *testing.T) {
	w := newWorld(t)
	got := w.withKey("POST", "/v1/members", `{"email":"Ada@Example.com","name":"Ada","role":"user"}`)
	var added api.AddedMember
	got.into(http.StatusCreated, &added)
	path := got.header.Get("Location")
	if added.Email != "ada@example.com" || added.State != "invited" || path != "/v1/members/"+added.ID {
		t.Errorf("got %+v at %s", added.Member, path)
	}
	token := link(t, added)

	var renewed api.AddedMember
	w.withKey("POST", path+"/invitation", "").into(http.StatusOK, &renewed)
	if _, _, _, err := w.svc.Invitation(t.Context(), token); err == nil {
		t.Error("the first link still works beside the renewed one")
	}
	if _, err := w.svc.Join(t.Context(), link(t, renewed), "a good long password"); err != nil {
		t.Fatal(err)
	}
	w.withKey("POST", path+"/invitation", "").at(http.StatusConflict, api.CodeConflict, "#path/id")

	var page api.MemberPage
	w.withKey("GET", "/v1/members?email=ADA@example.com", "").into(http.StatusOK, &page)
	if len(page.Members) != 1 || page.Members[0].ID != added.ID || page.Members[0].State != "active" {
		t.Errorf("by address: got %+v", page)
	}
	var changed api.Member
	w.withKey("PATCH", path, `{"role":"admin"}`).into(http.StatusOK, &changed)
	if changed.Role != "admin" {
		t.Errorf("got role %s", changed.Role)
	}
	w.withKey("GET", path, "").into(http.StatusOK, &changed)
	w.withKey("DELETE", path, "").into(http.StatusOK, &changed)
	if changed.State != "removed" {
		t.Errorf("got state %s", changed.State)
	}
	for _, method := range []string{"GET", "DELETE"} {
		w.withKey(method, path, "").problem(http.StatusNotFound, api.CodeNotFound)
	}
	w.withKey("GET", "/v1/members?email=ada@example.com", "").into(http.StatusOK, &page)
	if len(page.Members) != 0 {
		t.Errorf("after removal: got %+v", page)
	}
}

// link is the token of an invitation, whose URL is the operator's.
func link(t *testing.T, m api.AddedMember) string {
	t.Helper()
	token, ok := strings.CutPrefix(m.InvitationURL, "https://keys.example.com/invitation/")
	if !ok || len(token) < 40 {
		t.Fatalf("got a link of %d characters that begins %.40q", len(m.InvitationURL), m.InvitationURL)
	}
	return token
}

func TestAMemberWithAPasswordNeedsNoLink(t *testing.T) {
	w := newWorld(t)
	var added api.AddedMember
	w.withKey("POST", "/v1/members", `{"email":"bob@example.com","role":"admin","password":"a good long password"}`).into(http.StatusCreated, &added)
	if added.State != "active" || added.InvitationURL != "" || added.Name != "bob" {
		t.Errorf("got %+v", added)
	}
	if _, err := w.svc.SignIn(t.Context(), "bob@example.com", "a good long password"); err != nil {
		t.Error(err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	w := newWorld(t)
	path := "/v1/members/" + string(w.members["owner"].ID)
	w.withKey("PATCH", path, `{"role":"admin"}`).problem(http.StatusConflict, api.CodeLastOwner)
	w.withKey("DELETE", path, "").problem(http.StatusConflict, api.CodeLastOwner)
}

func TestNobodyGivesARoleAboveHisOwn(t *testing.T) {
	w := newWorld(t)
	w.do(w.public, "POST", "/v1/members", `{"email":"eve@example.com","role":"owner"}`, "Test-Signed-In: admin").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/role")
	w.do(w.public, "PATCH", "/v1/members/"+string(w.members["user"].ID), `{"role":"owner"}`, "Test-Signed-In: admin").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/role")
}

func TestAnAddressBelongsToOneMember(t *testing.T) {
	w := newWorld(t)
	w.withKey("POST", "/v1/members", `{"email":"USER@example.com","role":"user"}`).at(http.StatusConflict, api.CodeConflict, "/email")
}

func TestMembersOfAnotherAccountAreNotFound(t *testing.T) {
	w := newWorld(t)
	theirs := w.member(w.globex, "user", "theirs@example.com", keywright.MemberActive)
	for _, test := range []struct{ method, suffix, body string }{
		{"GET", "", ""}, {"PATCH", "", `{"role":"admin"}`}, {"DELETE", "", ""}, {"POST", "/invitation", ""},
	} {
		of, none := w.withKey(test.method, "/v1/members/"+string(theirs.ID)+test.suffix, test.body), w.withKey(test.method, absentMember+test.suffix, test.body)
		of.problem(http.StatusNotFound, api.CodeNotFound)
		if of.withoutID() != none.withoutID() {
			t.Errorf("%s: got %s, want %s", test.method, of.body, none.body)
		}
	}
	var page api.MemberPage
	w.withKey("GET", "/v1/members?email=theirs@example.com", "").into(http.StatusOK, &page)
	if len(page.Members) != 0 {
		t.Errorf("got %+v", page.Members)
	}
}

func TestTheOperatorMakesAccounts(t *testing.T) {
	w := newWorld(t)
	var made api.CreatedAccount
	w.do(w.operator, "POST", "/v1/accounts", `{"slug":"initech","name":"Initech","plan":"basic","owner":{"email":"peter@initech.example","name":"Peter"}}`).into(http.StatusCreated, &made)
	if made.Slug != "initech" || made.Plan != "basic" || made.State != "active" || made.Owner.Role != "owner" {
		t.Errorf("got %+v", made)
	}
	if _, err := w.svc.Join(t.Context(), link(t, made.Owner), "a good long password"); err != nil {
		t.Error(err)
	}
	w.do(w.operator, "POST", "/v1/accounts", `{"slug":"initech","name":"Again","plan":"basic","owner":{"email":"bill@initech.example"}}`).at(http.StatusConflict, api.CodeConflict, "/slug")
	w.do(w.operator, "POST", "/v1/accounts", `{"slug":"other","name":"Other","plan":"basic","owner":{"email":"peter@initech.example","password":"another password"}}`).at(http.StatusConflict, api.CodeConflict, "/owner/password")

	var page api.AccountPage
	w.do(w.operator, "GET", "/v1/accounts?limit=2", "").into(http.StatusOK, &page)
	if len(page.Accounts) != 2 || page.Accounts[0].Slug != "initech" || page.NextCursor == nil {
		t.Fatalf("got %+v", page)
	}
	w.do(w.operator, "GET", "/v1/accounts?cursor="+*page.NextCursor, "").into(http.StatusOK, &page)
	if len(page.Accounts) != 1 || page.NextCursor != nil || page.Accounts[0].ActiveKeys != 1 {
		t.Errorf("got %+v", page)
	}
}

func TestWhatIsWrongWithAnAccountIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	got := w.do(w.operator, "POST", "/v1/accounts", `{"slug":"-`+canary+`","name":"\u0000`+canary+`","plan":"`+canary+`","owner":{"email":"`+canary+`","name":"`+canary+`\u202e","password":"`+canary[:5]+`"}}`)
	p := got.problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	var places []string
	for _, one := range p.Errors {
		places = append(places, one.Pointer)
	}
	if got, want := strings.Join(places, " "), "/slug /name /plan /owner/email /owner/password"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

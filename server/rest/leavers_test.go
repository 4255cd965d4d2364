package rest

import (
	"net/http"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func TestADeactivatedMemberIsOutUntilHeIsActivated(t *testing.T) {
	w := newWorld(t)
	path := "/v1/members/" + string(w.members["admin"].ID)
	asAdmin := func() *reply { return w.do(w.public, "GET", "/v1/self", "", "Test-Signed-In: admin") }
	asAdmin().into(http.StatusOK, &api.Self{})
	var out api.ChangedMember
	w.withKey("POST", path+"/deactivate?wait=all", "").into(http.StatusOK, &out)
	if out.State != "deactivated" || out.DeactivatedAt == nil || out.Receipt == nil || !out.Receipt.Safe {
		t.Errorf("got %+v", out)
	}
	asAdmin().problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	var again api.ChangedMember
	w.withKey("POST", path+"/deactivate", "").into(http.StatusOK, &again)
	if !again.DeactivatedAt.Equal(*out.DeactivatedAt) || again.Revision != out.Revision {
		t.Errorf("a second time: got %+v, want nothing changed since %+v", again, out)
	}
	var back api.ChangedMember
	w.withKey("POST", path+"/activate", "").into(http.StatusOK, &back)
	if back.State != "invited" { // he was written without a password
		t.Errorf("got %+v", back)
	}
}

func TestWhoIsNotThereOrNotInIsNotDeactivated(t *testing.T) {
	w := newWorld(t)
	invited := "/v1/members/" + string(w.member(w.acme, "invited", "invited@example.com", keywright.MemberInvited).ID)
	w.withKey("POST", invited+"/deactivate", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	w.withKey("POST", invited+"/activate", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	owner := "/v1/members/" + string(w.members["owner"].ID)
	w.withKey("POST", owner+"/deactivate", "").problem(http.StatusConflict, api.CodeLastOwner)
	w.do(w.public, "POST", owner+"/deactivate", "", "Test-Signed-In: admin").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/role")
}

func TestWhoBecomesResponsibleMustBeThereAndStay(t *testing.T) {
	w := newWorld(t)
	admin := w.members["admin"]
	path := "/v1/members/" + string(admin.ID)
	theirs := w.member(w.globex, "user", "theirs@example.com", keywright.MemberActive)
	invited := w.member(w.acme, "invited", "invited@example.com", keywright.MemberInvited)
	for _, id := range []keywright.MemberID{admin.ID, theirs.ID, invited.ID, "mem_none", canary} {
		for _, deed := range []string{"/deactivate", "/remove"} {
			w.withKey("POST", path+deed, `{"responsible":"`+string(id)+`"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/responsible")
		}
	}
	w.withKey("POST", path+"/deactivate", `{"responsible":"`+string(w.members["user"].ID)+`"}`).into(http.StatusOK, &api.ChangedMember{})
}

func TestAnOwnerIsReplaced(t *testing.T) {
	w := newWorld(t)
	owner, admin, user := w.members["owner"], w.members["admin"], w.members["user"]
	path := func(m keywright.Member) string { return "/v1/members/" + string(m.ID) + "/owner" }
	w.do(w.public, "POST", path(user), "", "Test-Signed-In: admin").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/role")
	w.withKey("POST", path(user), `{"from":"`+string(admin.ID)+`"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/from")
	w.withKey("POST", path(owner), "").at(http.StatusConflict, api.CodeConflict, "#path/id")

	var done api.Transfer
	w.do(w.public, "POST", path(user), "", "Test-Signed-In: owner").into(http.StatusOK, &done)
	if done.Owner.ID != string(user.ID) || done.Owner.Role != "owner" || done.Before.ID != string(owner.ID) || done.Before.Role != "admin" {
		t.Errorf("got %+v", done)
	}
	w.do(w.public, "POST", path(owner), "", "Test-Signed-In: owner").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/role")

	w.withKey("PATCH", "/v1/members/"+string(owner.ID), `{"role":"owner"}`).into(http.StatusOK, &api.ChangedMember{})
	w.withKey("POST", path(admin), "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "/from")
	w.withKey("POST", path(admin), `{"from":"`+string(user.ID)+`"}`).into(http.StatusOK, &done)
	if done.Owner.ID != string(admin.ID) || done.Before.ID != string(user.ID) {
		t.Errorf("got %+v", done)
	}
}

func TestALeaverIsPreviewed(t *testing.T) {
	w := newWorld(t)
	admin := w.members["admin"]
	key, _, err := w.svc.Issue(t.Context(), admin.By(), keywright.NewKey{Description: "his"})
	if err != nil {
		t.Fatal(err)
	}
	var p api.LeavePreview
	w.withKey("GET", "/v1/members/"+string(admin.ID)+"/leave", "").into(http.StatusOK, &p)
	if len(p.Stay.Keys) != 1 || p.Stay.Keys[0].ID != string(key.ID) || len(p.Stop.Keys) != 0 || p.Responsible == nil || p.Responsible.ID != string(w.members["owner"].ID) {
		t.Errorf("got %+v", p)
	}
	w.withKey("GET", "/v1/members/"+string(admin.ID)+"/leave?responsible="+string(admin.ID), "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#query/responsible")
	w.do(w.public, "GET", "/v1/members/"+string(admin.ID)+"/leave", "", "Test-Signed-In: owner").into(http.StatusOK, &p)
	if p.Responsible.ID != string(w.members["owner"].ID) || p.Member.State != "active" {
		t.Errorf("got %+v", p)
	}
}

func TestARoleIsPreviewed(t *testing.T) {
	w := newWorld(t)
	path := "/v1/members/" + string(w.members["user"].ID) + "/role"
	var p api.RolePreview
	w.withKey("GET", path+"?role=limited_user", "").into(http.StatusOK, &p)
	if p.From != "user" || p.To != "limited_user" || len(p.GainsRights) != 0 || len(p.LosesRights) == 0 || p.LosesRights[0] != "members:read" || len(p.LosesScopes) == 0 {
		t.Errorf("got %+v", p)
	}
	w.withKey("GET", path, "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#query/role")
	w.withKey("GET", path+"?role="+canary, "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#query/role")
	w.do(w.public, "GET", path+"?role=owner", "", "Test-Signed-In: admin").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#query/role")
	w.withKey("GET", "/v1/members/"+string(w.members["owner"].ID)+"/role?role=admin", "").problem(http.StatusConflict, api.CodeLastOwner)
}

func TestAPlanIsPreviewed(t *testing.T) {
	w := newWorld(t)
	var p api.PlanPreview
	w.withKey("GET", "/v1/account/plan?plan=lite", "").into(http.StatusOK, &p)
	if p.From != "standard" || p.To != "lite" || len(p.Stop.Keys) != 1 || p.Stop.Keys[0].ID != string(w.key.ID) || len(p.Wake.Keys) != 0 || p.Account.Plan != "standard" {
		t.Errorf("got %+v", p)
	}
	w.withKey("GET", "/v1/account/plan?plan="+canary, "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#query/plan")
	w.plan("lite")
	w.asOperator("GET", "/v1/account/plan?plan=basic", "").into(http.StatusOK, &p)
	if len(p.Stop.Keys) != 0 || len(p.Wake.Keys) != 1 {
		t.Errorf("got %+v", p)
	}
}

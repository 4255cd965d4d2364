package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

// morePages are the golden pages about members, the account, the audit log and the help.
func morePages(t *testing.T) map[string]*reply {
	t.Helper()
	s := newSite(t)
	owner, admin, user := s.as("owner", "acme"), s.as("admin", "acme"), s.as("user", "acme")
	invited := url.Values{"email": {"ivy@acme.example"}, "member_name": {"Ivy Invited"}, "role": {"admin"}}
	pages := map[string]*reply{
		"member-new":       owner.get("/members/new"),
		"member-new-admin": admin.get("/members/new"),
		"member-new-wrong": owner.post("/members/new", url.Values{"email": {"ivy"}, "member_name": {""}, "role": {"emperor"}}),
		"member-link":      owner.post("/members/new", invited),
		"member-already":   owner.post("/members/new", invited),
		"help":             s.as("limited_user", "acme").get("/help"),
	}
	link := pages["member-link"].invitation()
	pages["member-link"].body = strings.ReplaceAll(pages["member-link"].body, link, "/invitation/THE-LINK")
	if _, _, err := s.svc.Issue(t.Context(), s.one("admin", "acme").By(), keywright.NewKey{Description: "nightly export"}); err != nil {
		t.Fatal(err)
	}
	path := func(email string) string { return memberPath(s.member("acme", email).ID) }
	pages["members"] = owner.get("/members")
	pages["members-read-only"] = user.get("/members")
	pages["member"] = owner.get(path("user@acme.example"))
	pages["member-read-only"] = user.get(path("admin@acme.example"))
	pages["member-invited"] = owner.get(path("ivy@acme.example"))
	pages["member-self"] = admin.get(path("admin@acme.example"))
	pages["member-above"] = admin.get(path("owner@acme.example"))
	pages["member-last-owner"] = owner.get(path("owner@acme.example"))
	pages["member-role-wrong"] = owner.post(path("user@acme.example")+"/role", url.Values{"role": {"emperor"}})
	pages["member-role"] = owner.get(path("admin@acme.example") + "/role?role=user")
	pages["member-owner"] = owner.get(path("admin@acme.example") + "/owner")
	pages["member-deactivate"] = owner.get(path("admin@acme.example") + "/deactivate")
	pages["member-deactivate-wrong"] = owner.post(path("admin@acme.example")+"/deactivate", url.Values{"responsible": {"mem_none"}})
	owner.post(memberPath(s.one("limited_user", "acme").ID)+"/deactivate", nil).is(http.StatusSeeOther)
	pages["member-deactivated"] = owner.get(memberPath(s.one("limited_user", "acme").ID))
	pages["member-remove"] = owner.get(path("admin@acme.example") + "/remove")
	pages["member-removed"] = owner.get(owner.post(path("user@acme.example")+"/remove", nil).is(http.StatusSeeOther).header.Get("Location"))
	pages["account"] = owner.get("/account")
	pages["plan-down"] = owner.get("/account/plans/lite")
	pages["plan-same"] = owner.get("/account/plans/basic")
	pages["plan-up"] = s.as("owner", "tiny").get("/account/plans/standard")
	pages["account-lite"] = s.as("owner", "tiny").get("/account")
	pages["audit-log"] = owner.get("/audit-log")
	for _, slug := range helpPages() {
		pages["help-"+slug] = owner.get("/help/" + slug)
	}
	return pages
}

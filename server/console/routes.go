package console

import (
	"slices"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// route is one page or deed: who may reach it, and who answers.
type route struct {
	pattern string // method and path, as http.ServeMux reads them
	who     audience
	right   policy.Right // for holders: what the member's role must grant
	handle  func(*Console, *visit) (answer, error)
}

// audience says who may reach a route.
type audience int

const (
	anyone  audience = iota // signed in or not
	members                 // signed in, whatever the role
	holders                 // signed in, with the route's right
)

// routes is the table of all pages and deeds. The test of it holds every route against
// every role.
func routes() []route {
	const keys, ask = policy.ManageKeys, policy.RequestKeys
	all := []route{
		{"GET /{$}", members, "", (*Console).home},

		{"GET /sign-in", anyone, "", (*Console).signInForm},
		{"POST /sign-in", anyone, "", (*Console).signIn},
		{"GET /sign-in/account", anyone, "", (*Console).chooseForm},
		{"POST /sign-in/account", anyone, "", (*Console).choose},
		{"POST /sign-out", anyone, "", (*Console).signOut},

		{"GET /set-up/{token}", anyone, "", (*Console).setUpForm},
		{"POST /set-up/{token}", anyone, "", (*Console).setUp},
		{"GET /invitation/{token}", anyone, "", (*Console).invitationForm},
		{"POST /invitation/{token}", anyone, "", (*Console).join},

		{"GET /requests", holders, ask, (*Console).requests},
		{"GET /requests/new", holders, ask, (*Console).newRequestForm},
		{"POST /requests/new", holders, ask, (*Console).requestKey},
		{"GET /requests/{id}", holders, ask, (*Console).request},
		{"POST /requests/{id}/approve", holders, keys, (*Console).approveRequest},
		{"POST /requests/{id}/decline", holders, keys, (*Console).declineRequest},
		{"POST /requests/{id}/withdraw", holders, ask, (*Console).withdrawRequest},
		{"POST /requests/{id}/collect", holders, ask, (*Console).collectKey},
		{"POST /requests/{id}/close", holders, ask, (*Console).closeCollected},

		{"GET /members", holders, policy.ReadMembers, (*Console).members},
		{"GET /members/new", holders, policy.ManageMembers, (*Console).newMemberForm},
		{"POST /members/new", holders, policy.ManageMembers, (*Console).addMember},
		{"GET /members/{id}", holders, policy.ReadMembers, (*Console).member},
		{"GET /members/{id}/role", holders, policy.ManageMembers, (*Console).previewRole},
		{"POST /members/{id}/role", holders, policy.ManageMembers, (*Console).changeRole},
		{"POST /members/{id}/invitation", holders, policy.ManageMembers, (*Console).renewInvitation},
		{"GET /members/{id}/owner", holders, policy.ManageMembers, (*Console).transferForm},
		{"POST /members/{id}/owner", holders, policy.ManageMembers, (*Console).transferOwnership},
		{"GET /members/{id}/deactivate", holders, policy.ManageMembers, (*Console).deactivateForm},
		{"POST /members/{id}/deactivate", holders, policy.ManageMembers, (*Console).deactivateMember},
		{"POST /members/{id}/activate", holders, policy.ManageMembers, (*Console).activateMember},
		{"GET /members/{id}/remove", holders, policy.ManageMembers, (*Console).removeForm},
		{"POST /members/{id}/remove", holders, policy.ManageMembers, (*Console).removeMember},

		{"GET /receipts/{revision}", members, "", (*Console).receipt},
		{"GET /account", holders, policy.ReadAccount, (*Console).account},
		{"GET /account/plans/{plan}", holders, policy.ManageKeys, (*Console).previewPlan},
		{"GET /audit-log", holders, policy.ReadAudit, (*Console).auditLog},

		{"GET /help", members, "", (*Console).helpIndex},
		{"GET /help/submit-a-request", members, "", (*Console).supportForm},
		{"POST /help/submit-a-request", members, "", (*Console).askSupport},
		{"GET /help/your-requests", members, "", (*Console).ownSupport},
		{"GET /help/{page}", members, "", (*Console).help},
		{"POST /help/{page}/questions", members, "", (*Console).askQuestion},
	}
	return slices.Concat(all, apiAccess().routes(), personalKeys().routes())
}

// menu is what the left menu offers: API Access stands at the same place for everyone (F3),
// because its refusal explains (F17); the others are there for those who may see them.
func menu() []menuItem {
	return []menuItem{
		{label: "API Access", path: "/api-access"},
		{label: "Personal keys", path: "/personal-keys", right: policy.OwnKeys},
		{label: "Requests", path: "/requests", right: policy.RequestKeys, waiting: func(w keywright.Waiting) int { return w.Decide + w.Collect }},
		{label: "Members", path: "/members", right: policy.ReadMembers},
		{label: "Audit log", path: "/audit-log", right: policy.ReadAudit},
		{label: "Account", path: "/account", right: policy.ReadAccount},
	}
}

type menuItem struct {
	label, path string
	right       policy.Right                // empty: for everyone
	waiting     func(keywright.Waiting) int // how many wait there for the reader; nil: nothing does
}

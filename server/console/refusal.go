package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// refusalView says what a member may not do, why, who may, and whom to ask (F17).
type refusalView struct {
	title  string
	what   string
	why    string
	more   string // where the help says more; empty: nowhere
	self   keywright.Self
	who    string   // "an owner or an admin"
	people []string // some who may, by name; empty when the member may not see who belongs to the account
	deed   bool     // something was to be done, and wasn't
	ways   []way    // what he can do himself instead (F17)
}

// way is something that a member may do instead of what he may not.
type way struct{ label, path, hint string }

// waysFor are the ways to a key for someone who may not reach the account's: a personal one (F18),
// and asking for one (F19).
func waysFor(self keywright.Self) []way {
	var ways []way
	if self.Role.May(policy.OwnKeys) && self.Plan.APIAccess && self.Plan.PersonalKeys {
		ways = append(ways, way{"Make a personal key", "/personal-keys/new", "It acts as you, with what your role allows, and you have it at once."})
	}
	if self.Role.May(policy.RequestKeys) && self.Plan.APIAccess {
		ways = append(ways, way{"Request a key", "/requests/new", "Say what it is for; an owner or an admin decides, and you alone are shown it."})
	}
	return ways
}

// refused answers someone whose role lacks a right.
func (c *Console) refused(v *visit, err *keywright.ForbiddenError) answer {
	view := refusalOf(err.Right)
	view.self, view.who, view.people, view.deed = v.self, oneOf(err.Who), c.people(v, err.Who), v.deed()
	if err.Right == policy.ManageKeys {
		view.ways = waysFor(v.self)
	}
	return show(view.title, refusalPage(view)).with(http.StatusForbidden).inOneColumn()
}

func refusalOf(right policy.Right) refusalView {
	switch right {
	case policy.ManageKeys:
		return refusalView{
			title: "API Access", what: "see or make API keys",
			why:  "An API key acts for the whole account with full rights. Whoever holds one can do everything that the account can, whatever their own role is.",
			more: "/help/generating-an-api-key#why-not-everyone",
		}
	case policy.ReadMembers:
		return refusalView{title: "Members", what: "see who belongs to the account", why: "Names and e-mail addresses are shown to those who work with them."}
	case policy.ManageMembers:
		return refusalView{title: "Members", what: "change who belongs to the account", why: "Whoever can add members can gain more rights through them."}
	case policy.ReadAudit:
		return refusalView{title: "Audit log", what: "see who did what", why: "The log names people, keys and settings that not every role can see."}
	case policy.ReadAccount:
		return refusalView{title: "Account", what: "see the account's settings", why: "The plan and the settings concern those who answer for the account."}
	case policy.OwnKeys:
		return refusalView{title: "Personal keys", what: "have personal keys", why: "A personal key acts as the member who made it. The operator of this product gives them to other roles."}
	case policy.RequestKeys:
		return refusalView{title: "Requests", what: "ask for a key", why: "Whoever manages the account's keys decides on requests, and some roles have nobody to ask for."}
	}
	return refusalView{title: "Not for your role", what: "do this", why: "It needs a right that your role doesn't have."}
}

// maxPeople is how many names a refusal gives: enough that one of them is at work.
const maxPeople = 3

// people names members with one of the roles, as far as the one who is refused may see who
// belongs to the account. A failure to look is no reason to hide the refusal.
func (c *Console) people(v *visit, roles []policy.Role) []string {
	if !v.self.Role.May(policy.ReadMembers) {
		return nil
	}
	members, _, err := c.svc.Members(v.Context(), v.by(), keywright.Page{Limit: keywright.MaxPage})
	if err != nil {
		c.options.Log.ErrorContext(v.Context(), "list members for a refusal", "error", err, "request", v.request)
		return nil
	}
	var names []string
	for _, m := range members {
		has := func(r policy.Role) bool { return r.Name == m.Role }
		if m.State == keywright.MemberActive && slices.ContainsFunc(roles, has) && len(names) < maxPeople {
			names = append(names, m.Name)
		}
	}
	return names
}

// oneOf names roles for a sentence: "an owner or an admin".
func oneOf(roles []policy.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = withArticle(strings.ToLower(role.Label))
	}
	return strings.Join(names, " or ")
}

func withArticle(noun string) string {
	if noun != "" && strings.ContainsRune("aeio", rune(noun[0])) { // "a user"
		return "an " + noun
	}
	return "a " + noun
}

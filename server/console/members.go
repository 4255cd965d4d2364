package console

import (
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// membersView is the list of members.
type membersView struct {
	account keywright.Account
	rows    []memberRow
	manage  bool // the reader may add, change and remove members
	pager   pagerView
}

type memberRow struct {
	member keywright.Member
	role   string // its label
	self   bool   // the reader's own
}

func (c *Console) members(v *visit) (answer, error) {
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return answer{}, err
	}
	list, next, err := c.svc.Members(v.Context(), v.by(), keywright.Page{After: after})
	if err != nil {
		return answer{}, err
	}
	view := membersView{
		account: v.self.Account,
		manage:  v.self.Role.May(policy.ManageMembers),
		pager:   newPager("/members", after, next),
	}
	for _, m := range list {
		view.rows = append(view.rows, memberRow{m, c.roleLabel(m.Role), m.ID == v.self.Member.ID})
	}
	return show("Members", membersPage(view)), nil
}

// roleLabel is how people call a role; the name itself when the policy no longer has it.
func (c *Console) roleLabel(name string) string {
	if role, ok := c.svc.Policy().Role(name); ok {
		return role.Label
	}
	return name
}

// planLabel is how people call a plan; the name itself when the policy no longer has it.
func (c *Console) planLabel(name string) string {
	if plan, ok := c.svc.Policy().Plan(name); ok {
		return plan.Label
	}
	return name
}

// rightWords says what a right lets someone do.
func rightWords(right policy.Right) string {
	switch right {
	case policy.ManageKeys:
		return "see, create and delete API keys"
	case policy.ReadMembers:
		return "see who belongs to the account"
	case policy.ManageMembers:
		return "add, change and remove members"
	case policy.ReadAccount:
		return "see the account and its plan"
	case policy.OwnKeys:
		return "make, see and delete personal keys"
	case policy.RequestKeys:
		return "ask for a key"
	case policy.ReadAudit:
		return "read the audit log"
	}
	return string(right)
}

// grants lists in words what a role lets its members do.
func grants(role policy.Role) []string {
	var all []string
	for _, right := range role.Rights {
		all = append(all, rightWords(right))
	}
	if role.Owner {
		all = append(all, "make, change and remove owners")
	}
	return all
}

// pagerView leads to the next page of a list by cursor, and back to its beginning.
type pagerView struct {
	start string // empty on the first page
	next  string // empty on the last
}

func newPager(path string, after, next keywright.Cursor) pagerView {
	var view pagerView
	if after != (keywright.Cursor{}) {
		view.start = path
	}
	if next != (keywright.Cursor{}) {
		view.next = path + "?" + url.Values{"after": {next.String()}}.Encode()
	}
	return view
}

package console

import (
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// changeRole gives a member another role.
func (c *Console) changeRole(v *visit) (answer, error) {
	form, err := v.form("role")
	if err != nil {
		return answer{}, err
	}
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	m, commit, err := c.svc.SetRole(v.Context(), v.by(), view.member.ID, form.Get("role"))
	if err != nil {
		return refusedChange(view, err)
	}
	if m.Role == view.member.Role {
		return goTo(memberPath(m.ID)).noting("Nothing was changed: " + m.Name + " has the role " + view.role.Label + " already."), nil
	}
	next := memberPath(m.ID)
	if view.self && !c.roleOf(m).May(policy.ReadMembers) {
		next = "/help" // he has just shut the door to this page behind him
	}
	return c.counting(commit, m.Name+" now has the role "+c.roleLabel(m.Role), next), nil
}

// removeView is the page that says what removing a member ends and what it leaves.
type removeView struct {
	member keywright.Member
	self   bool
	keys   []keywright.Key // that he made and that still work or could again, the newest
	more   bool            // he may have made older ones
	listed bool            // the reader may see keys
}

func (c *Console) removeForm(v *visit) (answer, error) {
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	remove := removeView{member: view.member, self: view.self, listed: v.self.Role.May(policy.ManageKeys)}
	if remove.listed {
		if remove.keys, remove.more, err = c.keysMadeBy(v, view.member.ID); err != nil {
			return answer{}, err
		}
	}
	return show("Remove "+view.member.Name, removePage(remove, v.self.Account.Slug)).inOneColumn(), nil
}

// maxMadeBy is how many keys the page names: more would bury what it says.
const maxMadeBy = 10

// keysMadeBy lists the keys of a member among the newest of the account, and whether there
// may be more of them than these.
func (c *Console) keysMadeBy(v *visit, id keywright.MemberID) ([]keywright.Key, bool, error) {
	all, next, err := c.svc.Keys(v.Context(), v.by(), keywright.KeyFilter{}, keywright.Page{Limit: keywright.MaxPage})
	if err != nil {
		return nil, false, err
	}
	more := next != keywright.Cursor{}
	var made []keywright.Key
	for _, k := range all {
		if k.CreatedBy.ID != string(id) || !k.Revoked.IsZero() {
			continue
		}
		if len(made) == maxMadeBy {
			return made, true, nil
		}
		made = append(made, k)
	}
	return made, more, nil
}

func (c *Console) removeMember(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	m, commit, err := c.svc.RemoveMember(v.Context(), v.by(), view.member.ID)
	if err != nil {
		return refusedChange(view, err)
	}
	if view.self { // the next request finds that his session is of nobody
		return goTo("/sign-in"), nil
	}
	return c.counting(commit, m.Name+" was removed and can't sign in to "+v.self.Account.Slug+" any more", "/members"), nil
}

func memberPath(id keywright.MemberID) string { return "/members/" + url.PathEscape(string(id)) }

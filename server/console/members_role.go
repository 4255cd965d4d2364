package console

import (
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// roleView is the page that says what another role would give a member and take from him.
type roleView struct {
	keywright.RoleChange
	self bool
}

func (view roleView) title() string {
	return "Change the role of " + view.Member.Name + " to " + view.To.Label
}

// previewRole shows what a role would change, before it does.
func (c *Console) previewRole(v *visit) (answer, error) {
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	preview, err := c.svc.PreviewRole(v.Context(), v.by(), view.member.ID, v.URL.Query().Get("role"))
	if err != nil {
		return refusedChange(view, err)
	}
	if preview.To.Name == preview.From.Name {
		return goTo(memberPath(view.member.ID)).noting(view.hasAlready()), nil
	}
	change := roleView{preview, view.self}
	return show(change.title(), rolePage(change)).inOneColumn(), nil
}

// hasAlready is what there is to say when the role that was chosen is the one that he has.
func (view memberView) hasAlready() string {
	return "Nothing was changed: " + view.member.Name + " has the role " + view.role.Label + " already."
}

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
		return goTo(memberPath(m.ID)).noting(view.hasAlready()), nil
	}
	next := memberPath(m.ID)
	if view.self && !c.roleOf(m).May(policy.ReadMembers) {
		next = "/help" // he has just shut the door to this page behind him
	}
	return c.counting(commit, m.Name+" now has the role "+c.roleLabel(m.Role), next), nil
}

func memberPath(id keywright.MemberID) string { return "/members/" + url.PathEscape(string(id)) }

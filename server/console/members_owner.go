package console

import (
	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// ownerView is the page that says what it means to hand the owner's place on.
type ownerView struct {
	member keywright.Member
	owner  policy.Role
	below  policy.Role // what the reader has then
}

// below is the most powerful role that does not own: what an owner gets who hands his place on.
func (c *Console) below() (policy.Role, bool) {
	for _, role := range c.svc.Policy().Roles {
		if !role.Owner {
			return role, true
		}
	}
	return policy.Role{}, false
}

// heir reports whether the reader is an owner who could hand his place on to the member.
func (c *Console) heir(v *visit, m keywright.Member, role policy.Role) bool {
	_, below := c.below()
	return v.self.Role.Owner && !role.Owner && m.State == keywright.MemberActive && below
}

func (c *Console) transferForm(v *visit) (answer, error) {
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if !view.heir {
		return goTo(memberPath(view.member.ID)), nil
	}
	below, _ := c.below()
	return show("Make "+view.member.Name+" "+v.self.Role.Label, ownerPage(ownerView{view.member, v.self.Role, below})).inOneColumn(), nil
}

// transferOwnership hands the reader's place on.
func (c *Console) transferOwnership(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	t, commit, err := c.svc.TransferOwnership(v.Context(), v.by(), view.member.ID, "")
	if err != nil {
		return refusedChange(view, err)
	}
	return c.counting(commit, t.Owner.Name+" is "+c.roleLabel(t.Owner.Role)+" now, and you are "+c.roleLabel(t.Before.Role), memberPath(t.Owner.ID)), nil
}

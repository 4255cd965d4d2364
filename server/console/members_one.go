package console

import (
	"context"
	"net/http"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// memberView is the page of one member.
type memberView struct {
	member   keywright.Member
	role     policy.Role
	self     bool // the reader's own page
	fixed    fixed
	choices  []roleChoice // none when the reader can change nothing
	heir     bool         // the reader could hand the owner's place on to him
	unlisted string       // which roles are not offered, and why
	wrong    []field      // the field role, when a deed was refused
}

func (c *Console) member(v *visit) (answer, error) {
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	return show(view.member.Name, memberPage(view)).inOneColumn(), nil
}

// memberView finds the member of the page's address, and what the reader may do to him.
func (c *Console) memberView(v *visit) (memberView, error) {
	m, err := c.svc.Member(v.Context(), v.by(), keywright.MemberID(v.PathValue("id")))
	if err != nil {
		return memberView{}, err
	}
	view := memberView{member: m, role: c.roleOf(m), self: m.ID == v.self.Member.ID}
	if !v.self.Role.May(policy.ManageMembers) {
		return view, nil
	}
	if view.fixed, err = c.fixed(v, m, view.role); err != nil || view.fixed != (fixed{}) {
		return view, err
	}
	view.choices = c.roleChoices(v.self.Role, view.role, view.role.Name)
	view.unlisted = c.notOffered(v.self.Role)
	view.heir = c.heir(v, m, view.role)
	return view, nil
}

// roleOf is a member's role; one without rights when the policy no longer has it.
func (c *Console) roleOf(m keywright.Member) policy.Role {
	role, ok := c.svc.Policy().Role(m.Role)
	if !ok {
		return policy.Role{Name: m.Role, Label: m.Role, About: "This role is no longer offered; it allows nothing."}
	}
	return role
}

// fixed says why the reader can neither change a member's role nor remove him.
type fixed struct {
	status     int // of the answer to a deed that is refused for it
	title, why string
}

// fixed is zero for a member whom the reader can change. It saves people a click that would
// be refused: the service decides again.
func (c *Console) fixed(v *visit, m keywright.Member, role policy.Role) (fixed, error) {
	if role.Above(v.self.Role) {
		return fixed{
			http.StatusForbidden, "Above your own role",
			"Your role is " + v.self.Role.Label + ". Only a member with the role " + role.Label + " can change or remove " + m.Name + ".",
		}, nil
	}
	if !role.Owner || m.State != keywright.MemberActive {
		return fixed{}, nil
	}
	others, err := c.otherOwners(v.Context(), v.by(), m)
	if err != nil || others {
		return fixed{}, err
	}
	label := strings.ToLower(role.Label)
	return fixed{
		http.StatusConflict, "The last " + label + " stays",
		"An account keeps at least one " + label + ", and " + m.Name + " is the last. Give another member that role first, or hand it on from that member's page; then this one can be changed or removed.",
	}, nil
}

// otherOwners reports whether a second active member has the owner's role. It reads on until
// it finds one; the oldest members come last and are often the owners.
func (c *Console) otherOwners(ctx context.Context, by keywright.Principal, owner keywright.Member) (bool, error) {
	page := keywright.Page{Limit: keywright.MaxPage}
	for {
		list, next, err := c.svc.Members(ctx, by, page)
		if err != nil {
			return false, err
		}
		for _, m := range list {
			if m.ID != owner.ID && m.Role == owner.Role && m.State == keywright.MemberActive {
				return true, nil
			}
		}
		if next == (keywright.Cursor{}) {
			return false, nil
		}
		page.After = next
	}
}

// stays answers a deed that can't be done to this member, without asking the service.
func (view memberView) stays() answer {
	view.fixed.why += " " + unchanged
	return show(view.member.Name, memberPage(view)).with(view.fixed.status).inOneColumn()
}

// refusedChange shows the member's page again with why the service refused a deed.
func refusedChange(view memberView, err error) (answer, error) {
	why := fieldErrors(err)["role"]
	if why == "" {
		return answer{}, err
	}
	view.wrong = []field{{name: "role", label: "Role", why: why}}
	title := wrongTitle(view.member.Name, view.wrong)
	return show(title, memberPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
}

package console

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// newMemberView is the form that adds a member.
type newMemberView struct {
	account  keywright.Account
	fields   []field
	choices  []roleChoice
	unlisted string
	role     field            // why the role is wrong
	already  keywright.Member // who has the e-mail address in this account; zero: nobody
}

func newMemberFields() []field {
	return []field{
		{name: "email", label: "E-mail", kind: "email", hint: "The address to sign in with. Nothing is sent to it: you are shown a link to hand over."},
		{name: "member_name", label: "Name", optional: true, hint: "As others see it in lists and in the audit log. Left empty, it is what stands before the @."},
	}
}

// newMember makes the form. The least powerful role is chosen at first: whoever needs more
// is given it on purpose.
func (c *Console) newMember(v *visit, form url.Values, wrong map[string]string) newMemberView {
	checked := form.Get("role")
	choices := c.roleChoices(v.self.Role, policy.Role{}, checked)
	if checked == "" && len(choices) > 0 {
		choices[len(choices)-1].checked = true
	}
	return newMemberView{
		account:  v.self.Account,
		fields:   filled(newMemberFields(), form, wrong),
		choices:  choices,
		unlisted: c.notOffered(v.self.Role),
		role:     field{name: "role", label: "Role", why: wrong["role"]},
	}
}

func (c *Console) newMemberForm(v *visit) (answer, error) {
	return show("Add a member", newMemberPage(c.newMember(v, nil, nil))).inOneColumn(), nil
}

// addMember invites a member. Like a key, his link is shown in the answer to the form and
// nowhere else (docs/adr/0005): a reload sends the form again and is told that the address
// is a member already.
func (c *Console) addMember(v *visit) (answer, error) {
	form, err := v.form("email", "member_name", "role")
	if err != nil {
		return answer{}, err
	}
	m, token, err := c.svc.AddMember(v.Context(), v.by(), keywright.NewMember{
		Email: form.Get("email"), Name: form.Get("member_name"), Role: form.Get("role"),
	})
	if wrong := fieldErrors(err); wrong != nil {
		view := c.newMember(v, form, wrong)
		if errors.Is(err, keywright.ErrConflict) {
			view.already, _ = c.svc.MemberByEmail(v.Context(), v.by(), form.Get("email")) // a convenience: without it the error still says enough
		}
		title := wrongTitle("Add a member", append(view.fields, view.role))
		return show(title, newMemberPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if err != nil {
		return answer{}, err
	}
	return c.showInvitation(v, m, token), nil
}

// renewInvitation makes a new link for an invited member and ends the older ones.
func (c *Console) renewInvitation(v *visit) (answer, error) {
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
	m, token, err := c.svc.RenewInvitation(v.Context(), v.by(), view.member.ID)
	if errors.Is(err, keywright.ErrConflict) {
		return goTo(memberPath(view.member.ID)).noting("No link was made: " + view.member.Name + " has joined in the meantime."), nil
	}
	if err != nil {
		return refusedChange(view, err)
	}
	return c.showInvitation(v, m, token), nil
}

// linkView is the page that shows an invitation's link, once.
type linkView struct {
	member keywright.Member
	role   string
	link   string
	until  time.Time
}

func (c *Console) showInvitation(v *visit, m keywright.Member, token keywright.Token) answer {
	return show("Invitation link", linkPage(linkView{
		member: m,
		role:   c.roleLabel(m.Role),
		link:   c.options.PublicURL + "/invitation/" + token.Reveal(),
		until:  v.now.Add(keywright.InvitationLife),
	})).inOneColumn()
}

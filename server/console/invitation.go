package console

import (
	"net/http"

	"github.com/keywright/keywright"
)

// invitationView is the page on which an invited member chooses a password, or gives the one
// that he has.
type invitationView struct {
	account keywright.Account
	member  keywright.Member
	has     bool // the address signs in with a password already
	fields  []field
}

func (c *Console) invitation(v *visit) (invitationView, error) {
	m, account, has, err := c.svc.Invitation(v.Context(), v.PathValue("token"))
	view := invitationView{account: account, member: m, has: has, fields: []field{newPasswordField()}}
	if has {
		view.fields = []field{{name: "password", label: "Password", kind: "password", autocomplete: "current-password", hint: "The one with which you sign in already."}}
	}
	return view, err
}

func (c *Console) invitationForm(v *visit) (answer, error) {
	view, err := c.invitation(v)
	if err != nil {
		return answer{}, err
	}
	return show("Join "+view.account.Slug, invitationPage(view)), nil
}

// join makes the invited member active and signs him in. It is throttled like a sign-in,
// because for an address that has a password already it tells whether one is right.
func (c *Console) join(v *visit) (answer, error) {
	form, err := v.form("password")
	if err != nil {
		return answer{}, err
	}
	view, err := c.invitation(v)
	if err != nil {
		return answer{}, err
	}
	if wait, ok := c.throttle.try(v.Request, view.member.Email, v.now); !ok {
		return answer{}, &tooManyTries{wait}
	}
	m, err := c.svc.Join(v.Context(), v.PathValue("token"), form.Get("password"))
	if wrong := fieldErrors(err); wrong != nil {
		view.fields = filled(view.fields, form, wrong)
		title := wrongTitle("Join "+view.account.Slug, view.fields)
		return show(title, invitationPage(view)).with(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return answer{}, err
	}
	c.throttle.forgive(v.Request, m.Email)
	members, err := c.svc.SignIn(v.Context(), m.Email, form.Get("password")) // with his other accounts
	if err != nil {
		return answer{}, err
	}
	if err := c.startSession(v, v.now, m, members); err != nil {
		return answer{}, err
	}
	return goTo("/api-access").noting("Welcome to " + view.account.Slug + "."), nil
}

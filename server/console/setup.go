package console

import (
	"net/http"

	"github.com/keywright/keywright"
)

// setUpFields ask for the first account and its owner. Their names are those of the domain's
// errors.
func (c *Console) setUpFields() []field {
	p := c.svc.Policy()
	plan := field{name: "plan", label: "Plan", hint: "What the account may do. It can be changed later, from the command line."}
	for _, one := range p.Plans {
		label := one.Label
		if !one.APIAccess {
			label += " (no API access)"
		}
		plan.options = append(plan.options, option{one.Name, label})
	}
	if with := p.PlansWithAPIAccess(); len(with) > 0 {
		plan.value = with[0].Name
	}
	return []field{
		{name: "name", label: "Account name", hint: "For people: a company, a team.", autocomplete: "organization"},
		{name: "slug", label: "Short name", hint: "For addresses and the command line: 2 to 39 lower-case letters, digits and hyphens, such as acme."},
		plan,
		{name: "member_name", label: "Your name", autocomplete: "name", optional: true},
		{name: "email", label: "Your e-mail", kind: "email", autocomplete: "username"},
		newPasswordField(),
	}
}

func newPasswordField() field {
	return field{name: "password", label: "Password", kind: "password", autocomplete: "new-password", hint: "At least 8 characters. A few words are easy to keep in mind."}
}

func (c *Console) setUpForm(v *visit) (answer, error) {
	if err := c.svc.CheckSetUp(v.Context(), v.PathValue("token")); err != nil {
		return answer{}, err
	}
	return show("Set up", setUpPage(c.setUpFields())), nil
}

// setUp makes the first account and signs its owner in.
func (c *Console) setUp(v *visit) (answer, error) {
	form, err := v.form("name", "slug", "plan", "member_name", "email", "password")
	if err != nil {
		return answer{}, err
	}
	account, owner, err := c.svc.SetUp(v.Context(), v.PathValue("token"), keywright.NewAccount{
		Slug: form.Get("slug"), Name: form.Get("name"), Plan: form.Get("plan"),
		Owner: keywright.NewMember{Name: form.Get("member_name"), Email: form.Get("email"), Password: form.Get("password")},
	})
	if wrong := fieldErrors(err); wrong != nil {
		fields := filled(c.setUpFields(), form, wrong)
		return show(wrongTitle("Set up", fields), setUpPage(fields)).with(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return answer{}, err
	}
	if err := c.startSession(v, v.now, owner, []keywright.Member{owner}); err != nil {
		return answer{}, err
	}
	return goTo("/api-access").noting("The account " + account.Slug + " is made, and you are its owner. Next: its first API key."), nil
}

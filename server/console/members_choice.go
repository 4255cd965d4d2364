package console

import (
	"slices"
	"strings"

	"github.com/keywright/keywright/policy"
)

// roleChoice is one role on a form, with what it would change for a member who has another.
type roleChoice struct {
	role    policy.Role
	checked bool
	now     bool   // it is the member's own
	gains   string // what he could do that he can't now; empty: nothing
	loses   string
}

// roleChoices are the roles that the reader may hand out: none above his own. was is the
// member's role; zero for someone who has none yet, and then nothing is compared.
func (c *Console) roleChoices(own, was policy.Role, checked string) []roleChoice {
	var choices []roleChoice
	for _, role := range c.svc.Policy().Roles {
		if role.Above(own) {
			continue
		}
		choice := roleChoice{role: role, checked: role.Name == checked, now: role.Name == was.Name}
		if was.Name != "" {
			choice.gains, choice.loses = inOneLine(beyond(role, was)), inOneLine(beyond(was, role))
		}
		choices = append(choices, choice)
	}
	return choices
}

// beyond lists what role grants and other doesn't.
func beyond(role, other policy.Role) []string {
	has := grants(other)
	return slices.DeleteFunc(grants(role), func(one string) bool { return slices.Contains(has, one) })
}

// inOneLine lists things that hold commas themselves: "read the audit log; see …".
func inOneLine(list []string) string { return strings.Join(list, "; ") }

// notOffered says which roles are missing on a form, and why; "" when none is.
func (c *Console) notOffered(own policy.Role) string {
	var labels []string
	for _, role := range c.svc.Policy().Roles {
		if role.Above(own) {
			labels = append(labels, role.Label)
		}
	}
	if len(labels) == 0 {
		return ""
	}
	return "Not offered: " + strings.Join(labels, ", ") + ". Nobody hands out a role above their own."
}

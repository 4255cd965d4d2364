package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright/policy"
)

// The choices of what a key may do.
const (
	reachAll    = "all"
	reachRead   = "read" // everything whose name ends in ":read"
	reachChosen = "chosen"
)

// scopePicker is the choice of what a key may do, from the scopes that the policy has and the
// member may hand out.
type scopePicker struct {
	field  field
	reach  string
	groups []scopeGroup
	reads  []string // the scopes that only read; none: there is no such choice
	own    bool
}

// scopeGroup are the scopes whose names begin alike: "incidents:read", "incidents:write".
type scopeGroup struct {
	name   string
	scopes []scopeCheck
}

type scopeCheck struct {
	policy.Scope
	chosen bool
}

func (c *Console) scopePicker(v *visit, form url.Values, wrong map[string]string) scopePicker {
	picker := scopePicker{
		field: field{name: "scopes", label: "Scopes", why: wrong["scopes"]},
		reach: form.Get("reach"), reads: c.readingScopes(v), own: v.place().own,
	}
	if picker.reach == "" {
		picker.reach = reachAll
	}
	picker.groups = c.scopeGroups(v.self.Role.Scopes, form["scopes"])
	return picker
}

// scopeGroups are the scopes that the grants give, group by group, with those chosen that are.
func (c *Console) scopeGroups(grants, chosen []string) []scopeGroup {
	var groups []scopeGroup
	p := c.svc.Policy()
	for _, name := range p.ScopesOf(grants) {
		scope, _ := p.Scope(name)
		prefix, _, _ := strings.Cut(name, ":")
		i := slices.IndexFunc(groups, func(g scopeGroup) bool { return g.name == prefix })
		if i < 0 {
			i = len(groups)
			groups = append(groups, scopeGroup{name: prefix})
		}
		groups[i].scopes = append(groups[i].scopes, scopeCheck{scope, slices.Contains(chosen, name)})
	}
	return groups
}

// readingScopes are those that the member may hand out and that only read, as their names say.
func (c *Console) readingScopes(v *visit) []string {
	return slices.DeleteFunc(c.svc.Policy().ScopesOf(v.self.Role.Scopes), func(name string) bool { return !strings.HasSuffix(name, ":read") })
}

// wantedScopes are the scopes that a form asks for; none: everything.
func (c *Console) wantedScopes(v *visit, form url.Values) []string {
	switch form.Get("reach") {
	case reachRead:
		return orNone(c.readingScopes(v))
	case reachChosen:
		return orNone(form["scopes"])
	}
	return nil
}

// orNone keeps that nothing was chosen from becoming everything: it asks for a scope that there
// isn't, which is refused.
func orNone(scopes []string) []string {
	if len(scopes) == 0 {
		return []string{""}
	}
	return scopes
}

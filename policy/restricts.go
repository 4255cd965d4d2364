package policy

// RoleRestricts reports whether whoever had the role from loses something with the role to. A
// role that there is not gives nothing.
func (p *Policy) RoleRestricts(from, to string) bool {
	was, _ := p.Role(from)
	is, _ := p.Role(to)
	var c comparison
	c.role(p, p, was, is)
	return c.restricts()
}

// PlanRestricts reports whether an account that had the plan from loses something with the plan
// to. A plan that there is not gives nothing.
func (p *Policy) PlanRestricts(from, to string) bool {
	was, _ := p.Plan(from)
	is, _ := p.Plan(to)
	var c comparison
	c.plan(was, is)
	return c.restricts()
}

func (c *comparison) restricts() bool {
	for _, d := range c.found {
		if d.Restricts {
			return true
		}
	}
	return false
}

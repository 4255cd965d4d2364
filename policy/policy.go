package policy

import "slices"

// Policy is what one operator's product offers. It is immutable after it was handed to a
// Service: readers share it without a lock.
type Policy struct {
	Product  Product
	Versions []Version // in the order in which forms show them
	Roles    []Role    // from the most to the least powerful
	Plans    []Plan    // from the smallest to the largest
	Keys     Keys
	Scopes   []Scope // in the order in which forms show them
	Routes   *Router // nil: none
	Errors   ErrorFormat
	Requests Requests

	text string
}

// Text is the file that the policy was read from, as it was written; empty when it was made
// otherwise.
func (p *Policy) Text() string { return p.text }

// Product is the operator's product, as its customers know it.
type Product struct {
	Name string // shown in the console's header and titles

	// Vendor is the VENDOR of "Accept: application/vnd.VENDOR+json;version=2".
	// Empty accepts any vendor's media type.
	Vendor string

	// Brand begins every key's text, "kw" in kw_live_…: [a-z][a-z0-9]{1,9}.
	Brand string
}

// OperatorSuffix ends the brand of the operator's own tokens.
const OperatorSuffix = "op"

// OperatorBrand begins the text of every token of the operator's, "kwop" in kwop_live_…: a
// scanner and a person tell it from a customer's key at sight.
func (p Product) OperatorBrand() string { return p.Brand + OperatorSuffix }

// Requests are the rules for requests for a key (F19).
type Requests struct {
	// TwoPeople keeps whoever may decide from approving what he asked for himself.
	TwoPeople bool
}

// Version finds an API version by its name, such as "v2".
func (p *Policy) Version(name string) (Version, bool) {
	return find(p.Versions, func(v *Version) bool { return v.Name == name })
}

// Role finds a role by its name, such as "limited_user".
func (p *Policy) Role(name string) (Role, bool) {
	return find(p.Roles, func(r *Role) bool { return r.Name == name })
}

// Plan finds a plan by its name, such as "standard".
func (p *Policy) Plan(name string) (Plan, bool) {
	return find(p.Plans, func(pl *Plan) bool { return pl.Name == name })
}

// Scope finds a scope by its name, such as "incidents:read".
func (p *Policy) Scope(name string) (Scope, bool) {
	return find(p.Scopes, func(s *Scope) bool { return s.Name == name })
}

// ScopesOf are the scopes that the grants give together, in the policy's order.
func (p *Policy) ScopesOf(grants []string) []string {
	v := NewVocabulary(p.Scopes)
	return v.Names(v.Set(grants...))
}

// Preselected is the version that a form offers first (F7).
func (p *Policy) Preselected() Version {
	v, ok := find(p.Versions, func(v *Version) bool { return v.Preselected })
	if !ok && len(p.Versions) > 0 {
		return p.Versions[0]
	}
	return v
}

// RolesWith lists the roles that grant right, most powerful first: a refusal names them.
func (p *Policy) RolesWith(right Right) []Role {
	return slices.DeleteFunc(slices.Clone(p.Roles), func(r Role) bool { return !r.May(right) })
}

// PlansWithAPIAccess lists the plans whose keys verify, smallest first: a notice names them (F2).
func (p *Policy) PlansWithAPIAccess() []Plan {
	return slices.DeleteFunc(slices.Clone(p.Plans), func(pl Plan) bool { return !pl.APIAccess })
}

// PlansWithPersonalKeys lists the plans on which personal keys verify too, smallest first.
func (p *Policy) PlansWithPersonalKeys() []Plan {
	return slices.DeleteFunc(p.PlansWithAPIAccess(), func(pl Plan) bool { return !pl.PersonalKeys })
}

// find looks at the things where they are: a Version is large, and is looked for with each request.
func find[T any](list []T, is func(*T) bool) (T, bool) {
	for i := range list {
		if is(&list[i]) {
			return list[i], true
		}
	}
	var none T
	return none, false
}

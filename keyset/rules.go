package keyset

import (
	"slices"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
)

// Rules is what a verdict must know of the policy. What it does not name, nobody may: a key of a
// version that is not here is refused, an account on a plan that is not here has no API access, a
// member with a role that is not here reaches no scope.
type Rules struct {
	Versions []Version
	Plans    []Plan
	Roles    []Role
	Scopes   []string // all that there are; wildcards stand for these
}

// Version is a version of the product's API.
type Version struct {
	Name  string
	Off   bool                  // no key verifies for it any more
	Fixed bool                  // no request may name it for a key of another version
	Ways  []policy.Presentation // in which a key may be sent
}

// Plan is what an account pays for.
type Plan struct {
	Name         string
	APIAccess    bool
	PersonalKeys bool       // these verify too
	Rate         limit.Rate // of each key; Burst 0: no limit
}

// Role is what a member may do.
type Role struct {
	Name   string
	Scopes []string // scopes, "incidents:*" or "*"
}

// compiled is Rules by number of names.
type compiled struct {
	versions       []version
	versionNumbers map[string]int
	plans          []Plan
	roles          []*scopeSet
	scopes         map[string]int // position in scopeNames
	scopeNames     []string
	all            *scopeSet
}

// plan is the zero Plan for one that is not in the Rules.
func (c *compiled) plan(number int) *Plan {
	if number < len(c.plans) {
		return &c.plans[number]
	}
	return &c.plans[0]
}

// version is the zero version for one that is not in the Rules.
func (c *compiled) version(number int) *version {
	if number < len(c.versions) {
		return &c.versions[number]
	}
	return &c.versions[0]
}

type version struct {
	known, off, fixed bool
	ways              []policy.Presentation
}

func (w *writer) compile(r Rules) *compiled {
	c := &compiled{versionNumbers: map[string]int{}, scopes: map[string]int{}, scopeNames: slices.Clone(r.Scopes)}
	for i, scope := range c.scopeNames {
		c.scopes[scope] = i
	}
	c.all = compileScopes(c.scopeNames, []string{"*"})
	c.versions = byNumber(w.versions, r.Versions, func(v Version) string { return v.Name }, func(v Version) version {
		c.versionNumbers[v.Name] = int(w.versions.number(v.Name))
		return version{known: true, off: v.Off, fixed: v.Fixed, ways: slices.Clone(v.Ways)}
	})
	c.plans = byNumber(w.plans, r.Plans, func(p Plan) string { return p.Name }, func(p Plan) Plan { return p })
	c.roles = byNumber(w.roles, r.Roles, func(r Role) string { return r.Name }, func(r Role) *scopeSet {
		return compileScopes(c.scopeNames, r.Scopes)
	})
	return c
}

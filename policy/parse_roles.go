package policy

import (
	"fmt"
	"slices"
	"strings"
)

func (p *part) scopes() []Scope {
	var all []Scope
	names := unique{}
	for _, one := range p.parts("scopes", false, MaxScopes, scopeFields()) {
		s := Scope{
			Name:        one.text("name", true, scopeName),
			Description: one.text("description", true, words(maxSentence)),
		}
		names.take(one, "name", s.Name)
		if s.Name != "" {
			all = append(all, s)
		}
	}
	return all
}

func (p *part) roles(scopes []Scope) []Role {
	var all []Role
	names := unique{}
	owners := 0
	parts := p.parts("roles", true, MaxRoles, roleFields())
	for _, one := range parts {
		role := one.role(scopes)
		names.take(one, "name", role.Name)
		if role.Owner {
			owners++
			one.mayOwn(role, owners)
		}
		if i := len(all) - 1; i >= 0 && role.Above(all[i]) && !all[i].Above(role) {
			one.wrong(one.node, one.path, "may more than the role before it; list roles from the most to the least powerful")
		}
		all = append(all, role)
	}
	if len(parts) > 0 && owners == 0 {
		p.wrong(p.values["roles"], "roles", "has no role with owner: true; every account keeps a member with it")
	}
	return all
}

func (p *part) mayOwn(role Role, owners int) {
	if owners > 1 {
		p.wrong(p.values["owner"], p.at("owner"), "is true for another role too; there is one")
	}
	if (Role{Rights: Rights()}).Above(role) {
		p.wrong(p.values["owner"], p.at("owner"), `is true, so the role needs every right; write rights: ["*"]`)
	}
}

func (p *part) role(scopes []Scope) Role {
	role := Role{
		Name:  p.text("name", true, name()),
		Label: p.text("label", true, words(maxLabel)),
		About: p.text("about", false, words(maxSentence)),
		Owner: p.flag("owner", false),
	}
	rights := []string{"*"}
	for _, right := range Rights() {
		rights = append(rights, string(right))
	}
	for _, e := range p.texts("rights", false, len(rights), oneOf(rights...)) {
		if e.text == "*" {
			role.Rights = Rights()
			break
		}
		role.Rights = append(role.Rights, Right(e.text))
	}
	if role.May(ManageKeys) && !role.May(RequestKeys) {
		role.Rights = append(role.Rights, RequestKeys)
	}
	for _, e := range p.texts("scopes", false, MaxScopes, filled) {
		role.Scopes = append(role.Scopes, e.text)
		p.mustCover(e, scopes)
	}
	return role
}

// mustCover reports a grant that gives nothing.
func (p *part) mustCover(e entry, scopes []Scope) {
	covers := func(s Scope) bool { return Covers(e.text, s.Name) }
	if e.text == "*" || slices.ContainsFunc(scopes, covers) {
		return
	}
	all := make([]string, len(scopes))
	for i, s := range scopes {
		all[i] = s.Name
	}
	if strings.HasSuffix(e.text, ":*") {
		p.wrong(e.node, e.path, "covers no scope that is defined under scopes")
		return
	}
	p.wrong(e.node, e.path, "is no scope that is defined under scopes"+didYouMean(e.text, all))
}

func (p *part) routes(scopes []Scope) *Router {
	r := newRouter(scopes)
	var lines []int // of the routes in r
	for _, e := range p.texts("routes", false, MaxRoutes, filled) {
		route, err := ParseRoute(e.text)
		if err != nil {
			p.wrong(e.node, e.path, err.Error())
			continue
		}
		if !r.knows(route.Scope) {
			p.wrong(e.node, e.path, "needs a scope that is not defined under scopes"+didYouMean(route.Scope, r.every))
		}
		if clash := r.add(route); clash >= 0 {
			p.wrong(e.node, e.path, fmt.Sprintf("is for the same method and path as the one in line %d", lines[clash]))
			continue
		}
		lines = append(lines, e.node.Line)
	}
	return r
}

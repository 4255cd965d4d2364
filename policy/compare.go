package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keywright/keywright/limit"
)

// Compare answers in what two policies differ, apart from what only people read: labels,
// hints, links. It is in the order of the file: what was there first, then what is new.
func Compare(old, next *Policy) []Difference {
	var c comparison
	c.changed(OfProduct, "", "brand", old.Product.Brand, next.Product.Brand, false) // keys outlive it
	c.changed(OfProduct, "", "vendor", old.Product.Vendor, next.Product.Vendor, next.Product.Vendor != "")
	c.changed(OfVersion, "", "preselected", old.Preselected().Name, next.Preselected().Name, false)
	each(&c, OfVersion, old.Versions, next.Versions, func(v Version) string { return v.Name }, c.version)
	each(&c, OfScope, old.Scopes, next.Scopes, func(s Scope) string { return s.Name }, func(Scope, Scope) {})
	each(&c, OfRole, old.Roles, next.Roles, func(r Role) string { return r.Name }, func(was, is Role) { c.role(old, next, was, is) })
	each(&c, OfPlan, old.Plans, next.Plans, func(p Plan) string { return p.Name }, c.plan)
	c.keys(old.Keys, next.Keys)
	c.routes(old.Routes, next.Routes)
	c.errors(old.Errors, next.Errors)
	c.changed(OfRequests, "", "own", fmt.Sprint(!old.Requests.TwoPeople), fmt.Sprint(!next.Requests.TwoPeople), next.Requests.TwoPeople)
	return c.found
}

type comparison struct{ found []Difference }

func (c *comparison) add(d Difference) { c.found = append(c.found, d) }

func (c *comparison) changed(of Subject, name, field, from, to string, restricts bool) {
	if from != to {
		c.add(Difference{of, name, Changed, field, from, to, restricts})
	}
}

// each compares what goes by the same name in two lists, and says what is in one of them only.
func each[T any](c *comparison, of Subject, old, next []T, name func(T) string, both func(was, is T)) {
	named := func(list []T, wanted string) (T, bool) {
		return find(list, func(t *T) bool { return name(*t) == wanted })
	}
	for _, was := range old {
		if is, ok := named(next, name(was)); ok {
			both(was, is)
		} else {
			c.add(Difference{Of: of, Name: name(was), What: Removed, Restricts: true})
		}
	}
	for _, is := range next {
		if _, ok := named(old, name(is)); !ok {
			c.add(Difference{Of: of, Name: name(is), What: Added})
		}
	}
}

// lists says what a list of names has lost and gained.
func (c *comparison) lists(of Subject, name, field string, old, next []string) {
	for _, was := range old {
		if !slices.Contains(next, was) {
			c.add(Difference{of, name, Lost, field, was, "", true})
		}
	}
	for _, is := range next {
		if !slices.Contains(old, is) {
			c.add(Difference{of, name, Gained, field, "", is, false})
		}
	}
}

func (c *comparison) version(was, is Version) {
	c.changed(OfVersion, was.Name, "state", was.State.String(), is.State.String(), is.State > was.State && is.State >= Closed)
	c.changed(OfVersion, was.Name, "deprecated", day(was.Deprecated), day(is.Deprecated), false)
	c.changed(OfVersion, was.Name, "sunset", day(was.Sunset), day(is.Sunset), false)
	c.changed(OfVersion, was.Name, "accept", was.AcceptParameter, is.AcceptParameter, was.AcceptParameter != "")
	c.changed(OfVersion, was.Name, "override", fmt.Sprint(was.Override), fmt.Sprint(is.Override), was.Override)
	c.lists(OfVersion, was.Name, "presentations", texts(was.Presentations), texts(is.Presentations))
}

func day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// role compares what roles give. What a wildcard gives can change though the role does not.
// A scope that is gone is said once, for itself, and not for each role that gave it.
func (c *comparison) role(old, next *Policy, was, is Role) {
	c.changed(OfRole, was.Name, "owner", fmt.Sprint(was.Owner), fmt.Sprint(is.Owner), was.Owner)
	c.lists(OfRole, was.Name, "rights", texts(was.Rights), texts(is.Rights))
	had := slices.DeleteFunc(old.ScopesOf(was.Scopes), func(scope string) bool {
		_, still := next.Scope(scope)
		return !still
	})
	c.lists(OfRole, was.Name, "scopes", had, next.ScopesOf(is.Scopes))
}

func (c *comparison) plan(was, is Plan) {
	c.changed(OfPlan, was.Name, "api_access", fmt.Sprint(was.APIAccess), fmt.Sprint(is.APIAccess), was.APIAccess)
	c.changed(OfPlan, was.Name, "personal_keys", fmt.Sprint(was.PersonalKeys), fmt.Sprint(is.PersonalKeys), was.PersonalKeys)
	c.changed(OfPlan, was.Name, "keys_max", number(was.KeysMax), number(is.KeysMax), false) // of keys to come
	c.changed(OfPlan, was.Name, "new_keys", rateWords(was.NewKeys), rateWords(is.NewKeys), false)
	c.changed(OfPlan, was.Name, "lives", livesWords(was.Lives), livesWords(is.Lives), false)
	wider := is.Rate.Burst == 0 || was.Rate.Burst > 0 && is.Rate.Burst >= was.Rate.Burst && is.Rate.Every <= was.Rate.Every
	c.changed(OfPlan, was.Name, "rate", rateWords(was.Rate), rateWords(is.Rate), !wider)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func livesWords(lives []Life) string {
	words := make([]string, len(lives))
	for i, l := range lives {
		words[i] = fmt.Sprintf("%s default %s longest %s", orElse(l.Kind, "other"), orElse(DurationWords(l.Default), "none"), orElse(DurationWords(l.Longest), "none"))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func rateWords(r limit.Rate) string {
	if r.Burst == 0 {
		return ""
	}
	return fmt.Sprintf("one each %v, burst %d", r.Every, r.Burst)
}

func (c *comparison) keys(was, is Keys) {
	c.lists(OfKeys, "", "environments", was.Environments, is.Environments)
	c.changed(OfKeys, "", "grace", DurationWords(was.Grace), DurationWords(is.Grace), false)
	c.changed(OfKeys, "", "longest_grace", DurationWords(was.LongestGrace), DurationWords(is.LongestGrace), false)
}

// routes compares method by method. A route that goes leaves its requests to a less specific
// one, and in the end to the one of what has no route.
func (c *comparison) routes(old, next *Router) {
	was, is := needs(old), needs(next)
	for _, match := range was.matches {
		if to, ok := is.scope[match]; ok {
			c.changed(OfRoute, match, "scope", was.scope[match], to, to != "none")
		} else {
			c.add(Difference{Of: OfRoute, Name: match, What: Removed, From: was.scope[match], Restricts: len(next.Routes()) > 0})
		}
	}
	for _, match := range is.matches {
		if _, ok := was.scope[match]; !ok {
			c.add(Difference{Of: OfRoute, Name: match, What: Added, To: is.scope[match], Restricts: is.scope[match] != "none"})
		}
	}
}

// needed is the scope of each method and path, "GET /incidents/**".
type needed struct {
	matches []string
	scope   map[string]string
}

// needs lists what a Router asks for, and first what it asks for where it has no route, as if
// that were one: nothing if it has none at all, else everything.
func needs(r *Router) needed {
	const otherwise = "* /**"
	n := needed{[]string{otherwise}, map[string]string{otherwise: "none"}}
	for i, route := range r.Routes() {
		if i == 0 {
			n.scope[otherwise] = "*"
		}
		for _, method := range route.methods() {
			match := orElse(method, "*") + " " + route.Path
			if match != otherwise {
				n.matches = append(n.matches, match)
			}
			n.scope[match] = orElse(route.Scope, "none")
		}
	}
	return n
}

func (c *comparison) errors(was, is ErrorFormat) {
	c.changed(OfErrors, "", "format", was.String(), is.String(), false)
	if was.name == is.name {
		c.changed(OfErrors, "", "content_type", was.contentType, is.contentType, false)
		if was.text != is.text { // too long to be said
			c.add(Difference{Of: OfErrors, What: Changed, Field: "body"})
		}
	}
}

func texts[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, t := range list {
		all[i] = string(t)
	}
	return all
}

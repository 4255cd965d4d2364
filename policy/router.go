package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Router finds the scopes that a request needs. A nil Router has no routes. It is immutable.
type Router struct {
	routes []Route
	root   branch
	every  []string
}

// Routing says how it was found what a request needs.
type Routing uint8

// The ways. A request that no route is for, and one whose path could be read in two ways, need
// every scope: a key that was narrowed gets nowhere that nobody thought of.
const (
	Unrouted Routing = iota // the policy has no routes: nothing is asked for
	ByRoute                 // the most specific route that matches says it
	NoRoute                 // there are routes, but none for this
	Unclear                 // a path with "..", "//", an encoded slash or the like
)

// branch is where routes part: what may follow the segments so far.
type branch struct {
	literal map[string]*branch
	any     *branch  // "*"
	here    []target // the path ends here
	rest    []target // "**"
}

// target is one method of a route.
type target struct {
	method string // empty: every method
	need   []string
	route  int
}

// NewRouter makes a Router for scopes.
//
// Errors: a route with a path that is none or a scope that is not among scopes; two routes
// for the same method and path.
func NewRouter(routes []Route, scopes []Scope) (*Router, error) {
	r := newRouter(scopes)
	for _, route := range routes {
		if err := checkPattern(route.Path); err != nil {
			return nil, fmt.Errorf("route %s %w", route.match(), err)
		}
		if !r.knows(route.Scope) {
			return nil, fmt.Errorf("route %s needs scope %q, which is not in the policy", route.match(), route.Scope)
		}
		if clash := r.add(route); clash >= 0 {
			return nil, fmt.Errorf("routes %s and %s are for the same method and path", r.routes[clash].match(), route.match())
		}
	}
	return r, nil
}

func newRouter(scopes []Scope) *Router {
	r := &Router{every: make([]string, len(scopes))}
	for i, s := range scopes {
		r.every[i] = s.Name
	}
	return r
}

// knows reports whether a route may need the scope.
func (r *Router) knows(scope string) bool {
	return scope == "" || scope == "*" || slices.Contains(r.every, scope)
}

// add puts a route in its place, or answers the number of the one that has the place already.
func (r *Router) add(route Route) (clash int) {
	at := &r.root
	segments, _ := segmentsOf(route.Path)
	targets := &at.here
	for _, segment := range segments {
		if segment == "**" {
			targets = &at.rest
			break
		}
		at = at.grow(segment)
		targets = &at.here
	}
	methods := route.methods()
	for _, method := range methods {
		if i := slices.IndexFunc(*targets, func(t target) bool { return t.method == method }); i >= 0 {
			return (*targets)[i].route
		}
	}
	for _, method := range methods {
		*targets = append(*targets, target{method, r.need(route.Scope), len(r.routes)})
	}
	r.routes = append(r.routes, route)
	return -1
}

func (b *branch) grow(segment string) *branch {
	if segment == "*" {
		if b.any == nil {
			b.any = &branch{}
		}
		return b.any
	}
	if b.literal == nil {
		b.literal = map[string]*branch{}
	}
	if b.literal[segment] == nil {
		b.literal[segment] = &branch{}
	}
	return b.literal[segment]
}

func (r *Router) need(scope string) []string {
	switch scope {
	case "":
		return nil
	case "*":
		return r.every
	}
	return []string{scope}
}

// Routes are the routes in the order in which they were given.
func (r *Router) Routes() []Route {
	if r == nil {
		return nil
	}
	return slices.Clone(r.routes)
}

// Find answers the scopes that a request needs, all of them; the caller must not change the
// list. path is as it was sent, percent-encoded, with or without its query. A slash at its end
// makes no difference. Letter case does.
//
// Of several routes that match, the most specific one counts: the paths are compared segment
// by segment from the left, where a text goes before "*" and "*" before "**"; then a method
// goes before all methods. The order of the routes does not matter.
//
// Find allocates nothing. It takes a time that is linear in the path's length and, for routes
// that are alike but for their "*", in their number.
func (r *Router) Find(method, path string) (need []string, how Routing) {
	if r == nil || len(r.routes) == 0 {
		return nil, Unrouted
	}
	clean, encoded, ok := readPath(path)
	if !ok {
		return r.every, Unclear
	}
	if t := r.root.find(method, clean, encoded); t != nil {
		return t.need, ByRoute
	}
	return r.every, NoRoute
}

// find looks below the branch for what is left of the path, in which a slash at the end makes
// no segment. Each branch is seen once at most, as a tree has one way to each.
func (b *branch) find(method, path string, encoded bool) *target {
	if path == "" {
		if t := byMethod(b.here, method); t != nil {
			return t
		}
		return byMethod(b.rest, method)
	}
	segment, rest, _ := strings.Cut(path, "/")
	if next := b.child(segment, encoded); next != nil {
		if t := next.find(method, rest, encoded); t != nil {
			return t
		}
	}
	if b.any != nil {
		if t := b.any.find(method, rest, encoded); t != nil {
			return t
		}
	}
	return byMethod(b.rest, method)
}

// child finds the branch of a segment as it was sent.
func (b *branch) child(segment string, encoded bool) *branch {
	if !encoded || len(b.literal) == 0 {
		return b.literal[segment]
	}
	var text [maxPath]byte // a longer one is no route's
	n := 0
	for i := 0; i < len(segment); i++ {
		if n == len(text) {
			return nil
		}
		c := segment[i]
		if c == '%' {
			c, _ = unescape(segment[i:])
			i += 2
		}
		text[n] = c
		n++
	}
	return b.literal[string(text[:n])]
}

func byMethod(targets []target, method string) *target {
	var found *target
	for i := range targets {
		switch t := &targets[i]; {
		case t.method == method:
			return t
		case t.method == "GET" && method == "HEAD", t.method == "" && found == nil:
			found = t
		}
	}
	return found
}

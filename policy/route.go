package policy

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// The limits of routes.
const (
	MaxRoutes   = 1000
	maxPath     = 200 // bytes of a route's path
	maxSegments = 32  // of a route's path
)

// Route says which scope a request needs, for gateways that pass on method and path.
type Route struct {
	Methods []string // "GET", "POST"; empty: every method. GET is for HEAD too

	// Path begins with a slash and has none at its end, but for "/" itself. A segment is a
	// text, written without percent-encoding; "*", any one segment; or, as the last one,
	// "**", any number of segments and none.
	Path string

	// Scope is the scope's name; "*" for everything, which only a key that was not narrowed
	// has; empty for none.
	Scope string
}

var (
	methodForm  = regexp.MustCompile(`^[A-Z]{1,20}$`)
	literalForm = regexp.MustCompile(`^[\p{L}\p{N}._~!$&'()+,=:@-]+$`)
)

// ParseRoute reads "GET /incidents/** → incidents:read". The arrow may be written ->, methods
// stand in a list, "GET,POST", or are "*", and the scope is a name, "*" or "none". Whether
// there is such a scope is for NewRouter to say.
func ParseRoute(text string) (Route, error) {
	match, scope, ok := strings.Cut(strings.Replace(text, "→", "->", 1), "->")
	words := strings.Fields(match)
	if !ok || len(words) != 2 {
		return Route{}, errors.New("is not a route; write one like GET /incidents/** -> incidents:read")
	}
	r := Route{Path: words[1], Scope: strings.TrimSpace(scope)}
	if words[0] != "*" {
		r.Methods = strings.Split(words[0], ",")
	}
	for i, method := range r.Methods {
		if !methodForm.MatchString(method) || slices.Contains(r.Methods[:i], method) {
			return Route{}, errors.New("has methods that can't be; write one, GET, a list without blanks, GET,POST, or * for all")
		}
	}
	if r.Scope == "none" {
		r.Scope = ""
	} else if r.Scope == "" {
		return Route{}, errors.New("names no scope; write none after the arrow if it needs none")
	}
	return r, checkPattern(r.Path)
}

// checkPattern holds what Route.Path says.
func checkPattern(path string) error {
	segments, ok := segmentsOf(path)
	switch {
	case !ok:
		return errors.New("has a path without a slash at its beginning")
	case len(path) > maxPath || len(segments) > maxSegments:
		return errors.New("has a path of more than 200 bytes or 32 segments")
	}
	for i, segment := range segments {
		switch {
		case segment == "*", segment == "**" && i == len(segments)-1:
		case segment == "**":
			return errors.New("has ** before the end of its path; write * for one segment")
		case segment == "":
			return errors.New("has an empty segment, or a slash at the end of its path; leave it out: it matches with a slash at the end as well")
		case segment == ".", segment == "..":
			return errors.New("has . or .. in its path; such a request never matches")
		case strings.ContainsRune(segment, '*'):
			return errors.New("has * beside other characters; * stands for a whole segment")
		case strings.ContainsAny(segment, "{}") || segment[0] == ':':
			return errors.New("names a part of its path; write * for one segment")
		case !literalForm.MatchString(segment):
			return errors.New("has a character in its path that can't be there; write it without percent-encoding, query or blanks")
		}
	}
	return nil
}

// segmentsOf splits a path; "/" has none.
func segmentsOf(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if rest == "" {
		return nil, ok
	}
	return strings.Split(rest, "/"), ok
}

// String is the route as ParseRoute reads it.
func (r Route) String() string { return r.match() + " → " + orElse(r.Scope, "none") }

// methods are the route's, "" for every method.
func (r Route) methods() []string {
	if len(r.Methods) == 0 {
		return []string{""}
	}
	return r.Methods
}

// match is what the route is for, "GET /incidents/**".
func (r Route) match() string { return orElse(strings.Join(r.Methods, ","), "*") + " " + r.Path }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

package policy

import "strings"

// MaxScopes is how many scopes a policy can have: a ScopeSet has a bit for each.
const MaxScopes = 256

// Scope is one thing that a key can be narrowed to.
type Scope struct {
	Name        string // "incidents:read": segments with a colon between them, at most 64 characters
	Description string // "See incidents", for whoever chooses
}

// Covers reports whether a grant gives a scope. A grant is a scope's name, a wildcard such as
// "incidents:*", which gives every scope that begins with "incidents:", or "*", which gives
// every scope.
func Covers(grant, scope string) bool {
	prefix, wild := strings.CutSuffix(grant, "*")
	if wild && (prefix == "" || strings.HasSuffix(prefix, ":")) {
		return strings.HasPrefix(scope, prefix)
	}
	return grant == scope
}

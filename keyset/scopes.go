package keyset

import (
	"iter"
	"slices"
	"strings"
)

// Reach is the scopes that one key has at one moment: those of its own, and for a personal key
// only those that its member's role has too. The zero Reach has none.
type Reach struct {
	rules     *compiled
	own, role *scopeSet
}

// Has reports whether the scope is in reach. What the Rules do not list is in nobody's.
func (r Reach) Has(scope string) bool {
	if r.rules == nil {
		return false
	}
	i, ok := r.rules.scopes[scope]
	return ok && r.own.has(i) && r.role.has(i)
}

// All are the scopes in reach, in the order of the Rules.
func (r Reach) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		if r.rules == nil {
			return
		}
		for i, scope := range r.rules.scopeNames {
			if r.own.has(i) && r.role.has(i) && !yield(scope) {
				return
			}
		}
	}
}

// scopeSet has a bit for each scope of the Rules. nil: none.
type scopeSet []uint64

func (s *scopeSet) has(i int) bool { return s != nil && (*s)[i/64]>>(i%64)&1 == 1 }

// compileScopes finds what the patterns cover: a scope by its name, "incidents:*" all that begin
// with "incidents:", and "*" all there are.
func compileScopes(scopes, patterns []string) *scopeSet {
	set := make(scopeSet, (len(scopes)+63)/64)
	for i, scope := range scopes {
		if slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, scope) }) {
			set[i/64] |= 1 << (i % 64)
		}
	}
	return &set
}

func covers(pattern, scope string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	if wild && (prefix == "" || strings.HasSuffix(prefix, ":")) {
		return strings.HasPrefix(scope, prefix)
	}
	return pattern == scope
}

// scopesText tells one list of patterns from another, whatever its order was: one a line.
func scopesText(patterns []string) string {
	sorted := slices.Clone(patterns)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), "\n")
}

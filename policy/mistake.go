package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxMistakes is how many mistakes of one file are told; what has more is another file.
const MaxMistakes = 1000

// Mistake is one thing that is wrong in a policy file, and what to do about it. It repeats no
// more of the file than the names of fields and of what the file defines.
type Mistake struct {
	Line, Column int    // from 1; Column counts characters
	Path         string // "versions[1].state"; empty: the file as a whole
	Why          string // goes on after the path: "is required"
}

// String is the mistake as a sentence, without its place in the file.
func (m Mistake) String() string { return orElse(m.Path, "the file") + " " + m.Why }

// Mistakes is everything that is wrong in one file, in its order. It is an error.
type Mistakes []Mistake

// Error has one line for each mistake, as compilers and editors write them:
// policy.yaml:12:5: versions[1].state is not one of …
func (m Mistakes) Error() string { return m.In("policy.yaml") }

// In is Error for a file of another name.
func (m Mistakes) In(file string) string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", file, one.Line, one.Column, one)
	}
	return strings.Join(lines, "\n")
}

// sorted brings mistakes into the order of the file.
func (m Mistakes) sorted() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return m
}

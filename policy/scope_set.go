package policy

import (
	"iter"
	"math/bits"
)

// ScopeSet is a set of a policy's scopes, by their numbers in a Vocabulary. It is 32 bytes,
// comparable, and none of its methods allocates. The zero ScopeSet is empty. Sets of two
// Vocabularies have nothing to do with each other.
type ScopeSet struct{ words [MaxScopes / 64]uint64 }

// With is the set with scope number n, which is from 0 to MaxScopes-1.
func (s ScopeSet) With(n int) ScopeSet {
	s.words[n/64] |= 1 << (n % 64)
	return s
}

// Has reports whether scope number n is in the set. A number that no scope can have is not.
func (s ScopeSet) Has(n int) bool {
	return n >= 0 && n < MaxScopes && s.words[n/64]>>(n%64)&1 == 1
}

// Contains reports whether all of other is in the set.
func (s ScopeSet) Contains(other ScopeSet) bool { return other.Minus(s) == ScopeSet{} }

// Union is what is in one of the two.
func (s ScopeSet) Union(other ScopeSet) ScopeSet {
	for i := range s.words {
		s.words[i] |= other.words[i]
	}
	return s
}

// Intersect is what is in both.
func (s ScopeSet) Intersect(other ScopeSet) ScopeSet {
	for i := range s.words {
		s.words[i] &= other.words[i]
	}
	return s
}

// Minus is what is in s and not in other.
func (s ScopeSet) Minus(other ScopeSet) ScopeSet {
	for i := range s.words {
		s.words[i] &^= other.words[i]
	}
	return s
}

// Empty reports whether nothing is in the set.
func (s ScopeSet) Empty() bool { return s == ScopeSet{} }

// Len is how many scopes are in the set.
func (s ScopeSet) Len() int {
	n := 0
	for _, word := range s.words {
		n += bits.OnesCount64(word)
	}
	return n
}

// All are the numbers in the set, from the lowest.
func (s ScopeSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s.words {
			for ; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

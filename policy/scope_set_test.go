package policy

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		grant, scope string
		want         bool
	}{
		{"incidents:read", "incidents:read", true},
		{"incidents:read", "incidents:reader", false},
		{"incidents:*", "incidents:read", true},
		{"incidents:*", "incidents:notes:read", true},
		{"incidents:*", "incidents", false},
		{"incidents:*", "incidents2:read", false},
		{"incidents:notes:*", "incidents:read", false},
		{"*", "incidents:read", true},
		{"inc*", "incidents:read", false},
		{"incidents:re*", "incidents:read", false},
		{"incidents:**", "incidents:read", false},
		{"*:read", "incidents:read", false},
		{"", "incidents:read", false},
		{":*", "incidents:read", false},
	} {
		if got := Covers(c.grant, c.scope); got != c.want {
			t.Errorf("%q covers %q: got %v, want %v", c.grant, c.scope, got, c.want)
		}
	}
}

func TestVocabulary(t *testing.T) {
	v := NewVocabulary(Default().Scopes)
	for name, c := range map[string]struct{ grants, want []string }{
		"one":                          {[]string{"users:read"}, []string{"users:read"}},
		"a wildcard":                   {[]string{"incidents:*"}, []string{"incidents:read", "incidents:write"}},
		"both, in the policy's order":  {[]string{"users:read", "incidents:*"}, []string{"incidents:read", "incidents:write", "users:read"}},
		"one that is no longer there":  {[]string{"gone:read", "users:read"}, []string{"users:read"}},
		"a wildcard of nothing":        {[]string{"gone:*"}, nil},
		"nothing":                      {nil, nil},
		"what looks like all is not":   {[]string{"**"}, nil},
		"everything gives every scope": {[]string{"*"}, namesOf(Default().Scopes)},
	} {
		if got := v.Names(v.Set(c.grants...)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	if n, ok := v.Number("incidents:write"); !ok || n != 1 {
		t.Errorf("number: got %d %v, want 1", n, ok)
	}
	if _, ok := v.Number("*"); ok {
		t.Error("a wildcard has a number")
	}
}

func namesOf(scopes []Scope) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = s.Name
	}
	return names
}

func TestMoreScopesThanASetHoldsAreNobodys(t *testing.T) {
	scopes := make([]Scope, MaxScopes+1)
	for i := range scopes {
		scopes[i].Name = string(rune('a' + i))
	}
	v := NewVocabulary(scopes)
	if got := v.All().Len(); got != MaxScopes {
		t.Errorf("got %d, want %d", got, MaxScopes)
	}
	if _, ok := v.Number(scopes[MaxScopes].Name); ok {
		t.Error("the scope after the last has a number")
	}
	if v.All().Has(MaxScopes) || v.All().Has(-1) {
		t.Error("a number that no scope has is in the set")
	}
}

// A ScopeSet is a set of numbers.
func TestAScopeSetIsASet(t *testing.T) {
	numbers := rapid.SliceOfN(rapid.IntRange(0, MaxScopes-1), 0, 300)
	rapid.Check(t, func(t *rapid.T) {
		a, inA := both(numbers.Draw(t, "a"))
		b, inB := both(numbers.Draw(t, "b"))
		hold := func(what string, got ScopeSet, want func(n int) bool) {
			count := 0
			for n := range MaxScopes {
				if got.Has(n) != want(n) {
					t.Fatalf("%s: %d: got %v, want %v", what, n, got.Has(n), want(n))
				}
				if want(n) {
					count++
				}
			}
			if all := slices.Collect(got.All()); len(all) != count || !slices.IsSorted(all) || got.Len() != count || got.Empty() != (count == 0) {
				t.Fatalf("%s: got %v, %d, empty %v, want %d in order", what, all, got.Len(), got.Empty(), count)
			}
		}
		hold("set", a, func(n int) bool { return inA[n] })
		hold("union", a.Union(b), func(n int) bool { return inA[n] || inB[n] })
		hold("intersect", a.Intersect(b), func(n int) bool { return inA[n] && inB[n] })
		hold("minus", a.Minus(b), func(n int) bool { return inA[n] && !inB[n] })
		contains := true
		for n := range inB {
			contains = contains && inA[n]
		}
		if a.Contains(b) != contains || !a.Contains(a.Intersect(b)) || !a.Union(b).Contains(b) {
			t.Fatalf("contains: got %v, want %v", a.Contains(b), contains)
		}
		if (a == b) != maps.Equal(inA, inB) {
			t.Fatalf("equal: got %v", a == b)
		}
	})
}

func both(numbers []int) (ScopeSet, map[int]bool) {
	var set ScopeSet
	in := map[int]bool{}
	for _, n := range numbers {
		set = set.With(n)
		in[n] = true
	}
	return set, in
}

func BenchmarkScopeSet(b *testing.B) {
	v := NewVocabulary(Default().Scopes)
	key, role := v.Set("*"), v.Set("incidents:*", "services:read")
	b.Run("has", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n, _ := v.Number("incidents:write")
			if !key.Intersect(role).Has(n) {
				b.Fatal("out of scope")
			}
		}
	})
	b.Run("contains", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !key.Contains(role) {
				b.Fatal("out of scope")
			}
		}
	})
}

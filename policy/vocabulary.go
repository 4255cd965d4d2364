package policy

// Vocabulary numbers the scopes of one policy, and so gives a ScopeSet its meaning.
type Vocabulary struct {
	names   []string
	numbers map[string]int
}

// NewVocabulary numbers scopes in their order. Those beyond MaxScopes have no number, so
// that nobody has them; Parse refuses such a policy.
func NewVocabulary(scopes []Scope) *Vocabulary {
	v := &Vocabulary{numbers: make(map[string]int, len(scopes))}
	for _, s := range scopes[:min(len(scopes), MaxScopes)] {
		if _, twice := v.numbers[s.Name]; !twice {
			v.numbers[s.Name] = len(v.names)
			v.names = append(v.names, s.Name)
		}
	}
	return v
}

// Number is the number of a scope. It allocates nothing.
func (v *Vocabulary) Number(scope string) (int, bool) {
	n, ok := v.numbers[scope]
	return n, ok
}

// Set is what the grants give together. A grant that covers no scope of the policy, because
// it was taken out since, gives nothing.
func (v *Vocabulary) Set(grants ...string) ScopeSet {
	var set ScopeSet
	for _, grant := range grants {
		if n, ok := v.numbers[grant]; ok {
			set = set.With(n)
			continue
		}
		for n, name := range v.names {
			if Covers(grant, name) {
				set = set.With(n)
			}
		}
	}
	return set
}

// All is the set of every scope.
func (v *Vocabulary) All() ScopeSet { return v.Set("*") }

// Names are the scopes in a set, in the policy's order.
func (v *Vocabulary) Names(set ScopeSet) []string {
	var names []string
	for n := range set.All() {
		if n < len(v.names) {
			names = append(names, v.names[n])
		}
	}
	return names
}

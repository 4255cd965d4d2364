package keywright

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/keywright/keywright/policy"
)

// What a key may be narrowed to is nothing that its creator lacks, in whichever policy: also in
// one that has got more scopes since.
func TestNoKeyMayDoMoreThanItsCreator(t *testing.T) {
	const cases = 100_000
	chance := rand.New(rand.NewPCG(1, 2))
	words := []string{"incidents", "services", "users", "read", "write", "close", "close:all"}
	scope := func() string {
		name := words[chance.IntN(3)]
		for range 1 + chance.IntN(2) {
			name += ":" + words[3+chance.IntN(4)]
		}
		return name
	}
	grant := func() string {
		switch chance.IntN(6) {
		case 0:
			return "*"
		case 1, 2:
			return words[chance.IntN(3)] + ":*"
		}
		return scope()
	}
	some := func(most int, draw func() string) (list []string) {
		for range chance.IntN(most + 1) {
			list = append(list, draw())
		}
		return list
	}
	allowed, refused := 0, 0
	for range cases {
		p := &policy.Policy{}
		for _, name := range some(8, scope) {
			p.Scopes = append(p.Scopes, policy.Scope{Name: name})
		}
		creators, wanted := some(4, grant), some(3, grant)
		if err := within(wanted, creators); err != nil {
			refused++
			continue
		}
		allowed++
		key := p.ScopesOf(wanted)
		if len(wanted) == 0 {
			key = p.ScopesOf([]string{"*"})
		}
		has := p.ScopesOf(creators)
		for _, one := range key {
			if !slices.Contains(has, one) {
				t.Fatalf("creator %v, key %v: the key may do %s", creators, wanted, one)
			}
		}
	}
	if allowed < cases/20 || refused < cases/20 {
		t.Errorf("%d of the cases were allowed and %d refused: they show nothing", allowed, refused)
	}
}

package keyset

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/keywright/keywright/internal/hugepages"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"pgregory.net/rapid"
)

// population is a made-up set of keys as large as one likes, always the same: 20 keys to an
// account, two members to an account, a tenth of the keys personal, some narrowed.
type population struct {
	keys    int
	keyring *secret.Keyring
}

const (
	keysPerAccount    = 20
	membersPerAccount = 2
)

func (p population) accountID(i int) string { return fmt.Sprintf("acct_%020d", i/keysPerAccount) }

func (p population) memberID(i int) string {
	return fmt.Sprintf("mem_%020d", i/keysPerAccount*membersPerAccount+i%membersPerAccount)
}

// text is the text of the i-th key.
func (p population) text(t testing.TB, i int) string {
	s, err := secret.Make("kw", secret.Live, chance(uint64(i)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Reveal()
}

func (p population) key(t testing.TB, i int) Key {
	text := p.text(t, i)
	mac, ok := p.keyring.MAC(1, p.accountID(i), text)
	if !ok {
		t.Fatal("no pepper 1")
	}
	parts, _ := secret.Cut(text)
	k := Key{
		ID: parts.ID, Account: p.accountID(i), Kind: AccountKey, Version: "v1",
		Seals: []Seal{{MAC: mac, Pepper: 1}},
	}
	switch i % 10 {
	case 1:
		k.Kind, k.Member = PersonalKey, p.memberID(i)
	case 2:
		k.Scopes = []string{"incidents:*", "services:read"}
	case 3:
		k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	case 4:
		k.Expires = noon().Add(time.Hour)
	}
	return k
}

func (p population) records(t testing.TB) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for i := range p.keys {
			if i%keysPerAccount == 0 {
				n := i / keysPerAccount
				if !yield(Account{ID: p.accountID(i), Slug: fmt.Sprintf("customer-%d", n), Plan: "standard"}, nil) {
					return
				}
				for m := range membersPerAccount {
					if !yield(Member{ID: p.memberID(i + m), Account: p.accountID(i), Role: "user", Active: true}, nil) {
						return
					}
				}
			}
			if !yield(p.key(t, i), nil) {
				return
			}
		}
	}
}

func (p population) load(t testing.TB) *Set {
	t.Helper()
	s, err := Load(p.keyring, rules(), Options{Advise: hugepages.Ask}, Snapshot{Revision: 1, Keys: p.keys, Records: p.records(t)})
	if err != nil {
		t.Fatal(err)
	}
	s.Extend(0, time.Minute)
	return s
}

func rules() Rules {
	return Rules{
		Versions: []Version{
			{Name: "v1", Ways: []policy.Presentation{policy.PresentToken, policy.PresentBearer, policy.PresentBasic}},
			{Name: "v2", Ways: []policy.Presentation{policy.PresentToken, policy.PresentBearer}},
			{Name: "v0", Off: true, Ways: []policy.Presentation{policy.PresentToken}},
		},
		Plans: []Plan{{Name: "lite"}, {Name: "standard", APIAccess: true, PersonalKeys: true}},
		Roles: []Role{
			{Name: "admin", Scopes: []string{"*"}},
			{Name: "user", Scopes: []string{"incidents:*", "services:read"}},
			{Name: "limited_user", Scopes: []string{"incidents:read"}},
		},
		Scopes: scopes(),
	}
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func testKeyring(t rapid.TB) *secret.Keyring {
	k, err := secret.MakeKeyring(chance(0))
	if err == nil {
		k, err = k.Next(chance(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func chance(n uint64) *rand.ChaCha8 {
	var seed [32]byte
	for i := range 8 {
		seed[i] = byte(n >> (8 * i))
	}
	return rand.NewChaCha8(seed)
}

package keyset

import (
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/secret"
)

// worlds are states of one key, its account, its member and the rules, such that between any two
// several records change, and a mixture of two would often verify when neither does.
func worlds(t *testing.T, keyring *secret.Keyring) (all []*world, texts []string) {
	p := population{1, keyring}
	first := p.text(t, 0)
	second := first[:20] + p.text(t, 1)[20:50]
	second += checkOf(second)
	seal := func(text string) Seal {
		mac, _ := keyring.MAC(1, p.accountID(0), text)
		return Seal{MAC: mac, Pepper: 1}
	}
	add := func(change func(*world, *Account, *Member, *Key)) {
		w := &world{rules: rules(), texts: map[string][]string{}}
		w.rules.Plans[1].Rate = limit.Rate{Every: time.Nanosecond, Burst: 1_000_000} // readers write, too
		a := Account{ID: p.accountID(0), Slug: "acme", Plan: "standard"}
		m := Member{ID: "mem_1", Account: a.ID, Role: "user", Active: true}
		k := p.key(t, 0)
		k.Kind, k.Member = PersonalKey, m.ID
		w.texts[k.ID] = []string{first}
		change(w, &a, &m, &k)
		w.accounts, w.members, w.keys = map[string]Account{a.ID: a}, map[string]Member{m.ID: m}, map[string]Key{k.ID: k}
		all = append(all, w)
	}
	add(func(_ *world, a *Account, _ *Member, _ *Key) { a.Suspended = true })
	add(func(_ *world, _ *Account, _ *Member, k *Key) { k.Disabled = true })
	add(func(w *world, _ *Account, m *Member, k *Key) {
		k.Seals = []Seal{seal(second), k.Seals[0]}
		k.Seals[1].Ends, k.Scopes, m.Role = noon(), []string{"services:*"}, "limited_user"
		w.texts[k.ID] = []string{second, first}
	})
	add(func(_ *world, _ *Account, m *Member, k *Key) { m.Role, k.Scopes = "admin", []string{"incidents:read"} })
	add(func(_ *world, a *Account, _ *Member, k *Key) {
		a.Plan, k.Networks = "lite", []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	})
	add(func(w *world, _ *Account, m *Member, _ *Key) { w.rules.Versions[0].Off, m.Active = true, false })
	add(func(w *world, _ *Account, _ *Member, k *Key) {
		w.rules.Scopes = append(w.rules.Scopes, "a:new", "b:new")
		k.Seals, w.texts[k.ID] = []Seal{seal(second)}, []string{second}
	})
	add(func(_ *world, _ *Account, _ *Member, k *Key) { k.NotBefore = noon().Add(time.Hour) })
	add(func(_ *world, _ *Account, _ *Member, _ *Key) {})
	all[len(all)-1].keys, all[len(all)-1].texts = nil, nil
	return all, []string{first, second}
}

// Readers ask while one writer goes from world to world, and issues and removes other keys so that
// tables grow and places are used again. Each verdict must be the model's for the very revision
// that it names.
func TestAVerdictIsNeverThatOfAMixture(t *testing.T) {
	keyring := testKeyring(t)
	all, texts := worlds(t, keyring)
	r := Request{Method: "GET", ClientIP: netip.MustParseAddr("192.0.2.7"), Scopes: []string{"services:write"}}
	want := make([][]Code, len(all))
	for i, w := range all {
		for _, text := range texts {
			code, _ := w.verdict(text, r, noon())
			want[i] = append(want[i], code)
		}
	}
	s := New(keyring, rules(), Options{})
	s.Extend(0, time.Minute)
	others := otherKeys(t, s, keyring)

	var asked atomic.Int64
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for i := 0; !done.Load(); i++ {
				n := i % len(texts)
				v := s.Verify(texts[n], r, noon(), 0)
				if code := want[v.Revision%uint64(len(all))][n]; v.Revision > 1 && v.Code != code {
					t.Errorf("text %d at revision %d: got %s, want %s", n, v.Revision, v.Code, code)
				}
				asked.Add(1)
			}
		})
	}
	there := map[int]bool{}
	random := rand.New(chance(3))
	for revision := uint64(2); revision < 5000 && !t.Failed(); revision++ {
		changes := records(all[revision%uint64(len(all))], texts[0][8:20])
		for range 20 {
			n := random.IntN(len(others))
			if there[n] = !there[n]; there[n] {
				changes = append(changes, others[n])
			} else {
				changes = append(changes, RemovedKey(others[n].ID))
			}
		}
		if err := s.Apply(revision, changes...); err != nil {
			t.Error(err)
		}
		for before := asked.Load(); revision%50 == 0 && asked.Load() == before; {
			runtime.Gosched() // so that they do ask, also on one processor
		}
	}
	done.Store(true)
	readers.Wait()
}

// otherKeys gives keys whose accounts and members are in the Set already, as revision 1.
func otherKeys(t *testing.T, s *Set, keyring *secret.Keyring) (keys []Key) {
	p := population{60 * keysPerAccount, keyring}
	var changes []Change
	for record := range p.records(t) {
		if k, ok := record.(Key); ok {
			keys = append(keys, k)
		} else {
			changes = append(changes, record)
		}
	}
	if err := s.Apply(1, changes...); err != nil {
		t.Fatal(err)
	}
	return keys[keysPerAccount:] // without the first account's
}

// records are the changes to a world from whatever was before.
func records(w *world, id string) []Change {
	changes := []Change{w.rules}
	for record := range w.snapshot().Records {
		changes = append(changes, record)
	}
	if len(w.keys) == 0 {
		changes = append(changes, RemovedKey(id))
	}
	return changes
}

// The writer may be descheduled at any moment, for long. Whatever it has done by then, readers get
// an answer, and the one of the revision that was published last.
func TestReadersDoNotWaitForAWriterThatStops(t *testing.T) {
	keyring := testKeyring(t)
	all, texts := worlds(t, keyring)
	r := Request{Method: "GET", ClientIP: netip.MustParseAddr("192.0.2.7"), Scopes: []string{"services:write"}}
	for i, from := range all {
		to := all[(i+1)%len(all)]
		s := New(keyring, rules(), Options{})
		s.Extend(0, time.Minute)
		if err := s.Apply(1, records(from, texts[0][8:20])...); err != nil {
			t.Fatal(err)
		}
		holds := func(stage string, w *world) {
			t.Helper()
			for n, text := range texts {
				want, _ := w.verdict(text, r, noon())
				if got := s.Verify(text, r, noon(), 0).Code; got != want {
					t.Errorf("from world %d, %s: text %d: got %s, want %s", i, stage, n, got, want)
				}
			}
		}
		w := s.writer
		over, err := w.prepare(records(to, texts[0][8:20]))
		if err != nil {
			t.Fatal(err)
		}
		holds("prepared", from)
		w.revision = 2
		s.view.Store(w.view(over))
		holds("published", to)
		for id := range over.keys { // as if only half of each record was written
			hash := id.hash()
			part := w.keys.table.part(hash)
			if at := part.find(id, hash); at >= 0 {
				part.record(at)[1] ^= disabledFlag << 32
				part.record(at)[2]++
			}
		}
		holds("half written", to)
		w.fold(over)
		holds("written", to)
		s.view.Store(w.view(nil))
		holds("published without overlay", to)
	}
}

// What a reader finds under a view that is the last no more may be anything, and is not used: here
// the record's numbers are beyond the tables of the view.
func TestALookUnderAnOldViewIsVoid(t *testing.T) {
	p := population{1, testKeyring(t)}
	s := p.load(t)
	old := s.view.Load()
	var see sight
	id := keyIDOf(p.text(t, 0)[8:])
	if !s.lookUnder(old, id, &see) || !see.known {
		t.Fatal("the key is not there")
	}
	k := p.key(t, 0)
	k.Networks, k.NotBefore = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, noon()
	if err := s.Apply(2, k); err != nil {
		t.Fatal(err)
	}
	if s.lookUnder(old, id, &see) {
		t.Error("an old view was good enough")
	}
}

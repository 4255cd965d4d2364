package keyset

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/secret"
)

func TestApplyRefusesWhatCannotBe(t *testing.T) {
	keyring := testKeyring(t)
	p := population{2, keyring}
	key := func(change func(*Key)) Key {
		k := p.key(t, 0)
		change(&k)
		return k
	}
	long := strings.Repeat("x", 256)
	for want, changes := range map[string][]Change{
		`account "": its id does not have 1 to 32 bytes, or its slug has more than 255`:                       {Account{}},
		`account "acct_` + long[:28] + `": its id does not have 1 to 32 bytes, or its slug has more than 255`: {Account{ID: "acct_" + long[:28]}},
		`account "a": its id does not have 1 to 32 bytes, or its slug has more than 255`:                      {Account{ID: "a", Slug: long}},
		`member "": its id does not have 1 to 255 bytes`:                                                      {Member{Account: p.accountID(0)}},
		`member "` + long[:40] + `": its id does not have 1 to 255 bytes`:                                     {Member{ID: long, Account: p.accountID(0)}},
		`member mem_1: no account "acct_none"`:                                                                {Member{ID: "mem_1", Account: "acct_none"}},
		`member mem_00000000000000000000: is in another account than acct_2`:                                  {Account{ID: "acct_2"}, Member{ID: p.memberID(0), Account: "acct_2"}},
		`key "0123456789A": its id is not 12 base62 characters`:                                               {key(func(k *Key) { k.ID = "0123456789A" })},
		`key "0123456789A_": its id is not 12 base62 characters`:                                              {key(func(k *Key) { k.ID = "0123456789A_" })},
		fmt.Sprintf(`key %q: there is no such kind of key`, p.key(t, 0).ID):                                   {key(func(k *Key) { k.Kind = "robot" })},
		fmt.Sprintf(`key %q: it does not have one or two seals`, p.key(t, 0).ID):                              {key(func(k *Key) { k.Seals = nil })},
		fmt.Sprintf(`key %q: it does not have one or two seals`, p.key(t, 1).ID):                              {key(func(k *Key) { k.ID = p.key(t, 1).ID; k.Seals = append(k.Seals, k.Seals[0], k.Seals[0]) })},
		fmt.Sprintf(`key %q: a seal's pepper is not 1 to 65535`, p.key(t, 0).ID):                              {key(func(k *Key) { k.Seals[0].Pepper = 0 })},
		fmt.Sprintf(`key %q: a seal's pepper is not 1 to 65535`, p.key(t, 1).ID):                              {key(func(k *Key) { k.ID = p.key(t, 1).ID; k.Seals[0].Pepper = 65536 })},
		fmt.Sprintf(`key %q: a scope is empty, or is not one line`, p.key(t, 0).ID):                           {key(func(k *Key) { k.Scopes = []string{"a", ""} })},
		fmt.Sprintf(`key %q: a scope is empty, or is not one line`, p.key(t, 1).ID):                           {key(func(k *Key) { k.ID = p.key(t, 1).ID; k.Scopes = []string{"a\n*"} })},
		fmt.Sprintf(`key %q: a network is not an address prefix`, p.key(t, 0).ID):                             {key(func(k *Key) { k.Networks = make([]netip.Prefix, 1) })},
		fmt.Sprintf(`key %s: no account "acct_none"`, p.key(t, 0).ID):                                         {key(func(k *Key) { k.Account = "acct_none" })},
		fmt.Sprintf(`key %s: no account %q`, p.key(t, 0).ID, p.accountID(0)):                                  {RemovedAccount(p.accountID(0)), key(func(*Key) {})},
		fmt.Sprintf(`key %s: no member "mem_none" in its account`, p.key(t, 0).ID):                            {key(func(k *Key) { k.Kind, k.Member = PersonalKey, "mem_none" })},
		fmt.Sprintf(`key %s: no member %q in its account`, p.key(t, 0).ID, p.memberID(0)):                     {Account{ID: "acct_2"}, key(func(k *Key) { k.Kind, k.Account, k.Member = PersonalKey, "acct_2", p.memberID(0) })},
		`a change of type <nil>`: {nil},
	} {
		s := p.load(t)
		before := *s.view.Load()
		changes = append([]Change{Rules{}, key(func(k *Key) { k.Revoked = true })}, changes...)
		err := s.Apply(2, changes...)
		if err == nil || err.Error() != "apply revision 2: "+want {
			t.Errorf("got error %v, want %s", err, want)
		}
		if v := s.Verify(p.text(t, 0), Request{}, noon(), 0); v.Code != Valid || v.Revision != 1 {
			t.Errorf("after %s: got %s at revision %d, want %s at 1", want, v.Code, v.Revision, Valid)
		}
		if after := s.view.Load(); after.revision != before.revision || after.rules != before.rules {
			t.Errorf("after %s: the view is another one", want)
		}
		if err := s.Apply(2, key(func(k *Key) { k.Disabled = true })); err != nil {
			t.Errorf("after %s: the next change: %v", want, err)
		}
		if got := s.Verify(p.text(t, 0), Request{}, noon(), 0).Code; got != Disabled {
			t.Errorf("after %s and the next change: got %s, want %s", want, got, Disabled)
		}
	}
}

func TestLoadFailsWithItsRecords(t *testing.T) {
	p := population{2, testKeyring(t)}
	broken := errors.New("the disk is on fire")
	for name, records := range map[string]func(func(Change, error) bool){
		"a reader that fails":            func(yield func(Change, error) bool) { _ = yield(Account{ID: "a"}, nil) && yield(nil, broken) },
		"a key before its account":       func(yield func(Change, error) bool) { yield(p.key(t, 0), nil) },
		"a record that is none":          func(yield func(Change, error) bool) { yield(nil, nil) },
		"a member of an account to come": func(yield func(Change, error) bool) { yield(Member{ID: "m", Account: "a"}, nil) },
	} {
		s, err := Load(p.keyring, rules(), Options{}, Snapshot{Revision: 1, Records: records})
		if s != nil || err == nil || (name == "a reader that fails") != errors.Is(err, broken) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestAppliedRevisionsOnlyRise(t *testing.T) {
	p := population{1, testKeyring(t)}
	s := p.load(t)
	k := p.key(t, 0)
	k.Revoked = true
	for _, c := range []struct {
		revision uint64
		changes  []Change
		want     uint64
		code     Code
	}{
		{0, []Change{k}, 1, Valid},
		{1, []Change{k}, 1, Valid},
		{5, nil, 5, Valid},
		{4, []Change{k}, 5, Valid},
		{6, []Change{k}, 6, Revoked},
		{5, []Change{p.key(t, 0)}, 6, Revoked},
	} {
		if err := s.Apply(c.revision, c.changes...); err != nil {
			t.Fatal(err)
		}
		if v := s.Verify(p.text(t, 0), Request{}, noon(), 0); s.Revision() != c.want || v.Revision != c.want || v.Code != c.code {
			t.Errorf("applied %d: got %s at revision %d, want %s at %d", c.revision, v.Code, s.Revision(), c.code, c.want)
		}
	}
}

func TestReplace(t *testing.T) {
	p := population{3, testKeyring(t)}
	s := p.load(t)
	s.Extend(0, time.Hour)
	if err := s.Apply(7); err != nil {
		t.Fatal(err)
	}
	older := p.load(t)
	if err := s.Replace(older); !errors.Is(err, ErrBackwards) || s.Revision() != 7 {
		t.Errorf("an older one: got error %v and revision %d, want %v and 7", err, s.Revision(), ErrBackwards)
	}
	p.keys = 2
	fresh := p.load(t)
	if err := fresh.Apply(7); err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(fresh); err != nil {
		t.Fatal(err)
	}
	for i, want := range []Code{Valid, Valid, Unknown} {
		if got := s.Verify(p.text(t, i), Request{ClientIP: netip.MustParseAddr("192.0.2.1")}, noon(), 50*time.Minute).Code; got != want {
			t.Errorf("key %d: got %s, want %s, within the lease of before", i, got, want)
		}
	}
	if err := s.Apply(8, RemovedKey(p.key(t, 0).ID)); err != nil || s.Revision() != 8 {
		t.Errorf("the next change: got error %v and revision %d", err, s.Revision())
	}
	if got := s.Verify(p.text(t, 0), Request{}, noon(), 0).Code; got != Unknown {
		t.Errorf("got %s, want %s", got, Unknown)
	}
}

func TestStats(t *testing.T) {
	p := population{100, testKeyring(t)}
	s := p.load(t)
	if got, want := s.Stats(), (Stats{Keys: 100, Accounts: 5, Members: 10, Narrowings: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var changes []Change
	for i := range 100 {
		if i%10 < 5 {
			changes = append(changes, RemovedKey(p.key(t, i).ID))
		}
	}
	if err := s.Apply(2, changes...); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Stats(), (Stats{Keys: 50, Accounts: 5, Members: 10}); got != want {
		t.Errorf("after the narrowed ones were removed: got %+v, want %+v", got, want)
	}
	if err := s.Apply(3, RemovedAccount(p.accountID(0)), RemovedAccount("acct_none")); err != nil {
		t.Fatal(err)
	}
	if got := s.Stats().Keys; got != 40 {
		t.Errorf("after an account was removed: got %d keys, want 40", got)
	}
}

// What churn takes is used again: a Set in which keys come and go does not grow for ever.
func TestChurnTakesNoMoreRoom(t *testing.T) {
	p := population{keysPerAccount, testKeyring(t)}
	s := p.load(t)
	k := p.key(t, 0)
	for revision := range uint64(20_000) {
		k.ID = fmt.Sprintf("%012d", revision%50)
		k.Networks = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(revision >> 8), byte(revision)}), 32)}
		k.NotBefore = noon()
		if err := s.Apply(2+2*revision, k); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(3+2*revision, RemovedKey(k.ID)); err != nil {
			t.Fatal(err)
		}
	}
	w := s.writer
	places := 0
	for _, part := range w.keys.table {
		places += len(part.tags)
	}
	if places > 4*parts+100 || w.rareNumbers.last > 2 || w.narrowings.numbers.last > 4 {
		t.Errorf("got %d places, %d rare records and %d narrowings", places, w.rareNumbers.last, w.narrowings.numbers.last)
	}
}

// An account that comes back after it was removed has none of what it had.
func TestAnAccountThatComesBackIsEmpty(t *testing.T) {
	p := population{2, testKeyring(t)}
	s := p.load(t)
	account := Account{ID: p.accountID(0), Slug: "back", Plan: "standard"}
	if err := s.Apply(2, RemovedAccount(account.ID)); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(3, account); err != nil {
		t.Fatal(err)
	}
	if got := s.Verify(p.text(t, 0), Request{}, noon(), 0).Code; got != Unknown {
		t.Errorf("its key: got %s, want %s", got, Unknown)
	}
	if err := s.Apply(4, p.key(t, 1)); err == nil {
		t.Error("it still had its member")
	}
	if err := s.Apply(4, p.key(t, 0)); err != nil {
		t.Fatal(err)
	}
	if v := s.Verify(p.text(t, 0), Request{}, noon(), 0); v.Code != Valid || v.Slug() != "back" {
		t.Errorf("a key that was issued anew: got %s, slug %s", v.Code, v.Slug())
	}
}

// More names than there are numbers: those that come too late are in no policy.
func TestNamesBeyondTheirNumbers(t *testing.T) {
	n := newNames()
	for i := 1; i <= 0xffff; i++ {
		if got := n.number(fmt.Sprint("name ", i)); int(got) != i {
			t.Fatalf("name %d: got number %d", i, got)
		}
	}
	if got := n.number("one more"); got != 0 {
		t.Errorf("one more: got number %d, want 0", got)
	}
	if got := n.number("name 65535"); got != 0xffff {
		t.Errorf("the last: got number %d, want 65535", got)
	}
	for _, known := range byNumber(n, []string{"", "one more"}, func(s string) string { return s }, func(string) bool { return true }) {
		if known {
			t.Error("number 0 is in a policy")
		}
	}
}

// A verdict goes on naming what it was about, whatever the Set comes to.
func TestAVerdictKeepsItsNames(t *testing.T) {
	p := population{2, testKeyring(t)}
	s := p.load(t)
	v := s.Verify(p.text(t, 1), Request{}, noon(), 0)
	for revision := range uint64(3000) { // so that texts and tables of the verdict's view are too short
		id := p.accountID(int(revision) * keysPerAccount)
		if err := s.Apply(2+revision, Account{ID: id, Slug: fmt.Sprint("a longer slug, number ", revision), Plan: fmt.Sprint("plan ", revision)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Replace(mustLoad(t, p.keyring, 5000)); err != nil {
		t.Fatal(err)
	}
	got := []string{v.Account(), v.Slug(), v.Plan(), v.Member(), v.Key.String()}
	want := []string{p.accountID(0), "customer-0", "standard", p.memberID(1), p.key(t, 1).ID}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheZeroVerdictNamesNothing(t *testing.T) {
	var v Verdict
	if v.Account() != "" || v.Slug() != "" || v.Plan() != "" || v.Member() != "" || !v.Expires().IsZero() || !v.Ends().IsZero() {
		t.Errorf("got %+v", v)
	}
}

func mustLoad(t *testing.T, k *secret.Keyring, revision uint64) *Set {
	t.Helper()
	s, err := Load(k, rules(), Options{}, Snapshot{Revision: revision, Records: func(func(Change, error) bool) {}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

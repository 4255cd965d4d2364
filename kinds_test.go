package keywright_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

func (h *house) make(t testing.TB, by keywright.Principal, n keywright.NewKey) (keywright.Key, secret.Secret) {
	t.Helper()
	n.Description = "made for a test"
	key, text, err := h.Issue(t.Context(), by, n)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

func (h *house) rights(t testing.TB, by keywright.Principal) []policy.Right {
	t.Helper()
	self, err := h.Whoami(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return self.Rights
}

// F18: a personal key acts as its member, and with no more than he may at this moment.
func TestAPersonalKeyIsItsMembers(t *testing.T) {
	h := open(t, "standard")
	user, admin, owner := h.members["user"].By(), h.members["admin"].By(), h.members["owner"].By()
	key, text := h.make(t, user, keywright.NewKey{Kind: keywright.PersonalKey})
	if key.Member != h.members["user"].ID || key.Narrowed() {
		t.Fatalf("got %+v", key)
	}
	h.is(t, text, "")
	_, _, err := h.Issue(t.Context(), admin, keywright.NewKey{Description: "x", Kind: keywright.PersonalKey, Member: user.Member})
	wantInvalid(t, "an admin makes one for somebody else", err, "member", "his own")
	_, _, err = h.Issue(t.Context(), user, keywright.NewKey{Description: "x", Kind: keywright.PersonalKey, Scopes: []string{"services:write"}})
	wantInvalid(t, "more than his role has", err, "scopes", "services:write")
	if _, _, err := h.Issue(t.Context(), user, keywright.NewKey{Description: "x"}); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("an account key by a user: got %v", err)
	}
	for name, by := range map[string]keywright.Principal{"he": user, "an admin": admin, "his key": key.By()} {
		if got, err := h.Key(t.Context(), by, key.ID); err != nil || got.ID != key.ID {
			t.Errorf("%s sees it: got %v, %v", name, got.ID, err)
		}
	}
	others, _ := h.make(t, admin, keywright.NewKey{Kind: keywright.PersonalKey})
	for _, id := range []keywright.KeyID{others.ID, "key_none"} {
		if _, err := h.Key(t.Context(), user, id); !errors.Is(err, keywright.ErrForbidden) {
			t.Errorf("F1: another's key %s: got %v", id, err)
		}
	}
	if got, want := len(h.rights(t, key.By())), 3; got != want {
		t.Errorf("the key of a user has %d rights, want %d", got, want)
	}
	if _, _, err := h.SetRole(t.Context(), owner, user.Member, "admin"); err != nil {
		t.Fatal(err)
	}
	if got, want := len(h.rights(t, key.By())), len(policy.Rights()); got != want {
		t.Errorf("the key of an admin has %d rights, want %d", got, want)
	}
	if _, _, err := h.RemoveMember(t.Context(), owner, user.Member, ""); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.MemberInactive)
	if _, _, err := h.Revoke(t.Context(), admin, key.ID, "he left"); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.Revoked)
}

func TestHeRevokesHisOwnPersonalKey(t *testing.T) {
	h := open(t, "standard")
	user := h.members["limited_user"].By()
	key, text := h.make(t, user, keywright.NewKey{Kind: keywright.PersonalKey, Scopes: []string{"incidents:read"}})
	if _, _, err := h.Revoke(t.Context(), user, key.ID, ""); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.Revoked)
}

func TestAPlanWithoutPersonalKeys(t *testing.T) {
	h := open(t, "standard")
	_, text := h.make(t, h.members["user"].By(), keywright.NewKey{Kind: keywright.PersonalKey})
	h.underPolicy(func(p *policy.Policy) { standard(p).PersonalKeys = false })
	_, _, err := h.Issue(t.Context(), h.members["user"].By(), keywright.NewKey{Description: "x", Kind: keywright.PersonalKey})
	var lacks *keywright.NotEntitledError
	if !errors.As(err, &lacks) || lacks.Error() != "the Standard plan has no personal keys; they begin with the Basic plan" {
		t.Errorf("got %v", err)
	}
	h.is(t, text, keywright.PlanNotEntitled)
}

// F16: an account key has full rights unless it was narrowed; the other kinds have less.
func TestWhatAKeyMayDoWithTheAccount(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	for name, c := range map[string]struct {
		n             keywright.NewKey
		reads, writes bool
	}{
		"an account key":             {keywright.NewKey{}, true, true},
		"an account key, narrowed":   {keywright.NewKey{Scopes: []string{"*"}}, false, false},
		"a read-only key":            {keywright.NewKey{Kind: keywright.ReadOnlyKey}, true, false},
		"a read-only key, narrowed":  {keywright.NewKey{Kind: keywright.ReadOnlyKey, Scopes: []string{"users:*"}}, false, false},
		"a service's key":            {keywright.NewKey{Kind: keywright.ServiceKey, Service: "billing"}, false, false},
		"an owner's personal key":    {keywright.NewKey{Kind: keywright.PersonalKey}, true, true},
		"a personal key, narrowed":   {keywright.NewKey{Kind: keywright.PersonalKey, Scopes: []string{"users:*"}}, false, false},
		"a key for one network only": {keywright.NewKey{Networks: []string{"192.0.2.0/24"}}, true, true},
	} {
		key, _ := h.make(t, owner, c.n)
		_, read := h.Key(t.Context(), key.By(), key.ID)
		_, _, write := h.Issue(t.Context(), key.By(), keywright.NewKey{Description: "x"})
		if (read == nil) != c.reads || (write == nil) != c.writes {
			t.Errorf("%s: read: %v, write: %v", name, read, write)
		}
		for _, err := range []error{read, write} {
			if err != nil && !errors.Is(err, keywright.ErrForbidden) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

func TestAServicesKeySurvivesWhoMadeIt(t *testing.T) {
	h := open(t, "standard")
	admin, owner := h.members["admin"].By(), h.members["owner"].By()
	key, text := h.make(t, admin, keywright.NewKey{Kind: keywright.ServiceKey, Service: "billing", Scopes: []string{"users:read"}})
	if key.Service != "billing" || key.Member != admin.Member {
		t.Errorf("got %+v", key)
	}
	byOperator, _ := h.make(t, keywright.Operator(h.account.ID), keywright.NewKey{Kind: keywright.ServiceKey})
	if byOperator.Member != owner.Member || byOperator.Service != byOperator.Description {
		t.Errorf("made by the operator: %+v", byOperator)
	}
	if _, _, err := h.RemoveMember(t.Context(), owner, admin.Member, ""); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, "")
	_, _, err := h.Issue(t.Context(), owner, keywright.NewKey{Description: "x", Kind: keywright.ServiceKey, Member: admin.Member})
	wantInvalid(t, "one who left", err, "member", "no active member")
}

func TestNetworksThatShutOutWhoUsesTheKey(t *testing.T) {
	k := keywright.Key{LastUsedFrom: netip.MustParseAddr("192.0.2.7")}
	for list, want := range map[string]bool{"192.0.2.0/24": false, "198.51.100.0/24": true, "198.51.100.0/24 192.0.2.7": false} {
		networks, err := keywright.ParseNetworks(strings.Fields(list))
		if got := k.ShutsOut(networks); err != nil || got != want {
			t.Errorf("%s: got %v, %v", list, got, err)
		}
	}
	if k.ShutsOut(nil) || (keywright.Key{}).ShutsOut([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}) {
		t.Error("no networks, or a key that was never used, shut someone out")
	}
}

func TestWhatKeysOfAKindCanNotHave(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	for field, n := range map[string]keywright.NewKey{
		"kind":    {Kind: "robot"},
		"member":  {Member: owner.Member},
		"service": {Service: "billing"},
		"scopes":  {Scopes: []string{"incidents:fly"}},
	} {
		n.Description = "x"
		_, _, err := h.Issue(t.Context(), owner, n)
		wantInvalid(t, field, err, field, "")
	}
	_, _, err := h.Issue(t.Context(), owner, keywright.NewKey{Description: "x", Kind: keywright.PersonalKey, Service: "billing"})
	wantInvalid(t, "a personal key of a service", err, "service", "leave it out")
}

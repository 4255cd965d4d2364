package keyset

import (
	"testing"
	"time"
)

// A token opens what it is for and nothing else, and no key opens what a token does. Whoever
// presents one in the place of the other is told nothing of it.
func TestATokenIsNoKeyAndAKeyIsNoToken(t *testing.T) {
	p := population{1, testKeyring(t)}
	text := p.text(t, 0)
	for kind, want := range map[Kind]map[Kind]Code{ // by what was asked for
		AccountKey:   {"": Valid, VerifyToken: Unknown, OperateToken: Unknown},
		ServiceKey:   {"": Valid, VerifyToken: Unknown, OperateToken: Unknown},
		VerifyToken:  {"": Unknown, VerifyToken: Valid, OperateToken: OutOfScope},
		OperateToken: {"": Unknown, VerifyToken: Valid, OperateToken: Valid},
	} {
		k := p.key(t, 0)
		k.Kind = kind
		s := p.load(t)
		if err := s.Apply(2, k); err != nil {
			t.Fatal(err)
		}
		for asked, code := range want {
			got := s.Verify(text, Request{Token: asked}, noon(), 0)
			if got.Code != code || (got.Account() == "") != (code == Unknown) {
				t.Errorf("%s where %q is asked for: got %s of account %q, want %s", kind, asked, got.Code, got.Account(), code)
			}
		}
	}
}

// No plan, version, network or rate says anything of a token; its own end and its revocation do.
func TestATokenIsNoCustomers(t *testing.T) {
	p := population{1, testKeyring(t)}
	token := p.key(t, 0)
	token.Kind, token.Version = OperateToken, ""
	for name, c := range map[string]struct {
		change func(*Key)
		want   Code
	}{
		"as it was made":                   {func(*Key) {}, Valid},
		"for a version that there is not":  {func(k *Key) { k.Version = "v9" }, Valid},
		"expired":                          {func(k *Key) { k.Expires = noon() }, Expired},
		"a millisecond before it expires":  {func(k *Key) { k.Expires = noon().Add(time.Millisecond) }, Valid},
		"revoked":                          {func(k *Key) { k.Revoked = true }, Revoked},
		"revoked, and expired before that": {func(k *Key) { k.Revoked, k.Expires = true, noon() }, Revoked},
	} {
		k := token
		c.change(&k)
		s := New(p.keyring, rules(), Options{})
		s.Extend(0, time.Minute)
		if err := s.Apply(1, Account{ID: p.accountID(0)}, k); err != nil {
			t.Fatal(err)
		}
		for _, asked := range []Kind{VerifyToken, OperateToken} {
			if got := s.Verify(p.text(t, 0), Request{Token: asked}, noon(), 0).Code; got != c.want {
				t.Errorf("%s, for %s: got %s, want %s", name, asked, got, c.want)
			}
		}
	}
	s := New(p.keyring, rules(), Options{})
	if got := s.Verify(p.text(t, 0), Request{Token: VerifyToken}, noon(), 0).Code; got != Stale {
		t.Errorf("before anything is known: got %s, want %s", got, Stale)
	}
}

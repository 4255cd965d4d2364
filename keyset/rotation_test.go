package keyset

import (
	"testing"
	"time"

	"github.com/keywright/keywright/secret"
)

func TestBothSealsVerifyUntilTheGraceEnds(t *testing.T) {
	keyring := testKeyring(t)
	p := population{1, keyring}
	k, old := p.key(t, 0), p.text(t, 0)
	fresh := old[:20] + p.text(t, 1)[20:50]
	fresh += checkOf(fresh)
	sealed := func(text string, pepper int, ends time.Time) Seal {
		mac, _ := keyring.MAC(pepper, k.Account, text)
		return Seal{MAC: mac, Pepper: pepper, Ends: ends}
	}
	ends := noon().Add(time.Hour)
	for name, seals := range map[string][]Seal{
		"both under one pepper":               {sealed(fresh, 1, time.Time{}), sealed(old, 1, ends)},
		"the new one under a newer pepper":    {sealed(fresh, 2, time.Time{}), sealed(old, 1, ends)},
		"the old one first, as they may come": {sealed(old, 1, ends), sealed(fresh, 2, time.Time{})},
	} {
		k.Seals = seals
		s := p.load(t)
		if err := s.Apply(2, k); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text string
			now  time.Time
			want Code
			ends time.Time
		}{
			{fresh, noon(), Valid, time.Time{}},
			{old, noon(), Valid, ends},
			{fresh, ends, Valid, time.Time{}},
			{old, ends, Expired, ends},
		} {
			v := s.Verify(c.text, Request{}, c.now, 0)
			if v.Code != c.want || v.Rotating != (c.want != Unknown) || !v.Ends().Equal(c.ends) || string(v.LastFour[:]) != c.text[len(c.text)-4:] {
				t.Errorf("%s, old %t, at %s: got %s, ends %s, want %s, %s", name, c.text == old, c.now, v.Code, v.Ends(), c.want, c.ends)
			}
			pepper := seals[0].Pepper
			if c.text == fresh != (name != "the old one first, as they may come") {
				pepper = seals[1].Pepper
			}
			if v.Pepper != pepper {
				t.Errorf("%s, old %t: got pepper %d, want %d", name, c.text == old, v.Pepper, pepper)
			}
		}
	}
}

// A seal that no pepper of the keyring could have made verifies nothing, not even zeros.
func TestASealOfAnotherKeyringIsUnknown(t *testing.T) {
	keyring := testKeyring(t)
	p := population{1, keyring}
	k := p.key(t, 0)
	for name, seals := range map[string][]Seal{
		"the only one":              {{MAC: k.Seals[0].MAC, Pepper: 3}},
		"the only one, all zeros":   {{Pepper: 3}},
		"both":                      {{MAC: k.Seals[0].MAC, Pepper: 3}, {MAC: k.Seals[0].MAC, Pepper: 4}},
		"the other one, all zeros":  {{Pepper: 1}, {Pepper: 4}},
		"zeros under a good pepper": {{Pepper: 1}},
	} {
		k.Seals = seals
		s := p.load(t)
		if err := s.Apply(2, k); err != nil {
			t.Fatal(err)
		}
		if v := s.Verify(p.text(t, 0), Request{}, noon(), 0); v != (Verdict{Code: Unknown, Revision: 2}) {
			t.Errorf("%s: got %s, want %s and nothing else", name, v.Code, Unknown)
		}
	}
}

// A MAC is of a text for an account: in another account's record it verifies nothing.
func TestASealCopiedToAnotherAccountIsUnknown(t *testing.T) {
	p := population{keysPerAccount + 1, testKeyring(t)}
	k := p.key(t, 0)
	k.Account = p.accountID(keysPerAccount)
	s := p.load(t)
	if err := s.Apply(2, k); err != nil {
		t.Fatal(err)
	}
	if got := s.Verify(p.text(t, 0), Request{}, noon(), 0).Code; got != Unknown {
		t.Errorf("got %s, want %s", got, Unknown)
	}
}

func TestTheEnvironmentIsThatOfTheText(t *testing.T) {
	keyring := testKeyring(t)
	p := population{1, keyring}
	s := p.load(t)
	for i, env := range []secret.Env{secret.Live, secret.Test} {
		made, err := secret.Make("acme2", env, chance(77+uint64(i)))
		if err != nil {
			t.Fatal(err)
		}
		k := p.key(t, 0)
		mac, _ := keyring.MAC(1, k.Account, made.Reveal())
		k.ID, k.Seals = made.ID(), []Seal{{MAC: mac, Pepper: 1}}
		if err := s.Apply(uint64(2+i), k); err != nil {
			t.Fatal(err)
		}
		if v := s.Verify(made.Reveal(), Request{}, noon(), 0); v.Code != Valid || v.Env != env || v.Key.String() != made.ID() {
			t.Errorf("%s: got %s, %s, key %s", env, v.Code, v.Env, v.Key)
		}
	}
}

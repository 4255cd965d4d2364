package keyset

import (
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

// For an id that is not there, MACs are computed all the same, over as many bytes; and the MAC of
// no text at all is not the zero one that an empty place of a table has.
func TestAMACIsComputedForAnIDThatIsNotThere(t *testing.T) {
	p := population{40, testKeyring(t)}
	s := p.load(t)
	empty := New(p.keyring, rules(), Options{})
	for i := range 400 {
		text := p.text(t, p.keys+i)
		for name, set := range map[string]*Set{"a full Set": s, "an empty Set": empty} {
			var see sight
			set.look(keyIDOf(text[len(text)-bodyLen:]), &see)
			var buffer [maxAccountID]byte
			account := string(buffer[:see.key.accountID(&buffer)])
			if see.known || len(account) != usualAccountID {
				t.Fatalf("%s: known %t, an account's id of %d bytes", name, see.known, len(account))
			}
			pepper := see.key.pepper()
			if pepper == 0 {
				pepper = p.keyring.Current()
			}
			want, ok := p.keyring.MAC(pepper, account, text)
			if got, _ := set.mac(&see, see.key.pepper(), text); !ok || got != want {
				t.Fatalf("%s: another MAC than that of the text", name)
			}
		}
	}
}

// FuzzVerify: only the texts that were issued verify, and what is told from unknown is what
// package secret calls malformed.
func FuzzVerify(f *testing.F) {
	p := population{3, testKeyring(f)}
	s := p.load(f)
	issued := map[string]bool{}
	for i := range p.keys {
		issued[p.text(f, i)] = true
	}
	text := p.text(f, 0)
	for _, seed := range []string{
		"", text, p.text(f, 9), mistyped(text, 10), mistyped(text, 30), " " + text, text + "\n", strings.ToUpper(text),
		text[:len(text)-1], "k" + text, strings.Replace(text, "live", "test", 1), strings.Repeat("\x00", 60), text[:8] + strings.Repeat("é", 24),
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, fix bool) {
		if fix && len(text) >= 6 {
			text = text[:len(text)-6] + checkOf(text[:len(text)-6])
		}
		want := Unknown
		_, formed := secret.Split(text)
		switch {
		case text == "":
			want = NoCredential
		case !formed:
			want = Malformed
		case issued[text]:
			want = Valid
		}
		if got := s.Verify(text, Request{}, noon(), 0); got.Code != want || want != Valid && got != (Verdict{Code: want, Revision: 1}) {
			t.Errorf("%q: got %+v, want %s", text, got, want)
		}
	})
}

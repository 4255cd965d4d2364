package secret_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

// What Parse accepts, the reference accepts, and the other way round; Reveal gives it back
// exactly, and its parts put together again are the text. With fix the check is made right,
// as no mutation of a text would ever get past it.
func FuzzParse(f *testing.F) {
	v := readVectors(f)
	for _, good := range v.Valid {
		f.Add(good.Text, false)
		f.Add(good.Text, true)
	}
	for _, bad := range v.Invalid {
		f.Add(bad.Text, false)
		f.Add(bad.Text, true)
	}
	f.Fuzz(func(t *testing.T, text string, fix bool) {
		if fix && len(text) >= 6 {
			before := text[:len(text)-6]
			text = before + referenceCheck(before)
		}
		if _, ok := secret.Cut(text); ok != form.MatchString(text) {
			t.Fatalf("Cut(%q): accepted %t, the reference %t", text, ok, !ok)
		}
		s, err := secret.Parse(text)
		if accepted, want := err == nil, reference(text); accepted != want {
			t.Fatalf("Parse(%q): accepted %t, the reference %t", text, accepted, want)
		}
		if err != nil {
			if err != secret.ErrMalformed || s != (secret.Secret{}) {
				t.Fatalf("Parse(%q): got error %v, want %v and no Secret", text, err, secret.ErrMalformed)
			}
			return
		}
		if s.Reveal() != text {
			t.Fatalf("Parse(%q): Reveal gives %q", text, s.Reveal())
		}
		prefix := s.Brand() + "_" + string(s.Env()) + "_" + s.ID()
		if !strings.HasPrefix(text, prefix) || len(text) != len(prefix)+36 || !strings.HasSuffix(text, s.LastFour()) {
			t.Fatalf("Parse(%q): its parts are %q and %q", text, prefix, s.LastFour())
		}
	})
}

// What ParseKeyring accepts, Encode writes in one spelling, which reads as the same keyring.
func FuzzKeyring(f *testing.F) {
	one, two := pepperText(1), pepperText(2)
	for _, text := range []string{
		"", "keywright-keyring-v1", "keywright-keyring-v1\n1 " + one, "keywright-keyring-v1\n2 " + two + "\n\n# old\n1 " + one + "\n",
		"keywright-keyring-v1\r\n1\t" + one + "\r\n", "keywright-keyring-v1\n1 " + one + "\n1 " + two, "keywright-keyring-v1\n0 " + one,
		"keywright-keyring-v1\n1 " + pepperText(0), "keywright-keyring-v1\n65535 " + one, "keywright-keyring-v1\n-1 " + one + " x",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := secret.ParseKeyring(text)
		if err != nil {
			if k != nil {
				t.Fatal("a keyring came with the error")
			}
			return
		}
		versions := k.Versions()
		if len(versions) == 0 || versions[0] < 1 || k.Current() != slices.Max(versions) {
			t.Fatalf("versions %v, current %d", versions, k.Current())
		}
		encoded := k.Encode()
		again, err := secret.ParseKeyring(encoded)
		if err != nil {
			t.Fatalf("what Encode writes: %v", err)
		}
		if !bytes.Equal(again.Encode(), encoded) {
			t.Fatalf("%s is not %s", again.Encode(), encoded)
		}
		for _, version := range versions {
			a, _ := k.MAC(version, "acct_1", "text")
			b, ok := again.MAC(version, "acct_1", "text")
			if !ok || a != b {
				t.Fatalf("version %d has another MAC after Encode", version)
			}
		}
	})
}

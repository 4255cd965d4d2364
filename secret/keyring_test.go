package secret_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

func TestNewKeyring(t *testing.T) {
	peppers := map[int][]byte{7: fill(7), 1: fill(1), 65535: fill(9)}
	k, err := secret.NewKeyring(peppers)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := k.Versions(), []int{1, 7, 65535}; !slices.Equal(got, want) {
		t.Errorf("got versions %v, want %v", got, want)
	}
	if k.Current() != 65535 {
		t.Errorf("got current %d, want 65535", k.Current())
	}
	before, _ := k.Check(1)
	peppers[1][0]++
	if after, _ := k.Check(1); after != before {
		t.Error("a change to the map's bytes changed the keyring")
	}
}

func TestNewKeyringRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		peppers map[int][]byte
		want    string
	}{
		"nothing":              {nil, "keyring: no pepper in it"},
		"version zero":         {map[int][]byte{0: fill(1)}, "keyring: version 0: want 1 to 65535"},
		"a version below zero": {map[int][]byte{-1: fill(1), 1: fill(2)}, "keyring: version -1: want 1 to 65535"},
		"a version too high":   {map[int][]byte{65536: fill(1)}, "keyring: version 65536: want 1 to 65535"},
		"a byte too few":       {map[int][]byte{1: fill(1)[1:]}, "keyring: version 1: its pepper has 31 bytes: want 32"},
		"a byte too many":      {map[int][]byte{1: append(fill(1), 1)}, "keyring: version 1: its pepper has 33 bytes: want 32"},
		"no bytes":             {map[int][]byte{1: nil}, "keyring: version 1: its pepper has 0 bytes: want 32"},
		"zeros":                {map[int][]byte{1: fill(1), 2: fill(0)}, "keyring: version 2: its pepper is all zeros"},
		"the same twice":       {map[int][]byte{1: fill(1), 2: fill(1)}, "keyring: versions 1 and 2 have the same pepper"},
	} {
		k, err := secret.NewKeyring(c.peppers)
		if k != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s: got keyring %v and error %v, want %q", name, k, err, c.want)
		}
	}
}

func TestMakeKeyringAndNext(t *testing.T) {
	random := seeded(12)
	first, err := secret.MakeKeyring(random)
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Next(random)
	if err != nil {
		t.Fatal(err)
	}
	if got := first.Versions(); !slices.Equal(got, []int{1}) || first.Current() != 1 {
		t.Errorf("the first has versions %v and current %d, want 1 alone, also after Next", got, first.Current())
	}
	if got := second.Versions(); !slices.Equal(got, []int{1, 2}) || second.Current() != 2 {
		t.Errorf("the second has versions %v and current %d, want 1, 2 and 2", got, second.Current())
	}
	was, _ := first.MAC(1, "acct_1", "text")
	is, _ := second.MAC(1, "acct_1", "text")
	if was != is {
		t.Error("what was made under version 1 does not verify after Next")
	}

	source := make([]byte, 64)
	seeded(12).Read(source)
	want := keyring(t, source[:32], source[32:])
	if !bytes.Equal(second.Encode(), want.Encode()) {
		t.Error("the peppers are not the bytes of the source")
	}
}

func TestMakeKeyringFailsWithItsSource(t *testing.T) {
	if _, err := secret.MakeKeyring(bytes.NewReader(fill(1)[1:])); err == nil || err.Error() != "make pepper: read random: unexpected EOF" {
		t.Errorf("31 bytes: got error %v", err)
	}
	if _, err := secret.MakeKeyring(stuck(0)); err == nil || err.Error() != "make pepper: version 1: its pepper is all zeros" {
		t.Errorf("zeros: got error %v", err)
	}
	if _, err := keyring(t, fill(1)).Next(stuck(1)); err == nil || err.Error() != "make pepper: versions 1 and 2 have the same pepper" {
		t.Errorf("the same again: got error %v", err)
	}
	broken := errors.New("no entropy")
	if _, err := secret.MakeKeyring(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("got error %v, want one that is %v", err, broken)
	}
	last, err := secret.NewKeyring(map[int][]byte{65535: fill(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := last.Next(seeded(12)); err == nil {
		t.Error("a version after the last was made")
	}
}

func TestEncodeKeyring(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	want := `keywright-keyring-v1
# Peppers. Without this file no key verifies: keep a copy, apart from the database's backup.
1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=
2 AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=
`
	if got := string(k.Encode()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseKeyring(t *testing.T) {
	one, two := pepperText(1), pepperText(2)
	want := keyring(t, fill(1), fill(2)).Encode()
	for name, text := range map[string]string{
		"as written":                string(want),
		"no line end at the end":    "keywright-keyring-v1\n1 " + one + "\n2 " + two,
		"newest first":              "keywright-keyring-v1\n2 " + two + "\n1 " + one + "\n",
		"blank lines and comments":  "keywright-keyring-v1\n\n# one\n 1 " + one + "\n\t\n  # two\n2 " + two + "\n\n",
		"line ends of two bytes":    "keywright-keyring-v1\r\n1 " + one + "\r\n2 " + two + "\r\n",
		"tabs and spaces, as typed": "keywright-keyring-v1 \n1\t" + one + "  \n  2   " + two,
	} {
		k, err := secret.ParseKeyring([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := k.Encode(); !bytes.Equal(got, want) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestParseKeyringNamesTheLineAndNeverQuotesIt(t *testing.T) {
	good := base64.StdEncoding.EncodeToString([]byte("canary-canary-canary-canary-cana"))
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":        {"", "keyring line 1: want keywright-keyring-v1"},
		"no first line":        {"1 " + good, "keyring line 1: want keywright-keyring-v1"},
		"a comment first":      {"# mine\nkeywright-keyring-v1\n1 " + good, "keyring line 1: want keywright-keyring-v1"},
		"a newer form":         {"keywright-keyring-v2\n1 " + good, "keyring line 1: want keywright-keyring-v1"},
		"a first line only":    {"keywright-keyring-v1\n# nothing\n", "keyring: no pepper in it"},
		"no version":           {"keywright-keyring-v1\n" + good, "keyring line 2: want a version, a space and a pepper"},
		"no pepper":            {"keywright-keyring-v1\n\n1", "keyring line 3: want a version, a space and a pepper"},
		"a comment behind":     {"keywright-keyring-v1\n1 " + good + " # mine", "keyring line 2: want a version, a space and a pepper"},
		"the two turned round": {"keywright-keyring-v1\n" + good + " 1", "keyring line 2: the version is not a whole number"},
		"a version with a v":   {"keywright-keyring-v1\nv1 " + good, "keyring line 2: the version is not a whole number"},
		"a version 01":         {"keywright-keyring-v1\n01 " + good, "keyring line 2: the version is not a whole number"},
		"a version +1":         {"keywright-keyring-v1\n+1 " + good, "keyring line 2: the version is not a whole number"},
		"a version of 30 digits": {
			"keywright-keyring-v1\n" + strings.Repeat("1", 30) + " " + good,
			"keyring line 2: the version is not a whole number",
		},
		"version zero":     {"keywright-keyring-v1\n0 " + good, "keyring line 2: version 0: want 1 to 65535"},
		"a version twice":  {"keywright-keyring-v1\n1 " + good + "\n# again\n1 " + pepperText(1), "keyring line 4: version 1 is there twice"},
		"a pepper twice":   {"keywright-keyring-v1\n1 " + good + "\n2 " + good, "keyring line 3: versions 1 and 2 have the same pepper"},
		"a cut pepper":     {"keywright-keyring-v1\n1 " + good[:40], "keyring line 2: version 1: its pepper has 30 bytes: want 32"},
		"no padding":       {"keywright-keyring-v1\n1 " + good[:43], "keyring line 2: the pepper is not in standard base64"},
		"base64url":        {"keywright-keyring-v1\n1 -_" + good[2:], "keyring line 2: the pepper is not in standard base64"},
		"stray last bits":  {"keywright-keyring-v1\n1 " + good[:42] + "F=", "keyring line 2: the pepper is not in standard base64"},
		"hex":              {"keywright-keyring-v1\n1 " + strings.Repeat("ab", 32), "keyring line 2: version 1: its pepper has 48 bytes: want 32"},
		"a pepper of zero": {"keywright-keyring-v1\n1 " + pepperText(0), "keyring line 2: version 1: its pepper is all zeros"},
	} {
		k, err := secret.ParseKeyring([]byte(c.text))
		if k != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s: got keyring %v and error %v, want %q", name, k, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), good[:8]) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
	}
}

func pepperText(b byte) string { return base64.StdEncoding.EncodeToString(fill(b)) }

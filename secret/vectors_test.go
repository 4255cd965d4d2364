package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/keywright/keywright/secret"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorsFile = "testdata/vectors.json"

// vectors is the file, for readers in any language. Bytes are in hex, except in texts.
type vectors struct {
	About   string          `json:"about"`
	Valid   []validVector   `json:"valid"`
	Invalid []invalidVector `json:"invalid"`
	MAC     []macVector     `json:"mac"`
	Pepper  []pepperVector  `json:"pepper"`
}

type validVector struct {
	Text     string     `json:"text"`
	Brand    string     `json:"brand"`
	Env      secret.Env `json:"env"`
	ID       string     `json:"id"`
	LastFour string     `json:"last_four"`
	Check    string     `json:"check"`
}

type invalidVector struct {
	Text string `json:"text"`
	Why  string `json:"why"`
}

type macVector struct {
	Pepper  string `json:"pepper"`
	Account string `json:"account"`
	Text    string `json:"text"`
	MAC     string `json:"mac"`
}

type pepperVector struct {
	Pepper  string `json:"pepper"`
	Check   string `json:"check"`
	Purpose string `json:"purpose"`
	Derived string `json:"derived"`
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", vectorsFile, err)
	}
	if len(v.Valid) == 0 || len(v.Invalid) == 0 || len(v.MAC) == 0 || len(v.Pepper) == 0 {
		t.Fatalf("%s: a list in it is empty", vectorsFile)
	}
	return v
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	v := readVectors(t)

	for _, want := range v.Valid {
		s, err := secret.Parse(want.Text)
		if err != nil {
			t.Errorf("Parse(%q): %v", want.Text, err)
			continue
		}
		got := validVector{s.Reveal(), s.Brand(), s.Env(), s.ID(), s.LastFour(), want.Text[len(want.Text)-6:]}
		if got != want {
			t.Errorf("Parse(%q): got %+v, want %+v", want.Text, got, want)
		}
		if !reference(want.Text) {
			t.Errorf("the reference refuses %q", want.Text)
		}
		if p, ok := secret.Split(want.Text); !ok || p != (secret.Parts{Brand: want.Brand, Env: want.Env, ID: want.ID}) {
			t.Errorf("Split(%q): got %+v, %t", want.Text, p, ok)
		}
	}

	for _, bad := range v.Invalid {
		s, err := secret.Parse(bad.Text)
		if err != secret.ErrMalformed {
			t.Errorf("%s: Parse(%q): got error %v, want %v", bad.Why, bad.Text, err, secret.ErrMalformed)
		}
		if s != (secret.Secret{}) {
			t.Errorf("%s: Parse(%q) gives a Secret with its error", bad.Why, bad.Text)
		}
		if p, ok := secret.Split(bad.Text); ok || p != (secret.Parts{}) {
			t.Errorf("%s: Split(%q): got %+v, %t", bad.Why, bad.Text, p, ok)
		}
		if reference(bad.Text) {
			t.Errorf("%s: the reference accepts %q", bad.Why, bad.Text)
		}
	}

	for _, want := range v.MAC {
		mac, ok := keyring(t, unhex(t, want.Pepper)).MAC(1, want.Account, want.Text)
		if got := hex.EncodeToString(mac[:]); !ok || got != want.MAC {
			t.Errorf("MAC(%q, %q): got %s, want %s", want.Account, want.Text, got, want.MAC)
		}
		if ref := referenceMAC(unhex(t, want.Pepper), want.Account, want.Text); hex.EncodeToString(ref) != want.MAC {
			t.Errorf("the reference MAC of (%q, %q) is %x, want %s", want.Account, want.Text, ref, want.MAC)
		}
	}

	for _, want := range v.Pepper {
		k := keyring(t, unhex(t, want.Pepper))
		if got, ok := k.Check(1); !ok || hex.EncodeToString(got[:]) != want.Check {
			t.Errorf("Check of %s: got %x, want %s", want.Pepper, got, want.Check)
		}
		if got := k.Derive(want.Purpose); hex.EncodeToString(got) != want.Derived {
			t.Errorf("Derive(%q) of %s: got %x, want %s", want.Purpose, want.Pepper, got, want.Derived)
		}
	}
}

// Examples in documentation must neither open anything nor look like a leak to a scanner.
func TestDocumentationExampleIsRefused(t *testing.T) {
	for _, example := range documentationExamples() {
		if !form.MatchString(example) {
			t.Errorf("%q does not look like a key", example)
		}
		if _, err := secret.Parse(example); !errors.Is(err, secret.ErrMalformed) {
			t.Errorf("Parse(%q): got error %v, want %v", example, err, secret.ErrMalformed)
		}
	}
}

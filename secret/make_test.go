package secret_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

// F9: a unique key, each character uniform and from the random source.
func TestMakeIsUniformAndNeverTwiceTheSame(t *testing.T) {
	const keys = 100_000
	random := seeded(7)
	seen := make(map[string]bool, keys)
	ids := make(map[string]bool, keys)
	var counts [42][62]int
	for range keys {
		text := mustMake(t, "kw", secret.Live, random).Reveal()
		seen[text] = true
		ids[text[8:20]] = true
		for i := range counts {
			counts[i][strings.IndexByte(base62, text[8+i])]++
		}
	}
	if len(seen) != keys || len(ids) != keys {
		t.Errorf("%d keys: %d different texts, %d different ids", keys, len(seen), len(ids))
	}
	for i := range counts {
		if x := chiSquare(counts[i]); x > chiSquareLimit {
			t.Errorf("character %d of the body: chi-square %.1f, want at most %v", i, x, chiSquareLimit)
		}
	}
}

// The test above would see the bias that rejection sampling is there to avoid.
func TestChiSquareSeesAByteModulo62(t *testing.T) {
	random := seeded(7)
	var counts [62]int
	for range 100_000 {
		counts[byte(random.Uint64())%62]++
	}
	if x := chiSquare(counts); x < 2*chiSquareLimit {
		t.Errorf("chi-square %.1f, want far over %v", x, chiSquareLimit)
	}
}

// 61 degrees of freedom exceed it once in 10^6.
const chiSquareLimit = 129.0

func chiSquare(counts [62]int) float64 {
	total := 0
	for _, n := range counts {
		total += n
	}
	want := float64(total) / 62
	sum := 0.0
	for _, n := range counts {
		sum += (float64(n) - want) * (float64(n) - want) / want
	}
	return sum
}

// The eight highest bytes are drawn again, every other byte is its remainder by 62.
func TestMakeRejectsBiasedBytes(t *testing.T) {
	for b := range 256 {
		source := append([]byte{byte(b)}, bytes.Repeat([]byte{61}, 42)...)
		s, err := secret.Make("kw", secret.Live, bytes.NewReader(source))
		if err != nil {
			t.Fatal(err)
		}
		want := "z" // the byte after it moved up
		if b < 248 {
			want = base62[b%62 : b%62+1]
		}
		if got := s.ID(); got != want+strings.Repeat("z", 11) {
			t.Errorf("byte %d first: got id %s, want %s and then z only", b, got, want)
		}
	}
}

// F9: never predictable from another. Nothing but the source goes in, every byte of it goes into
// one character, and no byte into two keys.
func TestMakeTakesEachCharacterFromItsOwnByte(t *testing.T) {
	source := make([]byte, 84)
	seeded(8).Read(source)
	for i := range source {
		source[i] %= 248
	}
	pair := func() (a, b string) {
		random := bytes.NewReader(source)
		for _, text := range []*string{&a, &b} {
			s, err := secret.Make("kw", secret.Live, random)
			if err != nil {
				t.Fatal(err)
			}
			*text = s.Reveal()[8:50]
		}
		return a, b
	}
	a, b := pair()
	for i := range source {
		old := source[i]
		source[i] = (old + 1) % 248
		a2, b2 := pair()
		for j := range 84 {
			if changed := (a + b)[j] != (a2 + b2)[j]; changed != (i == j) {
				t.Errorf("byte %d of the source changed: character %d changed: %t", i, j, changed)
			}
		}
		source[i] = old
	}
}

func TestMakeFailsWithItsSource(t *testing.T) {
	broken := errors.New("no entropy")
	for name, c := range map[string]struct {
		random io.Reader
		want   string
	}{
		"no bytes":            {strings.NewReader(""), "make key: read random: EOF"},
		"a byte too few":      {bytes.NewReader(make([]byte, 41)), "make key: read random: unexpected EOF"},
		"one rejected, ended": {bytes.NewReader(append(make([]byte, 41), 255)), "make key: read random: EOF"},
		"an error half-way":   {io.MultiReader(strings.NewReader("some"), failing{broken}), "make key: read random: no entropy"},
		"rejected for ever":   {stuck(255), "make key: read random: the source repeats itself"},
	} {
		s, err := secret.Make("kw", secret.Live, c.random)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
		if s != (secret.Secret{}) {
			t.Errorf("%s: a Secret came with the error", name)
		}
	}
	if _, err := secret.Make("kw", secret.Live, failing{broken}); !errors.Is(err, broken) {
		t.Errorf("got error %v, want one that is %v", err, broken)
	}
}

func TestMakeReadsASlowSource(t *testing.T) {
	fast := mustMake(t, "kw", secret.Live, seeded(9)).Reveal()
	slow, err := secret.Make("kw", secret.Live, oneByte{seeded(9)})
	if err != nil || slow.Reveal() != fast {
		t.Errorf("a byte at a time: got %q, %v, want %q", slow.Reveal(), err, fast)
	}
}

func TestMakeRefusesBadBrandsAndEnvs(t *testing.T) {
	for _, c := range []struct {
		brand string
		env   secret.Env
		want  string
	}{
		{"", secret.Live, `brand ""`},
		{"k", secret.Live, `brand "k"`},
		{"k123456789012", secret.Live, `brand "k123456789012"`},
		{"1kw", secret.Live, `brand "1kw"`},
		{"Kw", secret.Live, `brand "Kw"`},
		{"kW", secret.Live, `brand "kW"`},
		{"k_w", secret.Live, `brand "k_w"`},
		{"k-w", secret.Live, `brand "k-w"`},
		{"kö", secret.Live, `brand "kö"`},
		{"kw\n", secret.Live, `brand "kw\n"`},
		{"kw", "", `env ""`},
		{"kw", "prod", `env "prod"`},
		{"kw", "Live", `env "Live"`},
	} {
		_, err := secret.Make(c.brand, c.env, seeded(10))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Make(%q, %q): got error %v, want one that says %s", c.brand, c.env, err, c.want)
		}
	}
}

// failing, stuck and oneByte are sources as they should not be.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type stuck byte

func (s stuck) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:min(1, len(p))]) }

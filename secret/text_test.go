package secret_test

import (
	"hash/crc32"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Every slip of the hand at every place, on many keys: none may pass, because a key that does
// would be looked up and answered as unknown instead of mistyped.
func TestEveryTypingErrorIsRefused(t *testing.T) {
	random := seeded(2)
	tried := 0
	for _, brand := range []string{"kw", "acme", "a1b2c3d4e5f6"} {
		for range 40 {
			for _, env := range []secret.Env{secret.Live, secret.Test} {
				good := mustMake(t, brand, env, random).Reveal()
				for kind, slips := range typingErrors(good) {
					for _, bad := range slips {
						if _, ok := secret.Split(bad); ok {
							t.Errorf("%s: %q passes for %q", kind, bad, good)
						}
						tried++
					}
				}
			}
		}
	}
	t.Logf("%d typing errors tried", tried)
}

func typingErrors(good string) map[string][]string {
	slips := map[string][]string{}
	add := func(kind, bad string) { slips[kind] = append(slips[kind], bad) }

	for i := range len(good) {
		for b := range 256 {
			if byte(b) != good[i] {
				add("one character changed", good[:i]+string([]byte{byte(b)})+good[i+1:])
			}
		}
		add("one character missing", good[:i]+good[i+1:])
	}
	for i := range len(good) + 1 {
		for _, c := range base62 + "_- \n\x00" {
			add("one character too many", good[:i]+string(c)+good[i:])
		}
	}
	for i := range len(good) - 1 {
		if good[i] != good[i+1] {
			add("two neighbours swapped", good[:i]+good[i+1:i+2]+good[i:i+1]+good[i+2:])
		}
	}
	if strings.Contains(good, "_live_") {
		add("live for test", strings.Replace(good, "_live_", "_test_", 1))
	} else {
		add("test for live", strings.Replace(good, "_test_", "_live_", 1))
	}
	return slips
}

// Random keys rarely put the same small digits on both sides of the border between body and
// check, so the argument in check.go for swaps across it rests on this.
func TestSwapAcrossTheCheckAlwaysShows(t *testing.T) {
	for i, entry := range crc32.IEEETable[:8] {
		if i > 0 && entry&31 == 0 {
			t.Errorf("entry %d of the table is %#x: its lowest five bits are zero", i, entry)
		}
	}
	random := seeded(3)
	tried := 0
	for range 20000 {
		text := mustMake(t, "kw", secret.Live, random).Reveal()
		for _, last := range "01234" {
			before := text[:len(text)-7] + string(last)
			check := referenceCheck(before)
			if check[:1] == string(last) {
				continue
			}
			bad := before[:len(before)-1] + check[:1] + string(last) + check[1:]
			if _, ok := secret.Split(bad); ok {
				t.Errorf("%q passes for %q", bad, before+check)
			}
			tried++
		}
	}
	t.Logf("%d swaps tried", tried)
}

func TestFirstCheckCharacterIsZeroToFour(t *testing.T) {
	random := seeded(4)
	for range 20000 {
		text := mustMake(t, "kw", secret.Live, random).Reveal()
		if c := text[len(text)-6]; c < '0' || c > '4' {
			t.Errorf("%q: its check begins with %q, want 0 to 4", text, c)
		}
	}
}

func TestCutDoesNotLookAtTheCheck(t *testing.T) {
	good := mustMake(t, "acme", secret.Test, seeded(5)).Reveal()
	want, _ := secret.Split(good)
	for _, text := range []string{good, good[:len(good)-6] + "000000", good[:len(good)-6] + "zzzzzz"} {
		if got, ok := secret.Cut(text); !ok || got != want {
			t.Errorf("Cut(%q): got %+v, %t, want %+v", text, got, ok, want)
		}
	}
	for _, example := range documentationExamples() {
		if _, ok := secret.Cut(example); !ok {
			t.Errorf("Cut(%q) refuses it", example)
		}
	}
}

func TestSplitDoesNotAllocate(t *testing.T) {
	good := mustMake(t, "kw", secret.Live, seeded(5)).Reveal()
	for name, text := range map[string]string{
		"a good key":      good,
		"a wrong check":   good[:len(good)-6] + "000000",
		"a long text":     strings.Repeat(good, 100),
		"nothing at all":  "",
		"another's token": "glpat-0123456789abcdefghij",
	} {
		if n := testing.AllocsPerRun(100, func() { secret.Split(text); secret.Cut(text) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

func TestParseAllocatesOnlyWhatItKeeps(t *testing.T) {
	good := mustMake(t, "kw", secret.Live, seeded(5)).Reveal()
	if n := testing.AllocsPerRun(100, func() { secret.Parse(good) }); n > 1 {
		t.Errorf("a good key: %v allocations, want at most 1, the Secret", n)
	}
	if n := testing.AllocsPerRun(100, func() { secret.Parse(good[1:]) }); n != 0 {
		t.Errorf("a malformed key: %v allocations, want 0", n)
	}
}

func TestHandle(t *testing.T) {
	for name, c := range map[string]struct{ id, lastFour, want string }{
		"a key":              {"o6p4XYZabc01", "QZ1x", "kw_live_o6p4…QZ1x"},
		"an id too short":    {"o6", "QZ1x", "kw_live_o6…QZ1x"},
		"nothing to show it": {"", "", "kw_live_…"},
	} {
		if got := secret.Handle("kw", secret.Live, c.id, c.lastFour); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// F12: what is kept to show a key by has no character of its secret part.
func TestHandleHasNothingOfTheSecretPart(t *testing.T) {
	random := seeded(6)
	for range 1000 {
		s := mustMake(t, "kw", secret.Live, random)
		text := s.Reveal()
		id, check := text[8:20], text[50:]
		if s.ID() != id {
			t.Errorf("%q: ID is %q, want %q", text, s.ID(), id)
		}
		if !strings.HasSuffix(check, s.LastFour()) || len(s.LastFour()) != 4 {
			t.Errorf("%q: last four are %q, want the end of the check %q", text, s.LastFour(), check)
		}
		want := "kw_live_" + id[:4] + "…" + check[2:]
		if got := secret.Handle(s.Brand(), s.Env(), s.ID(), s.LastFour()); got != want {
			t.Errorf("%q: got handle %q, want %q", text, got, want)
		}
	}
}

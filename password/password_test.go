package password

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/alexedwards/argon2id"

	"github.com/keywright/keywright"
)

var _ keywright.Passwords = (*Hasher)(nil)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	h := New(Options{})
	long := strings.Repeat("correct horse battery staple ", 35) // 1,015 bytes
	for name, c := range map[string]struct {
		password, tried string
		want            bool
	}{
		"the same":                               {"correct horse", "correct horse", true},
		"another":                                {"correct horse", "correct mouse", false},
		"another letter case":                    {"correct horse", "Correct horse", false},
		"a blank after it":                       {"correct horse", "correct horse ", false},
		"nothing":                                {"correct horse", "", false},
		"any script":                             {"правильная лошадь 馬 🐎", "правильная лошадь 馬 🐎", true},
		"a difference at byte 73 (bcrypt's end)": {strings.Repeat("a", 72) + "b", strings.Repeat("a", 72) + "c", false},
		"a difference at the end of a long one":  {long, long[:len(long)-1] + "x", false},
		"a long one":                             {long, long, true},
		"a NUL does not end it":                  {"correct\x00horse", "correct\x00mouse", false},
		"the empty one, too":                     {"", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			hash, err := h.Hash(t.Context(), c.password)
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.Match(t.Context(), c.tried, hash)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// The parameters of ASVS 5.0 11.4.2 and OWASP's cheat sheet, which the doc comment states.
func TestAHashCarriesTheStatedParametersAndAFreshSalt(t *testing.T) {
	h := New(Options{})
	one, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Error("two hashes of one password are equal, want different salts")
	}
	want := argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	for name, hash := range map[string]string{"a hash": one, "the hash that stands for none": h.nobody} {
		p, _, _, err := argon2id.DecodeHash(hash)
		if err != nil || *p != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, p, err, want)
		}
	}
}

func TestNoHashNeverMatches(t *testing.T) {
	h := New(Options{})
	for _, password := range []string{"", "correct horse", h.nobody} {
		if got, err := h.Match(t.Context(), password, ""); got || err != nil {
			t.Errorf("got %v, %v, want false", got, err)
		}
	}
}

// Not a single one of these is worked on: mangled, of another algorithm, or asking for so
// much that one sign-in would take the machine.
func TestAHashThatCannotBeUsedIsAnErrorThatDoesNotQuoteIt(t *testing.T) {
	h := New(Options{})
	const salt, key = "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for name, hash := range map[string]string{
		"a blank":                   " ",
		"no hash at all":            "correct horse",
		"bcrypt":                    "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"argon2i":                   "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key,
		"another version":           "$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"no version":                "$argon2id$m=19456,t=2,p=1$" + salt + "$" + key,
		"parameters in words":       "$argon2id$v=19$m=much,t=2,p=1$" + salt + "$" + key,
		"a part too many":           "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key + "$",
		"a salt that is not base64": "$argon2id$v=19$m=19456,t=2,p=1$!!!!$" + key,
		"a key that is not base64":  "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$!!!!",
		"no key":                    "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"a key of 15 bytes":         "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key[:20],
		"a key of 65 bytes":         "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("A", 87),
		"no salt":                   "$argon2id$v=19$m=19456,t=2,p=1$$" + key,
		"a salt of 7 bytes":         "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAA$" + key,
		"no memory":                 "$argon2id$v=19$m=0,t=2,p=1$" + salt + "$" + key,
		"4 TiB":                     "$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"257 MiB":                   "$argon2id$v=19$m=263168,t=1,p=1$" + salt + "$" + key,
		"more memory than a number": "$argon2id$v=19$m=99999999999,t=1,p=1$" + salt + "$" + key,
		"no pass":                   "$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"17 passes":                 "$argon2id$v=19$m=8,t=17,p=1$" + salt + "$" + key,
		"no lane":                   "$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key,
		"17 lanes":                  "$argon2id$v=19$m=19456,t=2,p=17$" + salt + "$" + key,
		"a negative number":         "$argon2id$v=19$m=-1,t=2,p=1$" + salt + "$" + key,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := h.Match(t.Context(), "correct horse", hash)
			if got || !errors.Is(err, ErrHash) {
				t.Errorf("got %v, %v, want ErrHash", got, err)
			}
			if err != nil && strings.TrimSpace(hash) != "" && strings.Contains(err.Error(), hash) {
				t.Error("the error quotes the hash")
			}
		})
	}
}

func TestAnOlderHashWithOtherParametersStillMatches(t *testing.T) {
	hash, err := argon2id.CreateHash("correct horse", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 2, SaltLength: 8, KeyLength: 16})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := New(Options{}).Match(t.Context(), "correct horse", hash); !got || err != nil {
		t.Errorf("got %v, %v, want true", got, err)
	}
}

func TestNoMoreThanTheAgreedNumberIsWorkedOnAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{AtOnce: 2})
		for range 2 { // both turns are taken
			if err := h.begin(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var waiting sync.WaitGroup
		errs := make(chan error, 2)
		ctx, cancel := context.WithCancel(t.Context())
		waiting.Go(func() { _, err := h.Hash(ctx, "correct horse"); errs <- err })
		waiting.Go(func() { _, err := h.Match(ctx, "correct horse", ""); errs <- err })
		synctest.Wait()
		if len(errs) != 0 {
			t.Error("a third hash did not wait for its turn")
		}
		cancel()
		waiting.Wait()
		for range 2 {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the context's error", err)
			}
		}
		h.end()
		if _, err := h.Match(t.Context(), "correct horse", ""); err != nil {
			t.Errorf("with a free turn: got %v, want no error", err)
		}
	})
}

func TestWhoHasGoneAwayIsNotWorkedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := New(Options{})
	for i := range 20 {
		if _, err := h.Hash(ctx, "correct horse"); !errors.Is(err, context.Canceled) {
			t.Fatalf("try %d: got %v, want the context's error", i, err)
		}
	}
}

func FuzzUsable(f *testing.F) {
	f.Add("")
	f.Add(New(Options{}).nobody)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if !usable(hash) {
			return
		}
		p, _, _, err := argon2id.DecodeHash(hash)
		if err != nil || p.Memory > mostMemory || p.Iterations*p.Memory == 0 || p.Parallelism == 0 || p.KeyLength < leastLen {
			t.Errorf("got usable, want not: %+v, %v", p, err)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	h := New(Options{})
	hash, err := h.Hash(b.Context(), "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	for name, kept := range map[string]string{"known": hash, "unknown": ""} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Match(b.Context(), "correct mouse", kept); err != nil {
					b.Fatal(fmt.Errorf("match: %w", err))
				}
			}
		})
	}
}

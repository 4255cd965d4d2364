package secret_test

import (
	"testing"

	"github.com/keywright/keywright/secret"
)

// Each takes its texts in turn from 1024: on one text alone, the processor learns every branch.
func randomTexts(b *testing.B) []string {
	b.Helper()
	random := seeded(13)
	texts := make([]string, 1024)
	for i := range texts {
		texts[i] = mustMake(b, "kw", secret.Live, random).Reveal()
	}
	return texts
}

func BenchmarkMake(b *testing.B) {
	random := seeded(14)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := secret.Make("kw", secret.Live, random); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	texts := randomTexts(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := secret.Parse(texts[i%len(texts)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	texts := randomTexts(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := secret.Split(texts[i%len(texts)]); !ok {
			b.Fatal("refused")
		}
	}
}

func BenchmarkCut(b *testing.B) {
	texts := randomTexts(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := secret.Cut(texts[i%len(texts)]); !ok {
			b.Fatal("refused")
		}
	}
}

func BenchmarkMAC(b *testing.B) {
	texts := randomTexts(b)
	k := keyring(b, fill(1))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := k.MAC(1, "acct_01jd3m5v8k9q2x7w4t6y0z1abc", texts[i%len(texts)]); !ok {
			b.Fatal("no such version")
		}
	}
}

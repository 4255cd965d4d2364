package policy

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"2s": 2 * time.Second, "250ms": 250 * time.Millisecond, "30min": 30 * time.Minute, "30m": 30 * time.Minute,
		"1h30min": 90 * time.Minute, "90d": 90 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "36500d": MaxDuration,
	} {
		got, ok := ParseDuration(text)
		if !ok || got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, ok, want)
		}
		if again, ok := ParseDuration(DurationWords(got)); !ok || again != got {
			t.Errorf("%s: its words are %s, which are %v", text, DurationWords(got), again)
		}
	}
	for _, text := range []string{"", "30", "0s", "-1h", "1.5h", "1 h", "h", "1y", "36501d", "999999999w", "1h 30min", "∞", "5D"} {
		if got, ok := ParseDuration(text); ok || got != 0 {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestALifeIsThatOfTheKindOrOfAllOthers(t *testing.T) {
	p := Plan{Lives: []Life{{Default: time.Hour}, {Kind: "personal", Longest: time.Minute}}}
	if p.Life("personal").Longest != time.Minute || p.Life("account").Default != time.Hour || (Plan{}).Life("account") != (Life{}) {
		t.Errorf("got %+v, %+v, %+v", p.Life("personal"), p.Life("account"), (Plan{}).Life("account"))
	}
}

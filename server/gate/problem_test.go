package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// Who adds a reason to the domain adds its words and its status here.
func TestEveryReasonHasACase(t *testing.T) {
	g := New(nil, Options{})
	nobodys := g.explain(keywright.Verdict{Reason: "of nobody's"})
	for _, reason := range keywright.Reasons() {
		e := g.explain(keywright.Verdict{Reason: reason})
		if e.title == nobodys.title {
			t.Errorf("%s: no case", reason)
		}
		if e.title == "" || !strings.HasSuffix(e.detail, ".") || e.status < 400 || e.status >= 500 {
			t.Errorf("%s: got %+v, want a title, a sentence and a status between 400 and 499", reason, e)
		}
		if (e.status == 401) != strings.HasPrefix(e.challenge, challenge) && e.status != 400 {
			t.Errorf("%s: got %d with challenge %q; every 401 has one", reason, e.status, e.challenge)
		}
	}
}

func TestAReasonOfNobodysIsRefusedAllTheSame(t *testing.T) {
	g := New(nil, Options{})
	if f := g.refusalOf(keywright.Verdict{Reason: "of nobody's", Key: keywright.Key{ID: "key_x"}}); f.problem.Status != 403 {
		t.Errorf("with the key proved: got %d, want 403", f.problem.Status)
	}
	if f := g.refusalOf(keywright.Verdict{Reason: "of nobody's"}); f.problem.Status != 401 {
		t.Errorf("without: got %d, want 401", f.problem.Status)
	}
}

func TestDetailsSayWhatToDo(t *testing.T) {
	g := New(nil, Options{})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	key := keywright.Key{ID: "key_x", NotBefore: at, Expires: at}
	for name, c := range map[string]struct {
		verdict keywright.Verdict
		want    string
	}{
		"begins":             {keywright.Verdict{Reason: keywright.NotYetValid, Key: key}, "at 2026-03-01T11:00:00Z"},
		"ended":              {keywright.Verdict{Reason: keywright.Expired, Key: key}, "at 2026-03-01T11:00:00Z"},
		"the plan":           {keywright.Verdict{Reason: keywright.PlanNotEntitled, Key: key, Account: keywright.Account{Plan: "lite"}}, "the Lite plan has no API access; it begins with the Basic plan"},
		"a plan that is not": {keywright.Verdict{Reason: keywright.PlanNotEntitled, Key: key, Account: keywright.Account{Plan: "gold"}}, "the gold plan has no API access"},
		"the versions":       {keywright.Verdict{Reason: keywright.VersionNotAllowed, Key: key}, "There is v1, v2."},
		"every way": {
			keywright.Verdict{Reason: keywright.NoCredential, Key: key, Version: policy.Version{Name: "v1", Presentations: []policy.Presentation{
				policy.PresentToken, policy.PresentBearer, policy.PresentBasic, policy.PresentHeader, "carrier pigeon",
			}}},
			`API version v1 takes a key as Authorization: Token token=KEY or Authorization: Bearer KEY or Authorization: Basic with the key as user or X-API-Key: KEY or "carrier pigeon".`,
		},
	} {
		if got := g.explain(c.verdict).detail; !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want it to contain %q", name, got, c.want)
		}
	}
}

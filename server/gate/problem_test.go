package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
)

// Who adds a reason to the domain adds its words and its status here.
func TestEveryReasonHasACase(t *testing.T) {
	o := newOffer(policy.Default(), "")
	nobodys := o.explain(&keywright.Verdict{Reason: "of nobody's"})
	for _, reason := range keywright.Reasons() {
		e := o.explain(&keywright.Verdict{Reason: reason})
		if e.title == nobodys.title {
			t.Errorf("%s: no case", reason)
		}
		if e.title == "" || !strings.HasSuffix(e.detail, ".") || strings.Contains(e.detail, "0001-01-01") {
			t.Errorf("%s: got %+v, want a title, and a sentence without a time that nobody said", reason, e)
		}
		if (e.status == 503) != (reason == keywright.Stale) || e.status/100 != 4 && e.status != 503 {
			t.Errorf("%s: got %d, want 503 for what can't be said, and 4xx for all else", reason, e.status)
		}
		if (e.retryAfter > 0) != (e.status == 429 || e.status == 503) {
			t.Errorf("%s: got %d with Retry-After %d; every 429 and 503 has one", reason, e.status, e.retryAfter)
		}
		switch hasChallenge := strings.HasPrefix(e.challenge, challenge); {
		case e.status == 401 && !hasChallenge:
			t.Errorf("%s: got challenge %q; every 401 has one", reason, e.challenge)
		case hasChallenge && e.status != 401 && reason != keywright.AmbiguousCredential && reason != keywright.OutOfScope:
			t.Errorf("%s: got challenge %q with %d", reason, e.challenge, e.status)
		}
	}
}

func TestAReasonOfNobodysIsRefusedAllTheSame(t *testing.T) {
	o := newOffer(policy.Default(), "")
	if f := o.refusalOf(&keywright.Verdict{Reason: "of nobody's", Key: keywright.Key{ID: "key_x"}}); f.Status != 403 {
		t.Errorf("with the key proved: got %d, want 403", f.Status)
	}
	if f := o.refusalOf(&keywright.Verdict{Reason: "of nobody's"}); f.Status != 401 {
		t.Errorf("without: got %d, want 401", f.Status)
	}
}

func TestDetailsSayWhatToDo(t *testing.T) {
	o := newOffer(policy.Default(), "https://keys.example.com")
	off := policy.Version{Name: "v0", State: policy.Off, Documentation: "/help/v0"}
	noticed := off
	noticed.Notice = "https://developer.example.com/v0"
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	key := keywright.Key{ID: "key_x", NotBefore: at, Expires: at}
	for name, c := range map[string]struct {
		verdict keywright.Verdict
		want    string
	}{
		"begins":                    {keywright.Verdict{Reason: keywright.NotYetValid, Key: key}, "begins at 2026-03-01T11:00:00Z"},
		"ended":                     {keywright.Verdict{Reason: keywright.Expired, Key: key}, "ended at 2026-03-01T11:00:00Z"},
		"off":                       {keywright.Verdict{Reason: keywright.VersionOff, Key: key, Version: off}, "API version v0 was switched off. There is v1, v2. See https://keys.example.com/help/v0 for what to do."},
		"off, with a notice":        {keywright.Verdict{Reason: keywright.VersionOff, Key: key, Version: noticed}, "See https://developer.example.com/v0 for what to do."},
		"off, documented elsewhere": {keywright.Verdict{Reason: keywright.VersionOff, Key: key, Version: policy.Version{Name: "v0", Documentation: "https://docs.example.com/v0"}}, "See https://docs.example.com/v0 for"},
		"a scope":                   {keywright.Verdict{Reason: keywright.OutOfScope, Key: key, Missing: "users:read"}, "lacks the scope users:read."},
		"a scope unnamed":           {keywright.Verdict{Reason: keywright.OutOfScope, Key: key}, "do not cover the request."},
		"a wait":                    {keywright.Verdict{Reason: keywright.OverLimit, Key: key, Limit: limit.Decision{RetryAfter: 2100 * time.Millisecond}}, "Try again after 3 s."},
		"a wait for nothing":        {keywright.Verdict{Reason: keywright.OverLimit, Key: key, Limit: limit.Decision{RetryAfter: limit.Never}}, "more than the plan's rate ever has room for"},
		"the plan":                  {keywright.Verdict{Reason: keywright.PlanNotEntitled, Key: key, Account: keywright.Account{Plan: "lite"}}, "the Lite plan has no API access; it begins with the Basic plan"},
		"a plan that is not":        {keywright.Verdict{Reason: keywright.PlanNotEntitled, Key: key, Account: keywright.Account{Plan: "gold"}}, "the gold plan has no API access"},
		"the versions":              {keywright.Verdict{Reason: keywright.VersionNotAllowed, Key: key}, "There is v1, v2."},
		"every way": {
			keywright.Verdict{Reason: keywright.NoCredential, Key: key, Version: policy.Version{Name: "v1", Presentations: []policy.Presentation{
				policy.PresentToken, policy.PresentBearer, policy.PresentBasic, policy.PresentHeader, "carrier pigeon",
			}}},
			`API version v1 takes a key as Authorization: Token token=KEY or Authorization: Bearer KEY or Authorization: Basic with the key as user or X-API-Key: KEY or "carrier pigeon".`,
		},
	} {
		if got := o.explain(&c.verdict).detail; !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want it to contain %q", name, got, c.want)
		}
	}
}

// A challenge is one line of quoted words, whatever a verifier says is missing.
func TestWhatIsMissingCanNotEndTheChallenge(t *testing.T) {
	for _, missing := range []string{`a", error="x`, "a\r\nSet-Cookie: x", "a b", "", "*", "é"} {
		if e := outOfScope(missing); e.challenge != insufficientScope {
			t.Errorf("%q: got %q", missing, e.challenge)
		}
	}
}

func TestSecondsAreRoundedUp(t *testing.T) {
	for wait, want := range map[time.Duration]int{
		0: 1, 1: 1, time.Second: 1, time.Second + 1: 2, 1999 * time.Millisecond: 2, time.Hour: 3600, 24 * 366 * time.Hour: 31622400, limit.Never: 0, limit.Never - time.Second: 9223372036,
	} {
		if got := seconds(wait); got != want {
			t.Errorf("%v: got %d, want %d", wait, got, want)
		}
	}
}

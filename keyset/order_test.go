package keyset

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// situation is a request and all that it depends on. It begins good, and each step of the table
// makes one more thing wrong, from the last check to the first: each time the code must be that
// of the newest, as it is checked before all that were wrong already.
type situation struct {
	account Account
	member  Member
	key     Key
	rules   Rules
	text    string
	request Request
	now     time.Time
	uptime  time.Duration
}

func TestTheFirstCheckThatFailsAnswers(t *testing.T) {
	keyring := testKeyring(t)
	p := population{1, keyring}
	text := p.text(t, 0)
	good := func() *situation {
		s := &situation{
			account: Account{ID: p.accountID(0), Slug: "acme", Plan: "standard"},
			member:  Member{ID: "mem_1", Account: p.accountID(0), Role: "user", Active: true},
			key:     p.key(t, 0),
			rules:   rules(),
			text:    text,
			request: Request{Way: policy.PresentToken, Method: "GET", ClientIP: netip.MustParseAddr("192.0.2.7"), Scopes: []string{"incidents:read"}},
			now:     noon(),
		}
		s.rules.Plans[1].Rate = limit.Rate{Every: time.Minute, Burst: 1}
		s.key.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		return s
	}
	type step struct {
		name  string
		want  Code
		apply func(*situation)
	}
	steps := []step{
		{"a good request", Valid, func(*situation) {}},
		{"one more than the rate allows", OverLimit, func(s *situation) { s.request.Cost = 2 }},
		{"a scope that the key lacks", OutOfScope, func(s *situation) { s.key.Scopes = []string{"services:*"} }},
		{"a read-only key that writes", ReadOnly, func(s *situation) { s.key.Kind, s.request.Method = ReadOnlyKey, "POST" }},
		{"a version that is off", VersionOff, func(s *situation) { s.request.Version = "v0" }},
		{"a version that the policy lacks", VersionNotAllowed, func(s *situation) { s.request.Version = "v9" }},
		{"a live key where a test key is wanted", EnvironmentNotAllowed, func(s *situation) { s.request.Env = secret.Test }},
		{"another network", NetworkNotAllowed, func(s *situation) { s.request.ClientIP = netip.MustParseAddr("198.51.100.7") }},
		{"a member who is not active", MemberInactive, func(s *situation) {
			s.key.Kind, s.key.Member, s.member.Active = PersonalKey, s.member.ID, false
		}},
		{"a plan without API access", PlanNotEntitled, func(s *situation) { s.account.Plan = "lite" }},
		{"a personal key on a plan without them", PlanNotEntitled, func(s *situation) {
			s.key.Kind, s.key.Member, s.rules.Plans[1].PersonalKeys = PersonalKey, s.member.ID, false
		}},
		{"a suspended account", AccountSuspended, func(s *situation) { s.account.Suspended = true }},
		{"a key that has expired", Expired, func(s *situation) { s.key.Expires = noon() }},
		{"a key that has not begun", NotYetValid, func(s *situation) { s.key.NotBefore = noon().Add(time.Millisecond) }},
		{"a key that is disabled for a while", Disabled, func(s *situation) { s.key.Disabled, s.key.Enables = true, noon().Add(time.Millisecond) }},
		{"a disabled key", Disabled, func(s *situation) { s.key.Disabled, s.key.Enables = true, time.Time{} }},
		{"a revoked key", Revoked, func(s *situation) { s.key.Revoked = true }},
		{"a way that the version does not take", NoCredential, func(s *situation) { s.request.Version, s.request.Way = "v2", policy.PresentBasic }},
		{"another secret", Unknown, func(s *situation) { s.text = text[:25] + "x" + text[26:50]; s.text += checkOf(s.text) }},
		{"a revision that was not reached", Stale, func(s *situation) { s.request.MinRevision = 2 }},
		{"a lease that has ended", Stale, func(s *situation) { s.uptime = time.Minute }},
		{"a wrong check digit", Malformed, func(s *situation) { s.text = mistyped(text, len(text)-1) }},
		{"no text", NoCredential, func(s *situation) { s.text = "" }},
	}
	ask := func(s *situation) Verdict {
		set, err := Load(keyring, s.rules, Options{}, Snapshot{Revision: 1, Records: func(yield func(Change, error) bool) {
			_ = yield(s.account, nil) && yield(s.member, nil) && yield(s.key, nil)
		}})
		if err != nil {
			t.Fatal(err)
		}
		set.Extend(0, time.Minute)
		return set.Verify(s.text, s.request, s.now, s.uptime)
	}
	all := good()
	for _, step := range steps {
		alone := good()
		step.apply(alone)
		if got := ask(alone).Code; got != step.want {
			t.Errorf("%s, alone: got %s, want %s", step.name, got, step.want)
		}
		step.apply(all)
		if got := ask(all).Code; got != step.want {
			t.Errorf("%s, with all before: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestCodesAreTheWordsOfTheAPI(t *testing.T) {
	want := []string{
		"", "valid", "no_credential", "ambiguous_credential", "malformed", "stale", "unknown", "revoked", "disabled",
		"not_yet_valid", "expired", "account_suspended", "plan_not_entitled", "member_inactive", "network_not_allowed", "environment_not_allowed",
		"version_not_allowed", "version_off", "read_only", "out_of_scope", "over_limit", "over_quota", "",
	}
	var got []string
	for code := Code(0); code <= OverQuota+1; code++ {
		got = append(got, code.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Half-open: the first instant of NotBefore verifies, that of Expires and Ends does not.
func TestInstants(t *testing.T) {
	far := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		notBefore, expires, ends, now time.Time
		want                          Code
	}{
		"a millisecond before it begins":          {noon(), time.Time{}, time.Time{}, noon().Add(-time.Millisecond), NotYetValid},
		"a nanosecond before it begins":           {noon(), time.Time{}, time.Time{}, noon().Add(-1), NotYetValid},
		"when it begins":                          {noon(), time.Time{}, time.Time{}, noon(), Valid},
		"within the millisecond in which it does": {noon().Add(1), time.Time{}, time.Time{}, noon().Add(2), NotYetValid},
		"a nanosecond before it expires":          {time.Time{}, noon(), time.Time{}, noon().Add(-1), Valid},
		"when it expires":                         {time.Time{}, noon(), time.Time{}, noon(), Expired},
		"within the millisecond in which it ends": {time.Time{}, noon().Add(5), time.Time{}, noon(), Expired},
		"expired in 1970":                         {time.Time{}, time.Unix(0, 0), time.Time{}, noon(), Expired},
		"expired before 1970":                     {time.Time{}, time.Unix(-1, 0), time.Time{}, time.Unix(0, 0).Add(time.Millisecond), Expired},
		"begun before 1970":                       {time.Unix(-1, 0), time.Time{}, time.Time{}, noon(), Valid},
		"expires in the year 9999":                {time.Time{}, far, time.Time{}, noon(), Valid},
		"when it expires in the year 9999":        {time.Time{}, far, time.Time{}, far, Expired},
		"expires in the farthest future there is": {time.Time{}, time.Unix(1<<60, 0), time.Time{}, far, Valid},
		"begins in the farthest future there is":  {time.Unix(1<<60, 0), time.Time{}, time.Time{}, far, NotYetValid},
		"a millisecond before its grace ends":     {time.Time{}, time.Time{}, noon(), noon().Add(-time.Millisecond), Valid},
		"when its grace ends":                     {time.Time{}, time.Time{}, noon(), noon(), Expired},
		"grace that lasts longer than the key":    {time.Time{}, noon(), noon().Add(time.Hour), noon(), Expired},
		"a key that expires before it has begun":  {noon().Add(time.Hour), noon().Add(-time.Hour), time.Time{}, noon(), NotYetValid},
		"the same instant in another time zone":   {time.Time{}, noon().In(time.FixedZone("", 3600)), time.Time{}, noon(), Expired},
	} {
		p := population{1, testKeyring(t)}
		k := p.key(t, 0)
		k.NotBefore, k.Expires, k.Seals[0].Ends = c.notBefore, c.expires, c.ends
		s := p.load(t)
		if err := s.Apply(2, k); err != nil {
			t.Fatal(err)
		}
		if got := s.Verify(p.text(t, 0), Request{}, c.now, 0).Code; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// mistyped changes one character of a text.
func mistyped(text string, at int) string {
	other := "x"
	if text[at] == 'x' {
		other = "y"
	}
	return text[:at] + other + text[at+1:]
}

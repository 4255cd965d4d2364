package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// narrowForm asks for a key of a service that reads incidents from one network for 90 days.
func (b *browser) narrowForm(description string) url.Values {
	form := b.newKeyForm(description)
	for name, value := range map[string]string{"kind": "service", "service": "billing sync", "reach": "chosen", "networks": "192.0.2.0/24\r\n", "expires": "90d", "environment": "test"} {
		form.Set(name, value)
	}
	form["scopes"] = []string{"incidents:read", "services:read"}
	return form
}

func TestF16AKeyIsNarrowedWhenItIsMade(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	text := b.post("/api-access/new", b.narrowForm("sync")).is(http.StatusOK).secret()
	key := s.verifies(text).Key
	if key.Kind != keywright.ServiceKey || key.Service != "billing sync" || string(key.Member) != key.CreatedBy.ID || !slices.Equal(key.Scopes, []string{"incidents:read", "services:read"}) {
		t.Errorf("got %+v", key)
	}
	b.get(keyPath(key.ID)).says(
		"This key of the service “billing sync” may see incidents and their history, and see services and their integrations in acme, until 1 Aug 2026, from 192.0.2.0/24 only. It is called a test key",
		"acts as “billing sync”; answered for by Olive Owner", "services:read", "Limits",
	)
}

func TestTheSentenceShrinksAsTheKeyIsNarrowed(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	for says, change := range map[string]url.Values{
		"This key may read and write everything in acme, for ever, from anywhere.":                   {},
		"This key may read everything in acme and change nothing, for ever, from anywhere.":          {"kind": {"read_only"}},
		"This key, which acts as you, may do what your role allows at that moment in acme, for ever": {"kind": {"personal"}},
		"This key of a service may read and write everything in acme":                                {"kind": {"service"}},
		"This key may see incidents and their history in acme, for 30 days, from 3 networks only.":   {"reach": {"chosen"}, "scopes": {"incidents:read"}, "expires": {"30d"}, "networks": {"192.0.2.7, 192.0.2.8\n2001:db8::/32"}},
		"and 4 more things in acme": {"reach": {"chosen"}, "scopes": s.policy.ScopesOf([]string{"*"})[:7], "kind": {"read_only"}},
		"may do nothing in acme":    {"reach": {"chosen"}},
		"This key may read and write everything in acme, from 1 Jan 2027 on, until 1 Feb 2027, from the networks b": {"not_before": {"2027-01-01"}, "expires": {"date"}, "expires_on": {"2027-02-01"}, "networks": {"nonsense"}},
		"until the day below, from anywhere": {"expires": {"date"}},
	} {
		p := b.post("/api-access/new/readback", change).is(http.StatusOK)
		if !strings.Contains(p.body, says) {
			t.Errorf("%v: got %q, want %q", change, p.body, says)
		}
	}
}

func TestWhatIsWrongWithALimitIsSaidAtItsFieldAndNothingIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		set  url.Values
		says string
	}{
		"a network of nothing":    {url.Values{"networks": {"192.0.2.0/24\n192.0.2.0/33"}}, "Allowed networks has as its entry 2 one that is no network"},
		"a network with host":     {url.Values{"networks": {"192.0.2.7/24"}}, "write 192.0.2.0/24 for all of it"},
		"nothing chosen":          {url.Values{"reach": {"chosen"}, "scopes": nil}, "Scopes are to be chosen, and none is"},
		"a scope that isn't":      {url.Values{"reach": {"chosen"}, "scopes": {"incidents:fly"}}, "Scopes hold one that there is not"},
		"an end in the past":      {url.Values{"expires": {"date"}, "expires_on": {"2020-01-01"}}, "Expires is in the past"},
		"no day":                  {url.Values{"expires": {"date"}, "expires_on": {""}}, "Expires is neither a duration"},
		"an end before the start": {url.Values{"expires": {"30d"}, "not_before": {"2027-01-01"}}, "Expires is not after not_before"},
		"a kind that isn't":       {url.Values{"kind": {"emperor"}}, "Kind is none of"},
		"nobody to answer":        {url.Values{"kind": {"service"}, "member": {"mem_x"}}, "Who answers for it is no active member"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			b := s.as("owner", "acme")
			form := b.narrowForm("sync")
			for field, values := range c.set {
				form[field] = values
			}
			p := b.post("/api-access/new", form).is(http.StatusUnprocessableEntity).says(c.says, "Error: Create New API Key")
			if p.value("description") != "sync" || p.value("environment") != "test" || p.value("once") != form.Get("once") || !strings.Contains(p.body, `<details class="more" open>`) {
				t.Error("the form lost what was typed, or hides what is wrong")
			}
		})
	}
}

// TestF18AMemberMakesAPersonalKeyOfHisOwn: who can't reach the account's keys is led to his own.
func TestF18AMemberMakesAPersonalKeyOfHisOwn(t *testing.T) {
	for _, role := range []string{"user", "limited_user"} {
		s := newSite(t)
		account, _ := s.issue("acme", "nightly export")
		b := s.as(role, "acme")
		if path := b.get("/api-access").is(http.StatusForbidden).link("Make a personal key"); path != "/personal-keys/new" {
			t.Errorf("F18: the refusal leads to %s", path)
		}
		b.get("/personal-keys").is(http.StatusOK).says("No personal keys yet").saysNot("nightly export")
		p := b.get("/personal-keys/new").is(http.StatusOK).says("which acts as you").saysNot("users:write", "Service")
		form := url.Values{"description": {"my script"}, "once": {p.value("once")}, "api_version": {"v1"}, "kind": {"account"}}
		text := b.post("/personal-keys/new", form).is(http.StatusOK).secret()
		key := s.verifies(text).Key
		if key.Kind != keywright.PersonalKey || string(key.Member) != key.CreatedBy.ID {
			t.Fatalf("F18: got a key of kind %s for %s", key.Kind, key.Member)
		}
		path := personalKeys().key(key.ID)
		b.post(path+"/close", nil).goesTo("/personal-keys")
		b.get("/personal-keys").says("my script", "is ready to use").saysNot("nightly export")
		b.get(path).says("which acts as you, may do what your role allows")
		b.get(personalKeys().key(account.ID)).is(http.StatusForbidden)
		s.as("admin", "acme").get(keyPath(key.ID)).says("may do what their role allows").saysNot(text)
		b.post(path+"/delete", url.Values{"reason": {""}}).goesTo("/personal-keys")
		if v := s.verifies(text); v.Valid {
			t.Error("F18: the key verifies after its end")
		}
	}
}

func TestAKindThatThePlanLacksStandsThereWithTheReason(t *testing.T) {
	s := newSite(t)
	s.policy.Plans[2].PersonalKeys = false
	s.as("owner", "acme").get("/api-access/new").says("The Standard plan has no personal keys.")
	b := s.as("user", "acme")
	b.get("/personal-keys/new").is(http.StatusPaymentRequired).says("The Standard plan has no personal keys", "Enterprise")
	b.get("/personal-keys").is(http.StatusOK).says("The Standard plan has no personal keys").saysNot("+ Create")
	if body := b.get("/api-access").is(http.StatusForbidden).body; strings.Contains(body, "/personal-keys/new") {
		t.Error("the refusal leads to what the plan lacks")
	}
}

func TestThePlanSaysHowLongKeysLive(t *testing.T) {
	s := newSite(t)
	s.policy.Plans[2].Lives = []policy.Life{{Kind: "personal", Default: 90 * aDay, Longest: 365 * aDay}}
	b := s.as("user", "acme")
	b.get("/personal-keys/new").says("Personal keys: 90 days unless you choose otherwise, 365 days at most.", "in acme, for 90 days, from anywhere")
}

func TestNobodyIsAskedForTheEnvironmentWhereThereIsOne(t *testing.T) {
	s := newSite(t)
	s.policy.Keys.Environments = []string{"live"}
	b := s.as("owner", "acme")
	p := b.get("/api-access/new").saysNot("Environment")
	b.post("/api-access/new", url.Values{"description": {"one"}, "once": {p.value("once")}, "api_version": {"v1"}}).is(http.StatusOK)
}

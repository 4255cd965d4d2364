package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

func plainly(said []part) string {
	var text strings.Builder
	for _, p := range said {
		text.WriteString(p.text)
	}
	return text.String()
}

func TestEveryActionHasASentence(t *testing.T) {
	s := newSite(t)
	ada := keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "Ada"}
	operator := keywright.Actor{Kind: keywright.PrincipalOperator, Name: "the operator"}
	account := keywright.Subject{Kind: "account", ID: "acct_1", Name: "Acme"}
	uma := keywright.Subject{Kind: "member", ID: "mem_2", Name: "Uma"}
	key := keywright.Subject{Kind: "key", ID: "key_1", Name: "nightly export"}
	request := keywright.Subject{Kind: "request", ID: "req_1", Name: "nightly export"}
	asked := keywright.Subject{Kind: "support", ID: "sup_1", Name: "Uma"}
	want := map[keywright.Action][]struct {
		by      keywright.Actor
		of      keywright.Subject
		details map[string]string
		says    string
	}{
		keywright.AccountCreated: {{operator, account, map[string]string{"plan": "basic"}, "The operator created the account Acme on the Basic plan."}},
		keywright.PlanChanged:    {{operator, account, map[string]string{"from": "basic", "to": "gone"}, "The operator moved the account Acme from the Basic plan to the gone plan."}},
		keywright.MemberAdded: {
			{ada, uma, map[string]string{"role": "limited_user"}, "Ada added Uma with the role Limited user."},
			{keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "the operator for Ada"}, uma, map[string]string{"role": "user"}, "The operator for Ada added Uma with the role User."},
		},
		keywright.MemberJoined: {{keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_2", Name: "Uma"}, uma, nil, "Uma joined through an invitation link."}},
		keywright.LinkRenewed:  {{ada, uma, nil, "Ada made a new invitation link for Uma; older ones ended."}},
		keywright.RoleChanged:  {{ada, uma, map[string]string{"from": "user", "to": "admin"}, "Ada changed the role of Uma from User to Admin."}},
		keywright.MemberRemovedBy: {
			{ada, uma, nil, "Ada removed Uma from the account."},
			{ada, uma, map[string]string{"service_keys": "1", "responsible": "Ben"}, "Ada removed Uma from the account. One service key is now the responsibility of Ben."},
		},
		keywright.MemberDeactivatedBy: {
			{ada, uma, nil, "Ada deactivated Uma."},
			{ada, uma, map[string]string{"service_keys": "3", "responsible": "Ben"}, "Ada deactivated Uma. 3 service keys are now the responsibility of Ben."},
		},
		keywright.MemberActivatedBy: {{ada, uma, nil, "Ada activated Uma again."}},
		keywright.OwnerTransferred:  {{ada, uma, map[string]string{"from": "Ada", "role": "admin"}, "Ada made Uma owner in the place of Ada, who is Admin now."}},
		keywright.KeyIssued: {
			{ada, key, map[string]string{"version": "v2"}, "Ada created the key “nightly export” for API version v2."},
			{ada, key, map[string]string{"version": "v2", "request": "req_1", "approved_by": "Olive"}, "Ada collected the key “nightly export” for API version v2, as Olive had approved."},
		},
		keywright.KeyRequested:       {{ada, request, map[string]string{"scopes": "incidents:read users:*", "days": "90"}, "Ada asked for the key “nightly export”, for incidents:read, users:*, for 90 days."}},
		keywright.RequestApprovedBy:  {{ada, request, map[string]string{"scopes": "*", "days": "0"}, "Ada approved the request for the key “nightly export”, for everything, without end."}},
		keywright.RequestDeclinedBy:  {{ada, request, map[string]string{"why": "not now"}, "Ada declined the request for the key “nightly export”, saying “not now”."}},
		keywright.RequestWithdrawnBy: {{ada, request, nil, "Ada withdrew the request for the key “nightly export”."}},
		keywright.SupportAsked: {
			{ada, asked, nil, "Ada asked whoever runs this service."},
			{ada, asked, map[string]string{"page": "using-a-key"}, "Ada asked whoever runs this service under the help page using-a-key."},
		},
		keywright.SupportAnswered: {
			{operator, asked, nil, "The operator answered what Uma asked."},
			{operator, asked, map[string]string{"page": "using-a-key", "published": "yes"}, "The operator answered what Uma asked under the help page using-a-key, where every account can read it."},
		},
		keywright.SupportPublished:   {{operator, asked, map[string]string{"page": "using-a-key"}, "The operator published what Uma asked under the help page using-a-key, and the answer."}},
		keywright.SupportUnpublished: {{operator, asked, map[string]string{"page": "using-a-key"}, "The operator took back what Uma asked under the help page using-a-key, which was published."}},
		keywright.KeyRevokedBy: {
			{ada, key, map[string]string{"why": "leaked in a log"}, "Ada deleted the key “nightly export”, saying “leaked in a log”."},
			{keywright.Actor{Kind: keywright.PrincipalKey, ID: "key_2", Name: "deploy"}, key, nil, "The key “deploy” deleted the key “nightly export”."},
			{operator, key, map[string]string{"replayed": "7", "by": "Ada"}, "The operator deleted the key “nightly export”. It was done again, because an older copy of the database had lost it."},
		},
		keywright.KeyDisabledBy: {
			{ada, key, nil, "Ada disabled the key “nightly export”."},
			{operator, key, map[string]string{"replayed": "7"}, "The operator disabled the key “nightly export”. It was done again, because an older copy of the database had lost it."},
			{ada, key, map[string]string{"until": "2026-05-03T12:00:00Z", "why": "who uses it?"}, "Ada disabled the key “nightly export” until 3 May 2026, 12:00:00 UTC, saying “who uses it?”."},
		},
		keywright.KeyEnabledBy:  {{ada, key, nil, "Ada enabled the key “nightly export”."}},
		keywright.KeyRotated:    {{ada, key, map[string]string{"until": "2026-05-03T12:00:00.5Z"}, "Ada gave the key “nightly export” a new secret; the old one works until 3 May 2026, 12:00:00 UTC."}},
		keywright.KeyGraceEnded: {{ada, key, nil, "Ada ended the old secret of the key “nightly export”."}},
		keywright.KeyExpiring: {
			{operator, key, map[string]string{"days": "1", "expires": "2026-05-03T12:00:00Z"}, "The key “nightly export” expires 3 May 2026, 12:00:00 UTC: in less than a day."},
			{operator, key, map[string]string{"days": "30", "expires": "2026-05-03T12:00:00Z"}, "The key “nightly export” expires 3 May 2026, 12:00:00 UTC: in less than 30 days."},
		},
		keywright.KeyChanged: {
			{ada, key, map[string]string{"version": "v2"}, "Ada changed the key “nightly export”: its API version is v2."},
			{ada, key, map[string]string{"networks": "anywhere", "expires": "2026-05-03T12:00:00Z", "member": "mem_2"}, "Ada changed the key “nightly export”: it may be used from anywhere; it expires 3 May 2026, 12:00:00 UTC; another member answers for it."},
		},
		keywright.AccountSuspendedBy: {{operator, account, nil, "The operator suspended the account Acme."}},
	}
	for _, action := range keywright.Actions() {
		if len(want[action]) == 0 && action != keywright.TokenIssued && action != keywright.TokenRevoked && action != keywright.PolicyReplaced && action != keywright.Restored {
			t.Errorf("%s has no sentence in this test", action)
		}
		for _, c := range want[action] {
			got := plainly(s.console.tell(keywright.Event{Actor: c.by, Action: action, Subject: c.of, Details: c.details}))
			if got != c.says {
				t.Errorf("%s: got %q, want %q", action, got, c.says)
			}
		}
	}
	if got := plainly(s.console.tell(keywright.Event{Actor: ada, Action: "key.polished", Subject: key})); got != "Ada did key.polished to “nightly export”." {
		t.Errorf("an action from a newer version: got %q", got)
	}
}

func TestTheAuditLogTellsWhoDidWhatWhen(t *testing.T) {
	s := newSite(t)
	key, _ := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	gone := s.one("user", "acme")
	b.post(keyPath(key.ID)+"/delete", map[string][]string{"reason": {"leaked in a log"}}).goesTo("/api-access")
	b.post(memberPath(gone.ID)+"/remove", nil).goesTo("/members")
	p := b.get("/audit-log").is(http.StatusOK).says("deleted the key “nightly export” , saying “leaked in a log”", "Olive Owner removed Uma User from the account", "3 May 2026, 14:02 UTC")
	if !strings.Contains(p.body, `<time datetime="2026-05-03T14:02:00Z"`) {
		t.Error("the time isn't there for machines")
	}
	if got := p.link("“nightly export”"); got != keyPath(key.ID) {
		t.Errorf("the key leads to %s", got)
	}
	if got, want := p.link("Olive Owner"), memberPath(s.one("owner", "acme").ID); got != want {
		t.Errorf("the owner leads to %s, want %s", got, want)
	}
	if strings.Contains(p.body, string(gone.ID)) {
		t.Error("a removed member has no page to lead to")
	}
	for _, link := range p.find("a", "href") {
		path, _ := attr(link, "href")
		if strings.HasPrefix(path, "/members/") || strings.HasPrefix(path, "/api-access/") {
			b.get(path).is(http.StatusOK)
		}
	}
	if strings.ContainsAny(p.text(), "{}") {
		t.Error("the log shows data instead of words")
	}
}

func TestTheAuditLogIsReadPageByPage(t *testing.T) {
	s := newSite(t)
	for range 51 {
		s.now = s.now.Add(time.Second)
		s.issue("acme", "key of "+s.now.Format(time.TimeOnly))
	}
	b := s.as("owner", "acme")
	first := b.get("/audit-log").says("key of 14:02:51", "key of 14:02:02").saysNot("key of 14:02:01", "Newest events")
	b.get(first.link("Older events")).is(http.StatusOK).says("key of 14:02:01", "created the account", "Newest events").saysNot("key of 14:02:02")
	b.get("/audit-log?after=junk").is(http.StatusBadRequest)
}

func TestTheAuditLogIsOfOneAccount(t *testing.T) {
	s := newSite(t)
	s.issue("globex", "theirs")
	s.as("owner", "acme").get("/audit-log").says("Acme Incidents").saysNot("theirs", "Globex")
	for _, role := range []string{"user", "limited_user"} {
		s.as(role, "acme").get("/audit-log").is(http.StatusForbidden).saysNot("created the account")
	}
}

func TestNamesInTheAuditLogAreEscaped(t *testing.T) {
	s := newSite(t)
	s.issue("acme", "<script>alert(1)</script>")
	if p := s.as("owner", "acme").get("/audit-log"); strings.Contains(p.body, "<script>alert") {
		t.Error("a description runs as script")
	}
}

package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The file of the built-in policy says what the founding page says (F1, F2, F7, F8).
func TestTheDefaultFileIsTheFoundingPage(t *testing.T) {
	want := &Policy{
		Product: Product{Name: "Keywright", Brand: "kw"},
		Versions: []Version{
			{
				Name: "v1", Label: "Version 1", Preselected: true,
				Hint:          "Most integrations need a v1 key. If yours does not say, choose this one.",
				Documentation: "/help/api-versions",
				BasePath:      "/api/v1/", AcceptParameter: "1", Override: true,
				Presentations: []Presentation{PresentToken, PresentBearer, PresentHeader, PresentBasic},
			},
			{
				Name: "v2", Label: "Version 2",
				Hint:          "For integrations written for version 2, and for new code.",
				Documentation: "/help/api-versions",
				BasePath:      "/", AcceptParameter: "2", Override: true,
				Presentations: []Presentation{PresentToken, PresentBearer, PresentHeader},
			},
		},
		Scopes: []Scope{
			{"incidents:read", "See incidents and their history"},
			{"incidents:write", "Open, acknowledge and resolve incidents"},
			{"services:read", "See services and their integrations"},
			{"services:write", "Create, change and remove services"},
			{"schedules:read", "See schedules and who is on call"},
			{"schedules:write", "Change schedules and overrides"},
			{"users:read", "See people and how to reach them"},
			{"users:write", "Add, change and remove people"},
		},
		Roles: []Role{
			{Name: "owner", Label: "Owner", Owner: true, Rights: Rights(), Scopes: []string{"*"}, About: "Everything, for the whole account. Every account keeps at least one."},
			{Name: "admin", Label: "Admin", Rights: Rights(), Scopes: []string{"*"}, About: "Everything but making owners."},
			{Name: "user", Label: "User", Rights: []Right{ReadMembers, OwnKeys, RequestKeys}, Scopes: []string{"incidents:*", "services:read", "schedules:read", "users:read"}, About: "Works with the product; has personal keys, can't reach the account's."},
			{Name: "limited_user", Label: "Limited user", Rights: []Right{OwnKeys, RequestKeys}, Scopes: []string{"incidents:read"}, About: "Sees what was shared; has personal keys, can't reach the account's, nor members."},
		},
		Plans: []Plan{
			{Name: "lite", Label: "Lite"},
			{Name: "basic", Label: "Basic", APIAccess: true, PersonalKeys: true},
			{Name: "standard", Label: "Standard", APIAccess: true, PersonalKeys: true},
			{Name: "enterprise", Label: "Enterprise", APIAccess: true, PersonalKeys: true},
		},
		Keys: Keys{Environments: []string{"live", "test"}, Grace: 24 * time.Hour, LongestGrace: 30 * 24 * time.Hour},
	}
	got := Default()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Policy{}, "Routes", "Errors", "text")); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if len(got.Routes.Routes()) != 0 || got.Errors.String() != "problem+json" || got.Text() != defaultText {
		t.Errorf("got routes %v, errors %v", got.Routes.Routes(), got.Errors)
	}
	if again := Default(); again == got || &again.Versions[0] == &got.Versions[0] {
		t.Error("two defaults share what one caller may change")
	}
}

func BenchmarkDefault(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Default()
	}
}

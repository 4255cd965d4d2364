package policy

// Default is the built-in policy: the founding page's product, with its four roles, its
// plans of which Lite has no API access, and its API versions v1 (preselected, because
// most integrations needed it) and v2.
func Default() *Policy {
	return &Policy{
		Product: Product{Name: "Keywright", Brand: "kw"},
		Versions: []Version{
			{
				Name: "v1", Label: "Version 1", Preselected: true,
				Hint:          "Most integrations need a v1 key. If yours does not say, choose this one.",
				Documentation: "/help/api-versions",
				BasePath:      "/api/v1/", AcceptParameter: "1",
				Presentations: []Presentation{PresentToken, PresentBearer, PresentHeader, PresentBasic},
			},
			{
				Name: "v2", Label: "Version 2",
				Hint:          "For integrations written for version 2, and for new code.",
				Documentation: "/help/api-versions",
				BasePath:      "/", AcceptParameter: "2",
				Presentations: []Presentation{PresentToken, PresentBearer, PresentHeader},
			},
		},
		Roles: []Role{
			{Name: "owner", Label: "Owner", Owner: true, Rights: Rights(), About: "Everything, for the whole account. Every account keeps at least one."},
			{Name: "admin", Label: "Admin", Rights: Rights(), About: "Everything but making owners."},
			{Name: "user", Label: "User", Rights: []Right{ReadMembers}, About: "Works with the product; can't reach API keys."},
			{Name: "limited_user", Label: "Limited user", About: "Sees what was shared; can't reach API keys or members."},
		},
		Plans: []Plan{
			{Name: "lite", Label: "Lite"},
			{Name: "basic", Label: "Basic", APIAccess: true},
			{Name: "standard", Label: "Standard", APIAccess: true},
			{Name: "enterprise", Label: "Enterprise", APIAccess: true},
		},
	}
}

package policy

// The fields of each part of the file. What is not among them is a mistake. The reference,
// docs/reference/policy.md, has a table for each; a test compares.

func fileFields() []string {
	return []string{"product", "versions", "scopes", "roles", "plans", "keys", "routes", "errors", "requests"}
}

func productFields() []string { return []string{"name", "vendor", "brand"} }

func versionFields() []string {
	return []string{
		"name", "label", "hint", "documentation", "base_path", "accept", "presentations",
		"preselected", "override", "state", "deprecated", "sunset", "notice",
	}
}

func scopeFields() []string { return []string{"name", "description"} }

func roleFields() []string { return []string{"name", "label", "about", "owner", "rights", "scopes"} }

func planFields() []string {
	return []string{"name", "label", "api_access", "personal_keys", "rate", "keys_max", "new_keys", "lives"}
}

func lifeFields() []string { return []string{"kind", "default", "longest"} }

func keysFields() []string { return []string{"environments", "grace", "longest_grace"} }

func errorFields() []string { return []string{"format", "content_type", "body"} }

func requestFields() []string { return []string{"own"} }

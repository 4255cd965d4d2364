package policy

import _ "embed" // for defaultText

//go:embed default.yaml
var defaultText string

// Default is the built-in policy: the founding page's product, with its four roles, its
// plans of which Lite has no API access, and its API versions v1 (preselected, because
// most integrations needed it) and v2. Its Text is a file to begin an own one with.
func Default() *Policy {
	p, err := Parse([]byte(defaultText))
	if err != nil {
		panic(err) // a test parses it
	}
	return p
}

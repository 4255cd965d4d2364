package api

// Policy is a policy file.
type Policy struct {
	Text string `json:"text" maxLength:"1048576" doc:"The file's text, in YAML; its reference is docs/reference/policy.md."`
}

// PolicyInForce is the policy by which all nodes of a database go.
type PolicyInForce struct {
	Text          string `json:"text" doc:"The file's text, comments and all."`
	SinceRevision uint64 `json:"since_revision" doc:"The revision from which on it counts."`
}

// PolicyEffects is what a policy would change.
type PolicyEffects struct {
	Effects []PolicyEffect `json:"effects" nullable:"false" doc:"Empty: nothing that counts would change."`
}

// PolicyEffect is one difference that a policy would make, and whom it would concern.
type PolicyEffect struct {
	Difference string   `json:"difference" doc:"What differs, in words." example:"role user loses members:read from its rights"`
	Restricts  bool     `json:"restricts" doc:"Something that is let through today may be refused."`
	Orphans    bool     `json:"orphans" doc:"It would leave someone with a role, a plan or a version that there no longer is; such a policy is not put in force."`
	Accounts   int      `json:"accounts" doc:"How many accounts it concerns."`
	Members    int      `json:"members" doc:"How many members."`
	Keys       int      `json:"keys" doc:"How many keys that are not revoked."`
	Names      []string `json:"names" nullable:"false" doc:"The first 20 of them."`
}

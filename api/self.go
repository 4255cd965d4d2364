package api

// Self is who the caller is and what he may do.
type Self struct {
	Kind    string         `json:"kind" enum:"operator,member,key"`
	Account *Account       `json:"account" doc:"The account that is acted in; null for the operator outside of one."`
	Member  *Member        `json:"member" doc:"Set for a member."`
	Key     *Key           `json:"key" doc:"Set for a key."`
	Token   *OperatorToken `json:"token" doc:"Set for the operator who acts by a token."`
	Rights  []string       `json:"rights" nullable:"false" doc:"What the caller may do in the account." example:"[\"keys:manage\"]"`
}

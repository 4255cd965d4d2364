package api

// Introspection answers POST /v1/introspect (RFC 7662, section 2.2). Of a key that is not
// active it says nothing else.
type Introspection struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope,omitempty" doc:"The scopes in the key's reach, with a blank between them."`
	ClientID  string `json:"client_id,omitempty" doc:"The key's id." example:"key_o6p4Zq81LmT3"`
	TokenType string `json:"token_type,omitempty" example:"Bearer"`
	Expires   int64  `json:"exp,omitempty" doc:"When the key ends, in seconds since 1970; absent: it does not."`
	Subject   string `json:"sub,omitempty" doc:"The id of the member as whom a personal key acts, else of the account."`
	Issuer    string `json:"iss,omitempty" doc:"The address of the console."`

	// Members of our own (section 2.2 allows them).
	Account    string `json:"account,omitempty" doc:"The account's short name." example:"acme"`
	AccountID  string `json:"account_id,omitempty"`
	APIVersion string `json:"api_version,omitempty" doc:"The key's version." example:"v2"`
}

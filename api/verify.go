package api

import "time"

// VerifyRequest asks whether a credential is good for a request to the protected API.
// Exactly one of Credential and Authorization is given.
type VerifyRequest struct {
	Credential    string `json:"credential,omitempty" doc:"The key's text."`
	Authorization string `json:"authorization,omitempty" doc:"The request's Authorization header as it came."`
	Accept        string `json:"accept,omitempty" doc:"The request's Accept header, which may name an API version."`
	APIVersion    string `json:"api_version,omitempty" doc:"The API version that the request is for; it goes before Accept."`
	Method        string `json:"method,omitempty" doc:"The request's method."`
	Path          string `json:"path,omitempty" doc:"The request's path."`
	ClientIP      string `json:"client_ip,omitempty" doc:"The end client's address."`
}

// Verdict answers a VerifyRequest. What lies beyond valid and code is only told when the
// caller of the protected API proved that he holds the key.
type Verdict struct {
	Valid      bool            `json:"valid"`
	Code       Code            `json:"code" doc:"valid, or why not." example:"valid"`
	Detail     string          `json:"detail,omitempty" doc:"The code in words."`
	Key        *VerdictKey     `json:"key,omitempty"`
	Account    *VerdictAccount `json:"account,omitempty"`
	APIVersion string          `json:"api_version,omitempty" doc:"The version that the request is for." example:"v2"`
}

// VerdictKey is what a verdict tells of the key.
type VerdictKey struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"`
	Description string     `json:"description"`
	Environment string     `json:"environment"`
	LastFour    string     `json:"last_four"`
	APIVersion  string     `json:"api_version" doc:"The key's own version."`
	CreatedAt   time.Time  `json:"created_at"`
	RevokedAt   *time.Time `json:"revoked_at,omitempty"`
}

// VerdictAccount is what a verdict tells of the account.
type VerdictAccount struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Plan string `json:"plan"`
}

// CodeValid is the code of a good verdict.
const CodeValid Code = "valid"

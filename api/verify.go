package api

import "time"

// VerifyRequest asks whether a credential is good for a request to the protected API.
// Exactly one of Credential and Authorization is given.
type VerifyRequest struct {
	Credential    string `json:"credential,omitempty" doc:"The key's text."`
	Authorization string `json:"authorization,omitempty" doc:"The request's Authorization header as it came."`
	Accept        string `json:"accept,omitempty" doc:"The request's Accept header, which may name an API version."`
	APIVersion    string `json:"api_version,omitempty" doc:"The API version that the request is for; it goes before Accept."`
	Method        string `json:"method,omitempty" doc:"The request's method, as it was sent. A read-only key is refused without one." example:"GET"`
	Path          string `json:"path,omitempty" doc:"The request's path, as it was sent, with or without its query. Unless scopes are given, the policy's routes say with it and the method what is needed." example:"/incidents/7"`
	ClientIP      string `json:"client_ip,omitempty" doc:"The end client's address, without port or zone. A key with allowed networks is refused without one." example:"192.0.2.7"`

	Environment string `json:"environment,omitempty" enum:"live,test" doc:"The environment that the key must be for; left out, either." example:"live"`

	Scopes []string `json:"scopes,omitzero" doc:"The scopes that the request needs, all of them; at most 256. Given, even when empty, they stand in place of what the policy's routes say." example:"[\"incidents:read\"]"`

	Cost *uint64 `json:"cost,omitempty" doc:"What the request takes from the plan's rate: 0 asks without taking anything; at most 1000000; 1 when it is left out." example:"1"`

	MinRevision uint64 `json:"min_revision,omitempty" doc:"Refuse to answer, as stale, from less than this revision, which the answer to a change or an earlier verdict told."`
}

// Verdict answers a VerifyRequest. What lies beyond valid, code, detail, revision and age_ms is
// only told when the caller of the protected API proved that he holds the key.
type Verdict struct {
	Valid  bool   `json:"valid"`
	Code   Code   `json:"code" doc:"valid, or why not." example:"valid"`
	Detail string `json:"detail,omitempty" doc:"The code in words."`

	Key     *VerdictKey     `json:"key,omitempty"`
	Account *VerdictAccount `json:"account,omitempty"`
	Member  *VerdictMember  `json:"member,omitempty" doc:"As whom a personal key acts."`

	APIVersion  string     `json:"api_version,omitempty" doc:"The version that the request is for." example:"v2"`
	Deprecation *time.Time `json:"deprecation,omitempty" doc:"Since or from when that version is deprecated, or a time by which the secret was replaced; in a good verdict."`
	Sunset      *time.Time `json:"sunset,omitempty" doc:"When the first of these ends, as far as there is one: that version, a secret that was replaced, a key that has less than 30 days left; in a good verdict."`
	Notice      string     `json:"notice,omitempty" doc:"Where it is said what to do about that; in a good verdict."`

	Scopes       []string       `json:"scopes,omitzero" doc:"The scopes in the key's reach; empty: none."`
	MissingScope string         `json:"missing_scope,omitempty" doc:"The first of the needed scopes that is not, when the code is out_of_scope."`
	Limits       *VerdictLimits `json:"limits,omitempty" doc:"What is left of the plan's rate, if it has one."`

	Revision uint64 `json:"revision" doc:"The verdict is what was true at this revision; 0 when it rests on the request alone."`
	AgeMS    int64  `json:"age_ms" doc:"How many milliseconds ago that was last known to be all there is."`
	Stale    bool   `json:"stale,omitempty" doc:"That is longer than the staleness bound, and the operator chose to be answered all the same (--on-stale serve): what was taken away since is not known."`
}

// VerdictKey is what a verdict tells of the key.
type VerdictKey struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	Environment string `json:"environment"`
	LastFour    string `json:"last_four"`
	APIVersion  string `json:"api_version,omitempty" doc:"The key's own version."`

	ExpiresAt    *time.Time `json:"expires_at,omitempty" doc:"From when on the key no longer works."`
	SecretEndsAt *time.Time `json:"secret_ends_at,omitempty" doc:"From when on the secret that was presented no longer works, because another one has replaced it."`
}

// VerdictAccount is what a verdict tells of the account.
type VerdictAccount struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Plan string `json:"plan"`
}

// VerdictMember is what a verdict tells of the member.
type VerdictMember struct {
	ID string `json:"id"`
}

// VerdictLimits is what the request left of the plan's rate.
type VerdictLimits struct {
	Remaining    int   `json:"remaining" doc:"How many more requests there is room for at this moment."`
	RetryAfterMS int64 `json:"retry_after_ms,omitempty" doc:"How many milliseconds to wait until there is room again, when the code is over_limit."`
}

// VerifyBatch asks about up to MaxBatch credentials at once.
type VerifyBatch struct {
	Requests []VerifyRequest `json:"requests"`
}

// VerdictBatch answers a VerifyBatch: a verdict for each request, in their order.
type VerdictBatch struct {
	Verdicts []Verdict `json:"verdicts"`
}

// MaxCost is the most that a request can take from a rate.
const MaxCost = 1_000_000

// MaxBatch is how many requests a VerifyBatch can have.
const MaxBatch = 1000

// CodeValid is the code of a good verdict.
const CodeValid Code = "valid"

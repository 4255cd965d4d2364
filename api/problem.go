package api

import "net/url"

// Problem is the answer to a request that failed (RFC 9457), sent as application/problem+json.
// It never holds a value that the caller sent: someone may have pasted a key into the wrong
// field.
type Problem struct {
	Type      string       `json:"type" format:"uri" doc:"Identifies the kind of problem: urn:keywright:problem: and the code." example:"urn:keywright:problem:not_found"`
	Title     string       `json:"title" doc:"The kind of problem, in words." example:"Not found"`
	Status    int          `json:"status" doc:"The HTTP status." example:"404"`
	Code      Code         `json:"code" doc:"The kind of problem, stable: decide by this." example:"not_found"`
	Detail    string       `json:"detail,omitempty" doc:"What happened this time and what to do about it."`
	RequestID string       `json:"request_id,omitempty" doc:"Finds this request in the log; tell it to whoever helps you."`
	Errors    []FieldError `json:"errors,omitempty" doc:"Each place in the request that is wrong."`
}

// FieldError is one place in a request that is wrong.
type FieldError struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the body (RFC 6901), or #query/NAME, #header/NAME, #path/NAME." example:"/description"`
	Detail  string `json:"detail" doc:"What is wrong with it, and what to do."`
}

// Code is the stable name of a kind of problem or verdict.
type Code string

// The codes of problems that are not verdicts; those of verdicts are the domain's reasons.
const (
	// CodeUnauthenticated stands for a key that is missing, malformed or unknown: an end
	// client must not learn which.
	CodeUnauthenticated  Code = "unauthenticated"
	CodeInvalidJSON      Code = "invalid_json"
	CodeInvalid          Code = "invalid"
	CodeForbidden        Code = "forbidden"
	CodeCrossOrigin      Code = "cross_origin"
	CodeNotEntitled      Code = "plan_not_entitled"
	CodeSuspended        Code = "account_suspended"
	CodeNotFound         Code = "not_found"
	CodeMethodNotAllowed Code = "method_not_allowed"
	CodeNotAcceptable    Code = "not_acceptable"
	CodeConflict         Code = "conflict"
	CodeAlreadyRevoked   Code = "already_revoked"
	CodeAlreadyIssued    Code = "already_issued"
	CodeTooManyKeys      Code = "keys_max"
	CodeChanged          Code = "changed_meanwhile"
	CodeLastOwner        Code = "last_owner"
	CodeLinkSpent        Code = "link_spent"
	CodeWrongPassword    Code = "wrong_password"
	CodeOwnRequest       Code = "own_request"
	CodeRequesterOnly    Code = "requester_only"
	CodeMembersOnly      Code = "members_only"
	CodeTooLarge         Code = "too_large"
	CodeMediaType        Code = "unsupported_media_type"
	CodeThrottled        Code = "throttled"
	CodeInternal         Code = "internal"
	CodeOutcomeUnknown   Code = "outcome_unknown"
	CodeUnavailable      Code = "unavailable"

	CodeIdempotencyKeyInvalid Code = "idempotency_key_invalid"
	CodeIdempotencyKeyReused  Code = "idempotency_key_reused"
	CodeIdempotencyInFlight   Code = "idempotency_in_flight"
)

// NewProblem makes a problem of a kind; detail says what happened this time.
func NewProblem(status int, code Code, title, detail string) *Problem {
	return &Problem{Type: "urn:keywright:problem:" + url.PathEscape(string(code)), Title: title, Status: status, Code: code, Detail: detail}
}

// Error makes a Problem an error, for handlers that return one.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of every problem (RFC 9457, section 3).
func (p *Problem) ContentType(string) string { return ProblemType }

// ProblemType is the media type of a Problem.
const ProblemType = "application/problem+json"

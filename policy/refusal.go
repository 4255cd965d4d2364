package policy

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Refusal is what an end client is to be told of a request that was refused. The gate says
// what; the policy says in which form.
type Refusal struct {
	Status int    // 400 to 599
	Code   string // "out_of_scope": stable API
	Title  string // "Out of scope"
	Detail string // what to do about it; empty: nothing more to say
	Scope  string // the scope that is missing; empty: none is

	// Held are the scopes that the key has, when one is missing: clients that were made for
	// the pagerduty form print them.
	Held []string
}

// ErrorFormat is the form in which end clients are refused: they parse it. The zero
// ErrorFormat is problem+json.
type ErrorFormat struct {
	name        string // "pagerduty", "template"; empty: problem+json
	contentType string // of the template
	text        string // of the template, as it was written
	pieces      []piece
	asJSON      bool
}

// ProblemJSON is the form of RFC 9457, the same as the REST API's.
func ProblemJSON() ErrorFormat { return ErrorFormat{} }

// PagerDuty is the form of the product of the founding page, {"error":{"message","code",
// "errors":[]}}, with its codes.
func PagerDuty() ErrorFormat { return ErrorFormat{name: "pagerduty"} }

// String is the form's word in the policy file.
func (f ErrorFormat) String() string { return orElse(f.name, "problem+json") }

// Render writes a refusal: its media type and its body, which ends without a new line. The
// status is the same in every form.
func (f ErrorFormat) Render(r Refusal) (contentType string, body []byte) {
	switch f.name {
	case "pagerduty":
		return "application/json", pagerDutyBody(r)
	case "template":
		return f.contentType, f.fill(r)
	}
	return "application/problem+json", jsonOf(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail,omitempty"`
	}{"urn:keywright:problem:" + url.PathEscape(r.Code), r.Title, r.Status, r.Code, r.Detail})
}

// pagerDutyBody is the envelope as that product's clients read it. What they do not know they
// ignore, so our own code goes along. errors is always a list.
func pagerDutyBody(r Refusal) []byte {
	type envelope struct {
		Message        string   `json:"message"`
		Code           int      `json:"code"`
		Errors         []string `json:"errors"`
		RequiredScopes string   `json:"required_scopes,omitempty"`
		TokenScopes    *string  `json:"token_scopes,omitempty"`
		Reason         string   `json:"reason"`
	}
	e := envelope{Errors: []string{}, RequiredScopes: r.Scope, Reason: r.Code}
	e.Message, e.Code = pagerDutyCode(r)
	if r.Detail != "" {
		e.Errors = append(e.Errors, r.Detail)
	}
	if r.Scope != "" {
		held := strings.Join(r.Held, " ") // a text, as clients read it, also when it is empty
		e.TokenScopes = &held
	}
	return jsonOf(struct {
		Error envelope `json:"error"`
	}{e})
}

// pagerDutyCode is that product's message and code for a refusal. Where it has none, the code
// is the status, as its newer services do.
func pagerDutyCode(r Refusal) (message string, code int) {
	switch {
	case r.Scope != "":
		return "Token missing required scopes", 2010
	case r.Code == "account_suspended":
		return "Account Locked", 2008
	}
	switch r.Status {
	case 400:
		return "Invalid Input Provided", 2001
	case 401:
		return "Authentication failed", 2006
	case 402:
		return "Missing Account Ability", 2014
	case 403:
		return "Access Denied", 2010
	case 404:
		return "Not Found", 2100
	case 429:
		return "Rate Limit Exceeded", 2020
	}
	return r.Title, r.Status
}

// jsonOf never fails: what it is given holds texts and numbers alone.
func jsonOf(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return body
}

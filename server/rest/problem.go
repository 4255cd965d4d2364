package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// problem turns any error into what is answered, and the headers that go with it. An error
// that nobody foresaw becomes a bare 500; its cause is logged under the request's id.
func (h *handler) problem(ctx context.Context, v *visit, err error) (*api.Problem, http.Header) {
	if errors.Is(err, keywright.ErrNotFound) && v.by.Kind == keywright.PrincipalOperator && v.by.Account == "" {
		err = accountNeeded()
	}
	p, known := problemOf(v.operation, err)
	if !known {
		p = h.unforeseen(ctx, v, err)
	}
	if errors.Is(err, keywright.ErrUnavailable) || errors.Is(err, keywright.ErrOutcomeUnknown) {
		h.options.Log.WarnContext(ctx, "request not carried out", "request", v.requestID, "operation", v.operation, "error", err)
	}
	// A missing, a malformed and an unknown key are answered alike, byte for byte.
	if p.Code != api.CodeUnauthenticated {
		p.RequestID = v.requestID
	}
	return p, headersOf(p, err)
}

func (h *handler) unforeseen(ctx context.Context, v *visit, err error) *api.Problem {
	if ctx.Err() != nil { // the client went away, or the server stops
		h.options.Log.InfoContext(ctx, "request broken off", "request", v.requestID, "operation", v.operation, "error", err)
		return api.NewProblem(http.StatusServiceUnavailable, api.CodeUnavailable, "Not available", "The request was broken off before it was answered. Try again.")
	}
	h.options.Log.ErrorContext(ctx, "request failed", "request", v.requestID, "operation", v.operation, "error", err)
	return internal()
}

// headersOf are the headers that belong to a problem: a challenge on each 401 (RFC 9110,
// section 15.5.2), which names an error only to those who sent a credential (RFC 6750,
// section 3.1), and when to try again on each 503.
func headersOf(p *api.Problem, err error) http.Header {
	var tooFast *keywright.TooFastError
	if errors.As(err, &tooFast) {
		return http.Header{"Retry-After": {seconds(tooFast.Retry)}}
	}
	const challenge = `Bearer realm="keywright"`
	var refused *refusal
	sent := errors.As(err, &refused) && refused.sent
	switch {
	case sent && refused.wait > 0:
		return http.Header{"Www-Authenticate": {challenge + `, error="invalid_token"`}, "Retry-After": {seconds(refused.wait)}}
	case p.Status == http.StatusUnauthorized && sent:
		return http.Header{"Www-Authenticate": {challenge + `, error="invalid_token"`}}
	case p.Status == http.StatusUnauthorized:
		return http.Header{"Www-Authenticate": {challenge}}
	case p.Status == http.StatusBadRequest && sent:
		return http.Header{"Www-Authenticate": {challenge + `, error="invalid_request"`}}
	case p.Code == api.CodeIdempotencyInFlight:
		return http.Header{"Retry-After": {"1"}}
	case p.Status == http.StatusServiceUnavailable:
		return http.Header{"Retry-After": {"5"}}
	}
	return nil
}

// seconds are whole ones, and enough.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// problemOf has a case for each error of the domain and of this package; false: none.
func problemOf(operation string, err error) (*api.Problem, bool) {
	var (
		problem   *api.Problem
		refused   *refusal
		syntax    *api.SyntaxError
		forbidden *keywright.ForbiddenError
		conflict  *keywright.ConflictError
		issued    *keywright.AlreadyIssuedError
		notInPlan *keywright.NotEntitledError
		tooMany   *keywright.TooManyKeysError
		tooFast   *keywright.TooFastError
	)
	switch {
	case errors.As(err, &problem):
		return problem, true
	case errors.As(err, &refused):
		if refused.token {
			return tokenRefusalOf(refused.reason)
		}
		p, known := refusalOf(refused.reason)
		if !refused.until.IsZero() {
			p.Detail = "This key is disabled for a while. It works again at " + refused.until.Format(time.RFC3339) + "; whoever manages the account's keys can enable it before."
		}
		return p, known
	case errors.As(err, &syntax):
		p := api.NewProblem(http.StatusBadRequest, api.CodeInvalidJSON, "Invalid JSON", "The body is not the JSON object that this operation takes.")
		p.Errors = []api.FieldError{{Pointer: syntax.Pointer, Detail: syntax.Why}}
		return p, true
	case errors.Is(err, keywright.ErrNotFound):
		return api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "There is nothing by that id in this account."), true
	case errors.Is(err, keywright.ErrInvalid):
		var wrong []api.FieldError
		for _, field := range keywright.Invalids(err) {
			wrong = append(wrong, api.FieldError{Pointer: place(operation, field.Field), Detail: field.Why})
		}
		return invalid(wrong...), true
	case errors.Is(err, keywright.ErrConflict):
		p := api.NewProblem(http.StatusConflict, api.CodeConflict, "Conflict", "This is at odds with what is there already.")
		if errors.As(err, &conflict) {
			p.Detail = sentence(conflict.Error())
			p.Errors = []api.FieldError{{Pointer: place(operation, conflict.Field), Detail: conflict.Why}}
		}
		return p, true
	case errors.Is(err, keywright.ErrForbidden):
		p := api.NewProblem(http.StatusForbidden, api.CodeForbidden, "Forbidden", "You may not do this here.")
		if errors.As(err, &forbidden) {
			p.Detail = whyForbidden(forbidden)
		}
		return p, true
	case errors.Is(err, keywright.ErrNotEntitled):
		p := api.NewProblem(http.StatusPaymentRequired, api.CodeNotEntitled, "Not in the plan", "The account's plan has no API access.")
		if errors.As(err, &notInPlan) {
			p.Detail = sentence(notInPlan.Error())
		}
		p.Detail += " Keys keep their place and work again after an upgrade."
		return p, true
	case errors.Is(err, keywright.ErrRevoked):
		return api.NewProblem(http.StatusConflict, api.CodeAlreadyRevoked, "Already revoked", "It was revoked before. That is final; the first time and reason stay."), true
	case errors.Is(err, keywright.ErrAlreadyIssued):
		p := api.NewProblem(http.StatusConflict, api.CodeAlreadyIssued, "Already issued", "The same form was sent before.")
		if errors.As(err, &issued) {
			p.Detail = sentence(issued.Error())
		}
		p.Detail += " Its secret was shown then; if it is lost, revoke the key and issue another."
		return p, true
	case errors.Is(err, keywright.ErrTooManyKeys):
		p := api.NewProblem(http.StatusConflict, api.CodeTooManyKeys, "Too many keys", "The account has as many keys as its plan allows.")
		if errors.As(err, &tooMany) {
			p.Detail = sentence(tooMany.Error())
		}
		return p, true
	case errors.Is(err, keywright.ErrTooFast):
		p := api.NewProblem(http.StatusTooManyRequests, api.CodeThrottled, "Too fast", "This is done more often than it may be. Nothing was changed.")
		if errors.As(err, &tooFast) {
			p.Detail = sentence(tooFast.Error())
		}
		return p, true
	case errors.Is(err, keywright.ErrChanged):
		return api.NewProblem(http.StatusPreconditionFailed, api.CodeChanged, "Changed meanwhile", "It was changed since you saw it. Nothing was done; look at it again."), true
	case errors.Is(err, keywright.ErrNotYours):
		return api.NewProblem(http.StatusForbidden, api.CodeForbidden, "Not yours", "Only who holds this key may do that, because nobody else is shown its secret. A personal key is rotated by its member, and /v1/self is for keys."), true
	case errors.Is(err, keywright.ErrLastOwner):
		return api.NewProblem(http.StatusConflict, api.CodeLastOwner, "The last owner", "An account keeps at least one active owner. Make someone else an owner first."), true
	case errors.Is(err, keywright.ErrWrongPassword):
		return api.NewProblem(http.StatusUnauthorized, api.CodeWrongPassword, "Wrong e-mail or password", "The e-mail address or the password is wrong."), true
	case errors.Is(err, keywright.ErrLinkSpent):
		return api.NewProblem(http.StatusGone, api.CodeLinkSpent, "Link used or expired", "The link was used or has expired. Ask whoever sent it for a new one."), true
	case errors.Is(err, keywright.ErrSuspended):
		return api.NewProblem(http.StatusForbidden, api.CodeSuspended, "Account suspended", "The account is suspended. Nothing can be done in it until the operator of this service lifts that."), true
	case errors.Is(err, keywright.ErrOutcomeUnknown):
		return api.NewProblem(http.StatusServiceUnavailable, api.CodeOutcomeUnknown, "Outcome unknown", "Storing the change failed half-way: it may stand or not. Send it again with the same Idempotency-Key; if it had none, look first."), true
	case errors.Is(err, keywright.ErrUnavailable):
		return api.NewProblem(http.StatusServiceUnavailable, api.CodeUnavailable, "Not available", "The database does not answer. Nothing was changed; try again."), true
	case errors.Is(err, keywright.ErrReused):
		p := api.NewProblem(http.StatusUnprocessableEntity, api.CodeIdempotencyKeyReused, "Idempotency key reused", "The Idempotency-Key was sent before with another request. Draw a new one for each new request, and send the same request with the same one only to have it answered again.")
		p.Errors = []api.FieldError{{Pointer: "#header/" + idempotencyKey, Detail: "belongs to another request"}}
		return p, true
	case errors.Is(err, keywright.ErrBackwards):
		return api.NewProblem(http.StatusServiceUnavailable, api.CodeUnavailable, "Not available", "The database is an older copy of itself. Nothing is read from it or changed in it until the operator of this service has decided what becomes of it."), true
	case errors.Is(err, keywright.ErrOwnRequest):
		return api.NewProblem(http.StatusForbidden, api.CodeOwnRequest, "Your own request", "By the policy of this service someone else must approve what you asked for."), true
	case errors.Is(err, keywright.ErrRequesterOnly):
		return api.NewProblem(http.StatusForbidden, api.CodeRequesterOnly, "Only for whoever asked", "Only the member who asked may do this, and only himself: nobody else is shown the secret of his key."), true
	case errors.Is(err, keywright.ErrMembersOnly):
		return api.NewProblem(http.StatusForbidden, api.CodeMembersOnly, "Only for members", "Only a member of the account can ask. A key issues keys itself, if it may; the operator acts in a member's place with Keywright-Act-As."), true
	}
	return nil, false
}

// refusalOf has a case for each reason of a verification. Revoked and what follows is said
// only to whoever proved that he holds the key.
func refusalOf(reason keywright.Reason) (*api.Problem, bool) {
	code := api.Code(reason)
	switch reason {
	case keywright.NoCredential, keywright.Malformed, keywright.Unknown:
		return api.NewProblem(http.StatusUnauthorized, api.CodeUnauthenticated, "No valid key", "Send a valid key with the request, as Authorization: Bearer KEY, Authorization: Token token=KEY or X-API-Key: KEY. Never put it into the URL."), true
	case keywright.AmbiguousCredential:
		return api.NewProblem(http.StatusBadRequest, code, "More than one credential", "Send one key in one header, and none in the URL."), true
	case keywright.Revoked:
		return api.NewProblem(http.StatusUnauthorized, code, "Key revoked", "This key was revoked. That is final; use another one."), true
	case keywright.Disabled:
		return api.NewProblem(http.StatusUnauthorized, code, "Key disabled", "This key is disabled. Use another one, or ask whoever manages the account's keys to enable it."), true
	case keywright.NotYetValid:
		return api.NewProblem(http.StatusUnauthorized, code, "Key not yet valid", "The time from which this key is valid has not come."), true
	case keywright.Expired:
		return api.NewProblem(http.StatusUnauthorized, code, "Key expired", "This key has expired. Use another one."), true
	case keywright.AccountIsSuspended:
		return problemOf("", keywright.ErrSuspended)
	case keywright.PlanNotEntitled:
		return problemOf("", keywright.ErrNotEntitled)
	case keywright.VersionNotAllowed:
		return api.NewProblem(http.StatusForbidden, code, "API version not allowed", "The API version of this key is no longer offered. Use a key for another version."), true
	case keywright.VersionOff:
		return api.NewProblem(http.StatusGone, code, "API version switched off", "The API version of this key was switched off. Use a key for another version."), true
	case keywright.MemberInactive:
		return api.NewProblem(http.StatusForbidden, code, "Member inactive", "The member whom this key acts as is not active in the account."), true
	case keywright.NetworkNotAllowed:
		return api.NewProblem(http.StatusForbidden, code, "Network not allowed", "This key may not be used from the address that the request came from."), true
	case keywright.EnvironmentNotAllowed:
		return api.NewProblem(http.StatusForbidden, code, "Environment not allowed", "This key is for another environment."), true
	case keywright.ReadOnly:
		return api.NewProblem(http.StatusForbidden, code, "Read-only key", "This key may only read. Use one that may write."), true
	case keywright.OutOfScope:
		return api.NewProblem(http.StatusForbidden, code, "Out of scope", "This key's scopes do not cover the request."), true
	case keywright.OverLimit, keywright.OverQuota:
		return api.NewProblem(http.StatusTooManyRequests, code, "Too many requests", "The plan's limit is used up for now. Wait, then try again."), true
	case keywright.Stale:
		return api.NewProblem(http.StatusServiceUnavailable, code, "Not up to date", "Whether the key is good can't be said right now. Try again."), true
	}
	return nil, false
}

// tokenRefusalOf is the same for whoever proved that he holds an operator's token.
func tokenRefusalOf(reason keywright.Reason) (*api.Problem, bool) {
	code := api.Code(reason)
	switch reason {
	case keywright.Revoked:
		return api.NewProblem(http.StatusUnauthorized, code, "Token revoked", "This operator token was revoked. That is final; use another one."), true
	case keywright.Expired:
		return api.NewProblem(http.StatusUnauthorized, code, "Token expired", "This operator token has expired. Use another one."), true
	case keywright.OutOfScope:
		return api.NewProblem(http.StatusForbidden, code, "Out of scope", "This operator token is only for asking the data plane for verdicts. Use one that was issued to operate."), true
	}
	return nil, false
}

// whyForbidden says who may, why that is so, and what one can do instead (F1, F17).
func whyForbidden(e *keywright.ForbiddenError) string {
	if e.Right == "" {
		return "Only the operator of this service may do this: over its socket, or with an operator token, which no API key is. Ask whoever runs it."
	}
	if e.Role.Label == "" {
		return sentence(e.Error()) + " Whoever asked is no longer active in the account."
	}
	return fmt.Sprintf("%s Your role is %s: ask one of them to do it for you, or to give you a role that may.", sentence(e.Error()), strings.ToLower(e.Role.Label))
}

// place is where a field of the domain stands in the request of an operation.
func place(operation, field string) string {
	switch {
	case operation == opPreviewLeave, operation == opPreviewRole, operation == opPreviewPlan:
		return "#query/" + field
	case field == "limit", field == "cursor", field == "email" && operation == opListMembers, operation == opListKeys:
		return "#query/" + field
	case operation == opRevokeKeys && field != "filter" && field != "reason" && field != "reason_kind" && field != "confirm":
		return "/filter/" + field
	case field == "member" && operation != opIssueKey && operation != opChangeKey, field == "request", field == "support":
		return "#path/id"
	case operation == opCreateAccount && (field == "email" || field == "password"):
		return "/owner/" + field
	case operation == opCreateAccount && field == "member_name":
		return "/owner/name"
	case field == "member_name":
		return "/name"
	}
	return "/" + field
}

// sentence makes an error's text a sentence.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// What can be wrong with a request before the domain sees it.

func invalid(wrong ...api.FieldError) *api.Problem {
	p := api.NewProblem(http.StatusUnprocessableEntity, api.CodeInvalid, "Invalid request", "Correct what is listed under errors and send the request again.")
	p.Errors = wrong
	return p
}

func badHeader(name, why string) *api.Problem {
	return invalid(api.FieldError{Pointer: "#header/" + name, Detail: why})
}

func badIdempotencyKey(why string) *api.Problem {
	p := api.NewProblem(http.StatusBadRequest, api.CodeIdempotencyKeyInvalid, "Bad idempotency key", "The header Idempotency-Key can't be read. Nothing was changed.")
	p.Errors = []api.FieldError{{Pointer: "#header/" + idempotencyKey, Detail: why}}
	return p
}

func inFlight() *api.Problem {
	return api.NewProblem(http.StatusConflict, api.CodeIdempotencyInFlight, "Still being worked on", "A request with this Idempotency-Key is being worked on. Wait, then send it again: it will be answered as the first one was.")
}

func accountNeeded() *api.Problem {
	return badHeader("Keywright-Account", "is required: say by its slug in which account to act")
}

func noSuchAccount() *api.Problem {
	p := api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "There is no account with the slug that Keywright-Account names.")
	p.Errors = []api.FieldError{{Pointer: "#header/Keywright-Account", Detail: "names no account"}}
	return p
}

func noSuchMember() *api.Problem {
	p := api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "The account has no active member with the address that Keywright-Act-As names.")
	p.Errors = []api.FieldError{{Pointer: "#header/Keywright-Act-As", Detail: "names no active member"}}
	return p
}

func noSuchPath() *api.Problem {
	return api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "There is no such path; /v1/openapi.json lists those that there are.")
}

func methodNotAllowed(allow string) *api.Problem {
	return api.NewProblem(http.StatusMethodNotAllowed, api.CodeMethodNotAllowed, "Method not allowed", "This path takes "+allow+".")
}

func crossOrigin() *api.Problem {
	return api.NewProblem(http.StatusForbidden, api.CodeCrossOrigin, "Cross-origin request", "A page of another origin can't change anything with the session of a browser. Send a key instead.")
}

func tooLarge() *api.Problem {
	return api.NewProblem(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "Body too large", "A request body can have 64 KiB at most.")
}

func unsupportedMediaType() *api.Problem {
	return api.NewProblem(http.StatusUnsupportedMediaType, api.CodeMediaType, "Unsupported media type", "Send the body as Content-Type: application/json, in UTF-8 and not compressed.")
}

func internal() *api.Problem {
	return api.NewProblem(http.StatusInternalServerError, api.CodeInternal, "Internal error", "Something went wrong on our side. Tell whoever runs this service the request id.")
}

// ownProblem turns huma's report of bad parameters into ours, which leaves the values out. It
// is a transformer because that is huma's one hook of an API of its own: NewError, the
// documented way, is a variable of the whole process.
func (h *handler) ownProblem(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := internal()
	if model.Status < http.StatusInternalServerError {
		p = invalid()
	}
	p.Status = model.Status
	for _, detail := range model.Errors {
		in, name, _ := strings.Cut(detail.Location, ".")
		p.Errors = append(p.Errors, api.FieldError{Pointer: "#" + in + "/" + name, Detail: detail.Message})
	}
	p.RequestID = visitOf(ctx.Context()).requestID
	return p, nil
}

package rest

import (
	"cmp"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// responses refers to the problems that an operation may answer: those of every operation,
// and its own.
func responses(operation string, own ...int) map[string]*huma.Response {
	all := map[string]*huma.Response{}
	for _, status := range append(own,
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable,
	) {
		if status != http.StatusPaymentRequired || operation != opSelf {
			all[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + responseName(status)}
		}
	}
	return all
}

// documentOnce adds what goes with an idempotency key to an operation that takes one.
func documentOnce(op *huma.Operation) {
	least, most := 1, 2*255+2
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: idempotencyKey, In: "header", Example: "8e03978e-40d5-43dd-bc93-6894a57f9324",
		Description: "Lets this request take effect once, however often it is sent; see Sending again. 1 to 255 visible ASCII characters, in quotes or without: a UUID drawn for this request.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most},
	})
	op.Responses[strconv.Itoa(cmp.Or(op.DefaultStatus, http.StatusOK))] = &huma.Response{Headers: map[string]*huma.Param{
		replayed: {Description: "true: the request was sent before, and this is what was answered then.", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"true"}}},
	}}
}

func responseName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// problemResponses documents each status with examples that are made as the answers are, so
// that they can't say something else.
func problemResponses(registry huma.Registry) map[string]*huma.Response {
	schema := registry.Schema(reflect.TypeFor[api.Problem](), true, "")
	p := policy.Default()
	user, _ := p.Role("user")
	lite, _ := p.Plan("lite")
	basic, _ := p.Plan("basic")
	basic.KeysMax = 100
	all := map[string]*huma.Response{}
	for _, one := range []struct {
		status   int
		what     string
		examples []error
	}{
		{http.StatusBadRequest, "The request can't be read.", []error{
			&api.SyntaxError{Pointer: "/description", Why: "is given twice; give it once"},
			&refusal{reason: keywright.AmbiguousCredential, sent: true}, badIdempotencyKey("is given twice; give it once"),
		}},
		{http.StatusUnauthorized, "There is no valid key. A missing, a malformed and an unknown key are not told apart.", []error{
			&refusal{reason: keywright.Unknown, sent: true}, &refusal{reason: keywright.Revoked, sent: true}, &refusal{reason: keywright.Disabled, sent: true},
			&refusal{reason: keywright.NotYetValid, sent: true}, &refusal{reason: keywright.Expired, sent: true},
		}},
		{http.StatusPaymentRequired, "The account's plan has no API access.", []error{
			&keywright.NotEntitledError{Plan: lite, Need: p.PlansWithAPIAccess()},
		}},
		{http.StatusForbidden, "Whoever asks may not do this.", []error{
			&keywright.ForbiddenError{Right: policy.ManageKeys, Role: user, Who: p.RolesWith(policy.ManageKeys)},
			keywright.ErrSuspended, &refusal{reason: keywright.VersionNotAllowed, sent: true}, crossOrigin(),
		}},
		{http.StatusNotFound, "There is nothing by that id in the account; or, for the operator, no such account or member.", []error{keywright.ErrNotFound}},
		{http.StatusConflict, "This is at odds with what is there already.", []error{
			&keywright.ConflictError{Field: "email", Why: "is a member already"}, keywright.ErrRevoked, keywright.ErrLastOwner, inFlight(),
			&keywright.TooManyKeysError{Plan: basic, Have: 100},
		}},
		{http.StatusPreconditionFailed, "The key was changed since the ETag that was sent.", []error{keywright.ErrChanged}},
		{http.StatusTooManyRequests, "This is done more often than it may be.", []error{&keywright.TooFastError{What: "new keys", Retry: 40 * time.Second}}},
		{http.StatusRequestEntityTooLarge, "The body is too large.", []error{tooLarge()}},
		{http.StatusUnsupportedMediaType, "The body is not declared as JSON in UTF-8.", []error{unsupportedMediaType()}},
		{http.StatusUnprocessableEntity, "Something in the request is wrong.", []error{
			&keywright.InvalidError{Field: "description", Why: "is required"}, keywright.ErrReused,
		}},
		{http.StatusInternalServerError, "Something went wrong on the side of the service.", []error{internal()}},
		{http.StatusServiceUnavailable, "The service could not answer. outcome_unknown: nobody can tell whether the change stands; send it again with the same Idempotency-Key, or, if it had none, look first.", []error{keywright.ErrOutcomeUnknown}},
	} {
		examples := map[string]*huma.Example{}
		for _, err := range one.examples {
			example, _ := problemOf("", err)
			examples[string(example.Code)] = &huma.Example{Summary: example.Title, Value: example}
		}
		all[responseName(one.status)] = &huma.Response{
			Description: one.what,
			Headers:     documentedHeaders(one.status),
			Content:     map[string]*huma.MediaType{api.ProblemType: {Schema: schema, Examples: examples}},
		}
	}
	return all
}

func documentedHeaders(status int) map[string]*huma.Param {
	text := &huma.Schema{Type: huma.TypeString}
	switch status {
	case http.StatusUnauthorized:
		return map[string]*huma.Param{"WWW-Authenticate": {Description: "How to authenticate (RFC 6750).", Required: true, Schema: text}}
	case http.StatusConflict:
		return map[string]*huma.Param{"Retry-After": {Description: "Seconds to wait before the next try, where one makes sense.", Schema: text}}
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return map[string]*huma.Param{"Retry-After": {Description: "Seconds to wait before the next try.", Required: true, Schema: text}}
	}
	return nil
}

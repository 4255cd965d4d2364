package rest

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// withBody is embedded in the input of an operation that takes a JSON body of type T.
//
// huma does not see the body: it would decode it twice, report what is wrong without saying
// where, and keep the value in its report. It only documents it.
type withBody[T any] struct{ Sent T }

func (b *withBody[T]) sent() any { return &b.Sent }

type bodied interface{ sent() any }

// answer is what an operation answers; created also says where to find what was made.
type (
	answer[T any]  struct{ Body T }
	created[T any] struct {
		Location string `header:"Location" doc:"The path of what was made."`
		Body     T
	}
)

// revisionHeader is of each answer to a write: a revision that has it.
const revisionHeader = "Keywright-Revision"

// route registers an operation. problems are the statuses of which it may answer a problem,
// beside those that every operation may.
func route[In, Out any](h *handler, op huma.Operation, do func(context.Context, keywright.Principal, *In) (*Out, error), problems ...int) {
	media := &huma.MediaType{}
	body, takesBody := any(new(In)).(bodied)
	if takesBody {
		if op.RequestBody == nil {
			op.RequestBody = &huma.RequestBody{Required: true}
		}
		op.RequestBody.Content = map[string]*huma.MediaType{"application/json": media}
		problems = append(problems, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if takesOnce(&op) {
		problems = append(problems, http.StatusConflict)
	}
	op.Responses = responses(op.OperationID, problems...)
	if takesOnce(&op) {
		documentOnce(&op)
	}
	huma.Register(h.api, op, func(ctx context.Context, in *In) (*Out, error) {
		v := visitOf(ctx)
		out, err := run(ctx, v, in, do)
		if err != nil {
			p, headers := h.problem(ctx, v, err)
			return nil, huma.ErrorWithHeaders(p, headers)
		}
		if v.once.Replayed() {
			v.writer.Header().Set(replayed, "true")
		}
		if takesOnce(&op) && h.options.Revision != nil {
			v.writer.Header().Set(revisionHeader, strconv.FormatUint(h.options.Revision(), 10))
		}
		return out, nil
	})
	if takesBody { // now that huma has registered an operation without one
		media.Schema = h.schemaOf(body.sent())
	}
}

func run[In, Out any](ctx context.Context, v *visit, in *In, do func(context.Context, keywright.Principal, *In) (*Out, error)) (*Out, error) {
	if body, ok := any(in).(bodied); ok && v.body != nil {
		if err := api.Unmarshal(v.body, body.sent()); err != nil {
			return nil, err
		}
	}
	by := v.by
	by.Once = v.once
	return do(ctx, by, in)
}

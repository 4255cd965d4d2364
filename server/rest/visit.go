package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// visit is what is known of a request before its operation runs. It travels in the context
// because huma gives an operation nothing else of the request; the Service is told who asks
// by a parameter.
type visit struct {
	by        keywright.Principal
	once      *keywright.Once // nil: it takes effect each time that it is sent
	operation string          // its id in the OpenAPI document
	requestID string          // "" when the server gave none
	body      []byte          // nil when none was sent, or none is taken
	writer    http.ResponseWriter
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit { return ctx.Value(visitKey{}).(*visit) }

// mostBody is the most that a body may have. The operator sends policy files.
func (v *visit) mostBody() int64 {
	if v.by.Kind == keywright.PrincipalOperator {
		return MaxOperatorBody
	}
	return maxBody
}

func requestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }

// enter runs before each operation: who asks, may he use the API at all, and is the request
// one that the operation can read.
func (h *handler) enter(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	op := ctx.Operation()
	v := &visit{operation: op.OperationID, requestID: requestID(w), writer: w}
	var err error
	if v.by, err = h.admit(r, op); err == nil {
		err = checkQuery(r.URL.RawQuery, op)
	}
	if err == nil && op.RequestBody != nil {
		v.body, err = readBody(w, r, op.RequestBody.Required, v.mostBody())
	}
	if err == nil && takesOnce(op) {
		v.once, err = onceOf(r, v.body)
	}
	if v.once != nil {
		one := flight{v.by, v.once.Key}
		if h.flights.begin(one) {
			defer h.flights.end(one)
		} else {
			err = inFlight()
		}
	}
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	r.Header.Del("Accept") // we speak JSON to everyone; huma would answer "Accept: json" as just that
	next(huma.WithValue(ctx, visitKey{}, v))
}

// refuse answers a request whose operation did not run.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	p, headers := h.problem(r.Context(), v, err)
	for name, values := range headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", api.ProblemType)
	w.WriteHeader(p.Status)
	_ = encode(w, p) // a problem is text and numbers, which always encode
}

// encode writes v as JSON. It fails only when v can't be encoded: that a client is gone is no
// error to huma, which would panic.
func encode(w io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, _ = text.WriteTo(w)
	return nil
}

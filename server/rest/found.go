package rest

import (
	"errors"
	"mime"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/limit"
)

const (
	foundPath = "/v1/revoke"
	opFound   = "revokeFoundKey"
)

// found is for whoever has found a key, who is nobody that we know: the form of RFC 7009. The
// answer is the same whether the text was that of a key or not, so that it tells nothing.
func (h *handler) found() {
	h.mux.HandleFunc("POST "+foundPath, h.revokeFound)
	text := &huma.Schema{Type: huma.TypeString}
	ok := map[string]*huma.Response{"200": {Description: "If it was a key that works, it has ended for good."}}
	for status, answer := range responses(opFound, http.StatusTooManyRequests, http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge) {
		switch status {
		case "400", "413", "415", "429", "500", "503":
			ok[status] = answer
		}
	}
	h.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: opFound, Method: http.MethodPost, Path: foundPath, Security: []map[string][]string{},
		Tags: []string{tagKeys}, Summary: "Report a key that was found",
		Description: "Whoever finds a key that leaked ends it here, without one of his own (RFC 7009). The answer does not tell whether there was such a key. Asked too often from one address, it is answered with 429.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"token"},
			Properties: map[string]*huma.Schema{"token": {Type: huma.TypeString, Description: "The key's text."}, "token_type_hint": text},
		}}}},
		Responses: ok,
	})
}

const formType = "application/x-www-form-urlencoded"

func (h *handler) revokeFound(w http.ResponseWriter, r *http.Request) {
	v := &visit{operation: opFound, requestID: requestID(w), writer: w}
	if wait, ok := h.finders.try(r.RemoteAddr, h.options.Now()); !ok {
		h.refuse(w, r, v, &keywright.TooFastError{What: "reports of keys", Retry: wait})
		return
	}
	text, err := foundText(w, r)
	if err == nil {
		_, err = h.svc.RevokeFound(r.Context(), text)
	}
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// foundText reads the form. Nothing is taken from the URL, where logs would have kept it.
func foundText(w http.ResponseWriter, r *http.Request) (string, error) {
	if r.URL.RawQuery != "" {
		return "", invalid(api.FieldError{Pointer: "#query", Detail: "is not read; send the key in the body, and take the one that you sent as known to others"})
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != formType {
		return "", api.NewProblem(http.StatusUnsupportedMediaType, api.CodeMediaType, "Unsupported media type", "Send a form: Content-Type: "+formType+", with the key as token.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	var tooMuch *http.MaxBytesError
	if err := r.ParseForm(); errors.As(err, &tooMuch) {
		return "", tooLarge()
	}
	if texts := r.PostForm["token"]; len(texts) == 1 && texts[0] != "" {
		return texts[0], nil
	}
	return "", &api.SyntaxError{Pointer: "/token", Why: "is to be given once, and to be the text of a key"}
}

// finders bounds how often one network address can report keys: 30 at once, then one in 2 seconds.
type finders struct {
	mu      sync.Mutex
	buckets map[netip.Prefix]limit.Bucket
}

// maxFinders bounds the memory; beyond it all are forgotten.
const maxFinders = 10_000

// try takes one try, or answers how long to wait for the next.
func (f *finders) try(remote string, now time.Time) (time.Duration, bool) {
	from, _ := netip.ParseAddrPort(remote)
	address := from.Addr().Unmap()
	bits := 64 // whoever has one IPv6 address has a network of them
	if address.Is4() {
		bits = 32
	}
	where, _ := address.Prefix(bits)
	f.mu.Lock()
	defer f.mu.Unlock()
	decision, next := limit.Spend(f.buckets[where], limit.Rate{Every: 2 * time.Second, Burst: 30}, now, 1)
	if !decision.OK {
		return decision.RetryAfter, false
	}
	if len(f.buckets) >= maxFinders {
		clear(f.buckets)
	}
	f.buckets[where] = next
	return 0, true
}

package gate

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/keywright/keywright/api"
)

// The most that a body can have, in bytes. Whoever caps bodies in front of a Gate lets these
// pass.
const (
	MaxBody      = 64 << 10 // of a question: a key has 66, a header 16 KiB at most
	MaxBatchBody = 1 << 20  // of POST /v1/verify/batch: a KiB for each of its questions
)

// The media types of questions.
const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// read reads the body of a POST of the given type, of at most most bytes.
func read(w http.ResponseWriter, r *http.Request, media string, most int64) ([]byte, *api.Problem) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, api.NewProblem(http.StatusMethodNotAllowed, api.CodeMethodNotAllowed, "Method not allowed", "Use POST.")
	}
	if !isOf(r.Header, media) {
		return nil, api.NewProblem(http.StatusUnsupportedMediaType, api.CodeMediaType, "Unsupported media type",
			"Send the body as Content-Type: "+media+", in UTF-8, without a Content-Encoding.")
	}
	body, err := readAll(w, r, most)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, api.NewProblem(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "Body too large", fmt.Sprintf("The body can have %d KiB here at most.", tooLarge.Limit>>10))
	}
	if err != nil {
		return nil, api.NewProblem(http.StatusBadRequest, api.CodeInvalid, "Invalid request", "The body was cut off.")
	}
	return body, nil
}

// foretold is how long a body may say that it is to be given the room at once, in bytes. For a
// longer one there is room as it comes: saying so costs a stranger nothing.
const foretold = 4 << 10

func readAll(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if r.ContentLength < 0 || r.ContentLength > foretold {
		return io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	}
	body := make([]byte, r.ContentLength, max(r.ContentLength, roomForAVerdict)) // net/http reads no further
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

// readJSON reads the body into v strictly: what two readers could understand differently is
// refused.
func readJSON(w http.ResponseWriter, r *http.Request, most int64, v any) *api.Problem {
	body, problem := read(w, r, jsonType, most)
	if problem != nil {
		return problem
	}
	if err := api.Unmarshal(body, v); err != nil {
		return notJSON(err)
	}
	return nil
}

func notJSON(err error) *api.Problem {
	syntax := &api.SyntaxError{}
	errors.As(err, &syntax)
	p := api.NewProblem(http.StatusBadRequest, api.CodeInvalidJSON, "Invalid JSON", "Send one JSON object as the reference describes it; unknown and repeated members are refused.")
	p.Errors = []api.FieldError{{Pointer: syntax.Pointer, Detail: syntax.Why}}
	return p
}

// isOf wants exactly one Content-Type, the given one, and nothing that would have to be
// unpacked: a small body may unpack to a very large one.
func isOf(h http.Header, media string) bool {
	if len(h["Content-Type"]) != 1 || len(h["Content-Encoding"]) != 0 {
		return false
	}
	given := h["Content-Type"][0]
	if given == media {
		return true
	}
	is, parameters, err := mime.ParseMediaType(given)
	charset, named := parameters["charset"]
	return err == nil && is == media && (!named || strings.EqualFold(charset, "utf-8"))
}

// invalid is a question that can be read but not meant.
func invalid(wrong ...api.FieldError) *api.Problem {
	p := api.NewProblem(http.StatusUnprocessableEntity, api.CodeInvalid, "Invalid request", "Correct what errors names.")
	p.Errors = wrong
	return p
}

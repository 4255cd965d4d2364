package rest

import (
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright/api"
)

// maxBody is the most that a body may have, in bytes: an account with the longest names and
// password has 4 KiB.
const maxBody = 64 << 10

// MaxOperatorBody is the same over the operator socket: a policy file has 1 MiB at most, and
// JSON spells some of its characters with two.
const MaxOperatorBody = 2 << 20

// checkQuery refuses parameters that the operation does not have or that are given twice: two
// readers of one URL would take different values.
func checkQuery(raw string, op *huma.Operation) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return invalid(api.FieldError{Pointer: "#query", Detail: "is not a query string; escape what it holds (RFC 3986, section 2.1)"})
	}
	var wrong []api.FieldError
	for _, name := range slices.Sorted(maps.Keys(query)) {
		why := ""
		switch known := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }); {
		case !known:
			why = "is not a parameter of this operation"
		case len(query[name]) > 1:
			why = "is given twice; give it once"
		case !utf8.ValidString(query[name][0]):
			why = "is not valid UTF-8 text"
		}
		if why != "" {
			wrong = append(wrong, api.FieldError{Pointer: queryPlace(name), Detail: why})
		}
	}
	if wrong != nil {
		return invalid(wrong...)
	}
	return nil
}

// queryPlace names a query parameter, unless it is one that none of ours would be: someone
// may have pasted a key there.
func queryPlace(name string) string {
	if !plainName.MatchString(name) {
		return "#query"
	}
	return "#query/" + name
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// readBody reads a JSON body as it came. nil: there is none, and none is needed.
func readBody(w http.ResponseWriter, r *http.Request, required bool, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooMuch *http.MaxBytesError
	switch {
	case errors.As(err, &tooMuch):
		return nil, tooLarge()
	case err != nil:
		return nil, &api.SyntaxError{Why: "did not arrive whole"}
	case len(body) == 0 && required:
		return nil, &api.SyntaxError{Why: "is missing; send a JSON object"}
	case len(body) == 0:
		return nil, nil
	case !isJSON(r.Header):
		return nil, unsupportedMediaType()
	}
	return body, nil
}

// isJSON reports whether a body is declared as what we read: JSON in UTF-8, not compressed. A
// form of another origin can't declare that without asking first (Fetch, CORS-safelisted
// request-header).
func isJSON(header http.Header) bool {
	types := header.Values("Content-Type")
	if len(types) != 1 || len(header.Values("Content-Encoding")) > 0 {
		return false
	}
	media, parameters, err := mime.ParseMediaType(types[0])
	charset, declared := parameters["charset"]
	return err == nil && media == "application/json" && (!declared || strings.EqualFold(charset, "utf-8"))
}

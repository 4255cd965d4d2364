package rest

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
)

const (
	idempotencyKey = "Idempotency-Key"
	replayed       = "Idempotent-Replayed"
)

// takesOnce reports whether an operation changes something, so that a request for it can be
// one that must take effect once.
func takesOnce(op *huma.Operation) bool {
	return op.Method != http.MethodGet && op.OperationID != opCheckPolicy
}

// onceOf reads what makes this request take effect once; nil: the client did not ask for it.
// The query is no part of what was asked: no operation that changes something takes from it
// what to change.
func onceOf(r *http.Request, body []byte) (*keywright.Once, error) {
	key, err := parseIdempotencyKey(r.Header.Values(idempotencyKey))
	if key == "" || err != nil {
		return nil, err
	}
	request := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, string(body)} {
		request.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		io.WriteString(request, part)
	}
	return &keywright.Once{Key: key, Request: [sha256.Size]byte(request.Sum(nil))}, nil
}

// parseIdempotencyKey reads the header as draft-ietf-httpapi-idempotency-key-header has it, a
// string in quotes (RFC 9651, section 3.3.3), or without the quotes, as most clients send it.
// "": none was sent.
func parseIdempotencyKey(sent []string) (string, error) {
	if len(sent) == 0 {
		return "", nil
	}
	if len(sent) > 1 {
		return "", badIdempotencyKey("is given twice; give it once")
	}
	key, quoted := strings.CutPrefix(sent[0], `"`)
	if quoted {
		var ok bool
		if key, ok = unquote(key); !ok {
			return "", badIdempotencyKey("begins with a quote and is no string of RFC 9651; end it with a quote, and write a backslash before each quote and backslash inside")
		}
	} else if strings.ContainsAny(key, `",\`) {
		return "", badIdempotencyKey("holds a quote, a comma or a backslash; put the whole in quotes, or leave those out")
	}
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if key == "" || len(key) > 255 || strings.ContainsFunc(key, invisible) {
		return "", badIdempotencyKey("must be 1 to 255 visible ASCII characters; draw a UUID for each new request")
	}
	return key, nil
}

// unquote reads a string of RFC 9651 from behind its first quote to the end of the header.
func unquote(text string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return out.String(), i == len(text)-1
		case c == '\\' && (i+1 == len(text) || text[i+1] != '"' && text[i+1] != '\\'):
			return "", false
		case c == '\\':
			i++
			out.WriteByte(text[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", false
}

// flights are the requests with an idempotency key that are being worked on. They spare a
// client who sends again too soon the wait, and the server the work: that only one takes
// effect does not depend on them.
type flights struct {
	mu   sync.Mutex
	open map[flight]bool
}

type flight struct {
	by  keywright.Principal // without a Once
	key string
}

// begin reports whether no other such request is being worked on; then end must follow.
func (f *flights) begin(one flight) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[one] {
		return false
	}
	f.open[one] = true
	return true
}

func (f *flights) end(one flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, one)
}

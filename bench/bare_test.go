package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"

	strict "github.com/go-json-experiment/json"

	"github.com/keywright/keywright/api"
)

// bareVariable starts this program again as a floor.
const bareVariable = "KEYWRIGHT_BENCH_BARE"

// canned is an answer of keywright, which a floor gives again.
type canned struct {
	Status int
	Header http.Header
	Body   []byte
}

// serveBare is the floor: what any net/http service does at least that is asked and answers the
// same bytes. It reads the body of a POST, decodes it strictly, by the cheapest decoder that
// refuses unknown and repeated members, and looks at it; of another request it looks at the
// Authorization header. It sets the same headers and writes the same body. It has no limits, no
// time-outs, no routes and no log.
//
// What it answers is read from in, its address is written to out.
func serveBare(in io.Reader, out io.Writer) error {
	var answer canned
	if err := json.NewDecoder(in).Decode(&answer); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !asks(r) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		header := w.Header()
		for name, lines := range answer.Header {
			header[name] = lines
		}
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body)
	}))
}

// asks reports whether a request holds a question.
func asks(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return r.Header.Get("Authorization") != ""
	}
	body, err := io.ReadAll(r.Body)
	var asked api.VerifyRequest
	return err == nil && strict.Unmarshal(body, &asked, strict.RejectUnknownMembers(true)) == nil && asked.Authorization != ""
}

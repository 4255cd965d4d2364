package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/server/gate"
)

// oneVerdict is a verifier with one answer.
type oneVerdict keywright.Verdict

func (v oneVerdict) Verify(context.Context, keywright.Request) (keywright.Verdict, error) {
	return keywright.Verdict(v), nil
}

// The table of refusals says what the data plane answers to an end client.
func TestTheHelpExplainsEveryRefusalAsItIs(t *testing.T) {
	for _, reason := range keywright.Reasons() {
		verdict := keywright.Verdict{Reason: reason, Account: keywright.Account{Plan: "lite"}, Version: policy.Default().Versions[0]}
		if reason != keywright.Malformed && reason != keywright.Unknown {
			verdict.Key.ID = "key_0123456789AB" // whoever sent it has proved that he holds it
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/forward-auth", nil)
		r.Header.Set("Authorization", "Bearer x")
		w := httptest.NewRecorder()
		gate.New(oneVerdict(verdict), gate.Options{}).ServeHTTP(w, r)
		var problem struct{ Code string }
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
			t.Fatal(err)
		}
		words := refusalFor(reason)
		if words.code != problem.Code || words.status != w.Code {
			t.Errorf("%s: the help says %s with %d, the data plane %s with %d", reason, words.code, words.status, problem.Code, w.Code)
		}
		if words.means == "" || words.remedy == "" || !strings.Contains(refusalTable(), "`"+words.code+"` ") {
			t.Errorf("%s is not explained", reason)
		}
	}
}

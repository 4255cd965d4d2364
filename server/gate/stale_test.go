package gate_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/server/gate"
)

// Where the operator chose to be answered from stale keys, each answer says so, good or not; and
// no other does.
func TestAnswersFromStaleKeysSaySo(t *testing.T) {
	version, _ := policy.Default().Version("v1")
	for _, overdue := range []bool{false, true} {
		for _, valid := range []bool{false, true} {
			verdict := keywright.Verdict{Valid: valid, Overdue: overdue, Version: version, Key: keywright.Key{ID: "key_000000000000", Account: "acct_1"}, Account: keywright.Account{ID: "acct_1"}}
			if !valid {
				verdict.Reason = keywright.Revoked
			}
			g := gate.New(answers{verdict}, gate.Options{})
			want := ""
			if overdue {
				want = "true"
			}
			for path, w := range map[string]http.Header{
				"/forward-auth":  do(g, "GET", "/forward-auth", "", "Authorization", "Bearer kw_x").Header(),
				"/refusal":       do(g, "GET", "/refusal", "", "Authorization", "Bearer kw_x").Header(),
				"/v1/introspect": do(g, "POST", "/v1/introspect", "token=kw_x", "Content-Type", "application/x-www-form-urlencoded").Header(),
			} {
				if got := w.Get("Keywright-Stale"); got != want {
					t.Errorf("%s, overdue %t, valid %t: got Keywright-Stale %q, want %q", path, overdue, valid, got, want)
				}
			}
			if got := ask(t, g, api.VerifyRequest{Credential: "kw_x"}); got.Stale != overdue || got.Valid != valid {
				t.Errorf("verify: got %+v", got)
			}
			var batch struct{ Verdicts []api.Verdict }
			w := post(t, g, "/v1/verify/batch", map[string]any{"requests": []api.VerifyRequest{{Credential: "kw_x"}}})
			if err := json.Unmarshal(w.Body.Bytes(), &batch); err != nil || len(batch.Verdicts) != 1 || batch.Verdicts[0].Stale != overdue {
				t.Errorf("batch: got %d %s, %v", w.Code, w.Body, err)
			}
		}
	}
}

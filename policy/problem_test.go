package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// The default form is that of the REST API, byte for byte.
func TestTheDefaultFormIsTheAPIs(t *testing.T) {
	for name, r := range map[string]policy.Refusal{
		"all there is":    {Status: 403, Code: "out_of_scope", Title: "Out of scope", Detail: "Needs <incidents:write> & \"more\".", Scope: "incidents:write"},
		"no detail":       {Status: 401, Code: "unauthenticated", Title: "Unauthenticated"},
		"an odd code":     {Status: 403, Code: "of nobody's", Title: "Refused"},
		"nothing at all":  {},
		"other languages": {Status: 503, Code: "unavailable", Title: "Größe", Detail: "日本\u2028"},
	} {
		want, err := json.Marshal(api.NewProblem(r.Status, api.Code(r.Code), r.Title, r.Detail))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []policy.ErrorFormat{policy.ProblemJSON(), {}} {
			contentType, body := form.Render(r)
			if contentType != api.ProblemType || string(body) != string(want) {
				t.Errorf("%s: got %s %s, want %s", name, contentType, body, want)
			}
		}
	}
}

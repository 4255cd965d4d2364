package gate_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

// End clients parse errors: they get them in the form that the policy chose, with the same status
// and headers. The operator's own code gets problems, whatever the policy says.
func TestEndClientsAreRefusedInTheFormOfThePolicy(t *testing.T) {
	for name, errors := range errorForms() {
		o := gate.Options{Policy: readPolicy(t, townRules+errors)}
		for reason, c := range settle(t, o).refusals(t, o) {
			want := wanted()[reason]
			for _, path := range []string{"/forward-auth", "/refusal"} {
				w := do(c, "GET", path, "", c.headers()...)
				if w.Code != want.status || w.Header().Get("WWW-Authenticate") != want.challenge || w.Header().Get("Retry-After") != want.retryAfter {
					t.Errorf("%s, %s, %s: got %d %v, want %+v", name, path, reason, w.Code, w.Header(), want)
				}
				checkForm(t, name, w.Header().Get("Content-Type"), w.Body.Bytes(), want)
			}
		}
		town := settle(t, o)
		if p := readProblem(t, do(town, http.MethodPost, "/v1/verify", "", "Content-Type", "application/json")); p.Code != api.CodeInvalidJSON {
			t.Errorf("%s: to the operator's code: got %s, want a problem", name, p.Code)
		}
		clash := do(town, "GET", "/forward-auth", "", "X-Original-Method", "GET", "X-Forwarded-Method", "POST")
		checkForm(t, name, clash.Header().Get("Content-Type"), clash.Body.Bytes(), refused{status: 400, code: "invalid"})
		fault := do(gate.New(broken{errDisk()}, o), "GET", "/forward-auth", "", "Authorization", "Bearer x")
		checkForm(t, name, fault.Header().Get("Content-Type"), fault.Body.Bytes(), refused{status: 503, code: "unavailable"})
	}
}

func checkForm(t *testing.T, name, contentType string, body []byte, want refused) {
	t.Helper()
	switch name {
	case "problem+json":
		var p api.Problem
		if err := api.Unmarshal(body, &p); err != nil || contentType != api.ProblemType || p.Code != want.code || p.Status != want.status || p.Detail == "" {
			t.Errorf("%s: got %s %s", name, contentType, body)
		}
	case "pagerduty":
		var e struct {
			Error struct {
				Message *string  `json:"message"`
				Code    int      `json:"code"`
				Errors  []string `json:"errors"`
				Reason  api.Code `json:"reason"`
			} `json:"error"`
		}
		if err := json.Unmarshal(body, &e); err != nil || contentType != "application/json" || e.Error.Reason != want.code || e.Error.Message == nil || len(e.Error.Errors) != 1 {
			t.Errorf("%s: got %s %s", name, contentType, body)
		}
		if code, ok := pagerDutyCodes()[want.code]; ok && e.Error.Code != code {
			t.Errorf("%s, %s: got code %d, want %d", name, want.code, e.Error.Code, code)
		}
	default:
		if start := fmt.Sprintf(`{"e":"%s","s":%d,"m":"`, want.code, want.status); contentType != "application/json" || !json.Valid(body) || !strings.HasPrefix(string(body), start) {
			t.Errorf("%s: got %s %s, want it to begin with %s", name, contentType, body, start)
		}
	}
}

// pagerDutyCodes are those that clients made for that form decide by.
func pagerDutyCodes() map[api.Code]int {
	return map[api.Code]int{
		"unauthenticated": 2006, "revoked": 2006, "disabled": 2006, "expired": 2006, "not_yet_valid": 2006,
		"plan_not_entitled": 2014, "read_only": 2010, "out_of_scope": 2010, "member_inactive": 2010, "over_limit": 2020, "over_quota": 2020,
	}
}

// Clients that were made for that form wait by these headers; others have Retry-After.
func TestTheRateHeadersOfThePagerdutyForm(t *testing.T) {
	for name, errors := range errorForms() {
		o := gate.Options{Policy: readPolicy(t, townRules+errors)}
		cases := settle(t, o).refusals(t, o)
		w := do(cases[keywright.OverLimit], "GET", "/forward-auth", "", cases[keywright.OverLimit].headers()...)
		want := [3]string{}
		if name == "pagerduty" {
			want = [3]string{"1", "0", "9"}
		}
		if got := [3]string{w.Header().Get("ratelimit-limit"), w.Header().Get("ratelimit-remaining"), w.Header().Get("ratelimit-reset")}; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		scope := do(cases[keywright.OutOfScope], "GET", "/forward-auth", "", cases[keywright.OutOfScope].headers()...).Body.String()
		if got := strings.Contains(scope, `"required_scopes":"incidents:read","token_scopes":"users:read"`); got != (name == "pagerduty") {
			t.Errorf("%s: got %s", name, scope)
		}
	}
}

// A version that was switched off says so in its headers too.
func TestTheHeadersOfAVersionThatIsOff(t *testing.T) {
	cases := settle(t, gate.Options{}).refusals(t, gate.Options{PublicURL: "https://keys.example.com"})
	c := cases[keywright.VersionOff]
	w := do(c, "GET", "/forward-auth", "", c.headers()...)
	if w.Code != 410 || w.Header().Get("Deprecation") != "@1735689600" || w.Header().Get("Sunset") != "Tue, 01 Jul 2025 00:00:00 GMT" {
		t.Errorf("got %d %v, want 410 with the dates", w.Code, w.Header())
	}
}

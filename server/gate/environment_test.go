package gate_test

import (
	"testing"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

// A key of the other environment is refused where one is demanded.
func TestTheEnvironmentCanBeDemanded(t *testing.T) {
	w := settle(t, gate.Options{}) // whose key is a live one
	for environment, want := range map[string]struct {
		code   api.Code
		status int
	}{
		"": {"valid", 200}, "live": {"valid", 200}, "test": {"environment_not_allowed", 403},
	} {
		if got := ask(t, w, api.VerifyRequest{Credential: w.text, Method: "GET", Environment: environment}); got.Code != want.code {
			t.Errorf("%q: got %s, want %s", environment, got.Code, want.code)
		}
		headers := []string{"Authorization", "Bearer " + w.text, "X-Original-Method", "GET", "X-Original-URI", "/health"}
		if environment != "" {
			headers = append(headers, "Keywright-Require-Environment", environment)
		}
		if got := do(w, "GET", "/forward-auth", "", headers...); got.Code != want.status {
			t.Errorf("%q: /forward-auth: got %d, want %d", environment, got.Code, want.status)
		}
	}
	p := readProblem(t, post(t, w, "/v1/verify", api.VerifyRequest{Credential: w.text, Environment: "prod"}))
	if p.Code != api.CodeInvalid || len(p.Errors) != 1 || p.Errors[0].Pointer != "/environment" {
		t.Errorf("an environment that there is not: got %+v", p)
	}
	if got := do(w, "GET", "/forward-auth", "", "Authorization", "Bearer "+w.text, "Keywright-Require-Environment", "live", "Keywright-Require-Environment", "test"); got.Code != 400 {
		t.Errorf("both: got %d, want 400", got.Code)
	}
}

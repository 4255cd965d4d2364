package gate_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/keywright/keywright/server/gate"
)

// What goes straight to the Gate is answered as by way of the routes, and anything but the exact
// path goes by way of them.
func TestWhatIsAskedOftenGoesStraightToTheGate(t *testing.T) {
	h := settle(t, gate.Options{})
	asked := ""
	direct := h.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		h.ServeHTTP(w, r)
	}))
	body := `{"credential":"` + h.text + `"}`
	for _, c := range []struct {
		method, target string
		straight       bool
	}{
		{"POST", "/v1/verify", true},
		{"GET", "/v1/verify", true},
		{"POST", "/v1/verify?x=y", true},
		{"GET", "/forward-auth", true},
		{"DELETE", "/forward-auth?x=y", true},
		{"POST", "/v1/verif%79", false},
		{"POST", "/v1%2Fverify", false},
		{"POST", "/v1/verify/", false},
		{"POST", "//v1/verify", false},
		{"POST", "/v1/../v1/verify", false},
		{"POST", "/V1/verify", false},
		{"GET", "/forward-auth/x", false},
		{"POST", "/v1/verify/batch", false},
		{"GET", "/refusal", false},
		{"GET", "/", false},
	} {
		asked = ""
		headers := []string{"Content-Type", "application/json", "Authorization", "Bearer " + h.text}
		got, want := do(direct, c.method, c.target, body, headers...), do(h, c.method, c.target, body, headers...)
		if (asked == "") != c.straight {
			t.Errorf("%s %s: went by way of the routes: %t, want %t", c.method, c.target, asked != "", !c.straight)
		}
		gotBody, _ := io.ReadAll(got.Result().Body)
		wantBody, _ := io.ReadAll(want.Result().Body)
		if got.Code != want.Code || string(gotBody) != string(wantBody) || len(got.Header()) != len(want.Header()) {
			t.Errorf("%s %s: got %d %s %v, want %d %s %v", c.method, c.target, got.Code, gotBody, got.Header(), want.Code, wantBody, want.Header())
		}
	}
}

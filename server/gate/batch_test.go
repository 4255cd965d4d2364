package gate_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

func askBatch(t *testing.T, h http.Handler, requests []api.VerifyRequest) []api.Verdict {
	t.Helper()
	w := post(t, h, "/v1/verify/batch", api.VerifyBatch{Requests: requests})
	var got api.VerdictBatch
	if err := api.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("got %d %.200s, want 200 and verdicts", w.Code, w.Body)
	}
	return got.Verdicts
}

// In a batch each question gets the answer that it would get alone, whatever its neighbours are.
func TestABatchIsAnsweredOneByOneInOrder(t *testing.T) {
	for name, turn := range map[string]func([]keywright.Reason){"in order": func([]keywright.Reason) {}, "reversed": slices.Reverse[[]keywright.Reason]} {
		town := settle(t, gate.Options{})
		cases := town.refusals(t, gate.Options{})
		reasons := keywright.Reasons()
		turn(reasons)
		var requests []api.VerifyRequest
		var want []api.Code
		for _, reason := range reasons {
			c := cases[reason]
			good := api.VerifyRequest{Credential: town.text}
			switch reason {
			case keywright.OverQuota, keywright.EnvironmentNotAllowed: // verdicts of another verifier
				continue
			case keywright.Stale:
				requests = append(requests, api.VerifyRequest{Credential: town.text, MinRevision: town.last + 1}, good)
			default:
				requests = append(requests, api.VerifyRequest{Authorization: c.authorization, Method: c.method, Path: c.path}, good)
			}
			want = append(want, api.Code(reason), api.CodeValid)
		}
		got := askBatch(t, town, requests)
		if len(got) != len(want) {
			t.Fatalf("%s: got %d verdicts, want %d", name, len(got), len(want))
		}
		for i, v := range got {
			if v.Code != want[i] || v.Valid != (want[i] == api.CodeValid) {
				t.Errorf("%s: verdict %d: got %s, want %s", name, i, v.Code, want[i])
			}
			if v.Code != "stale" && v.Code != "over_limit" { // alone, the rest is said in so many words
				if alone := ask(t, town, requests[i]); asJSON(t, alone) != asJSON(t, v) {
					t.Errorf("%s: verdict %d: got %s, alone it is %s", name, i, asJSON(t, v), asJSON(t, alone))
				}
			}
		}
	}
}

func TestTheSizeOfABatch(t *testing.T) {
	town := settle(t, gate.Options{})
	if got := askBatch(t, town, []api.VerifyRequest{}); got == nil || len(got) != 0 {
		t.Errorf("an empty batch: got %v, want an empty list", got)
	}
	full := slices.Repeat([]api.VerifyRequest{{Credential: town.text}, {Credential: "x"}}, 500)
	got := askBatch(t, town, full)
	if len(got) != 1000 || !got[998].Valid || got[999].Code != "malformed" {
		t.Errorf("a full batch: got %d verdicts, want 1000", len(got))
	}
	// A full batch of full headers is within the bound of the body.
	headers := slices.Repeat([]api.VerifyRequest{{Authorization: "Token token=\"" + town.text + "\"", Accept: "application/vnd.acme+json;version=2", Method: "GET", Path: "/incidents/" + strings.Repeat("7", 300), ClientIP: "192.0.2.7"}}, 1000)
	if got := askBatch(t, town, headers); len(got) != 1000 || !got[999].Valid {
		t.Errorf("a full batch with all fields: got %d verdicts", len(got))
	}
	asked := town.asked.calls.Load()
	for name, c := range map[string]struct {
		body    string
		status  int
		code    api.Code
		pointer string
	}{
		"one too many":                     {`{"requests":[` + strings.Repeat(`{},`, 1000) + `{}]}`, 422, "invalid", "/requests"},
		"100,000":                          {`{"requests":[` + strings.Repeat(`{},`, 100_000) + `{}]}`, 422, "invalid", "/requests"},
		"1,000,000":                        {`{"requests":[` + strings.Repeat(`{},`, 1_000_000) + `{}]}`, 413, "too_large", ""},
		"a byte more than 1 MiB":           {`{"requests":[]}` + strings.Repeat(" ", gate.MaxBatchBody-14), 413, "too_large", ""},
		"no list":                          {`{}`, 422, "invalid", "/requests"},
		"null":                             {`{"requests":null}`, 400, "invalid_json", "/requests"},
		"a list alone":                     {`[{}]`, 400, "invalid_json", ""},
		"a request that is none":           {`{"requests":[{},"x"]}`, 400, "invalid_json", "/requests/1"},
		"null for a request":               {`{"requests":[null]}`, 400, "invalid_json", "/requests/0"},
		"an unknown member in a request":   {`{"requests":[{},{},{"key":"x"}]}`, 400, "invalid_json", "/requests/2/key"},
		"a member twice in a request":      {`{"requests":[{"method":"a","method":"b"}]}`, 400, "invalid_json", "/requests/0/method"},
		"a mistake in the 18th of 20":      {`{"requests":[` + strings.Repeat(`{"credential":"x"},`, 17) + `{"client_ip":"1.2.3"},{},{}]}`, 422, "invalid", "/requests/17/client_ip"},
		"a mistake in a list in the third": {`{"requests":[{},{},{"scopes":["a","b","*"]}]}`, 422, "invalid", "/requests/2/scopes/2"},
		"both ways to give a key":          {`{"requests":[{"credential":"x","authorization":"Bearer x"}]}`, 422, "invalid", "/requests/0/credential"},
		"lists 30,000 deep":                {`{"requests":` + strings.Repeat("[", 30_000), 400, "invalid_json", "/requests/0"},
	} {
		w := do(town, http.MethodPost, "/v1/verify/batch", c.body, "Content-Type", "application/json")
		p := readProblem(t, w)
		if w.Code != c.status || p.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", name, w.Code, p.Code, c.status, c.code)
		}
		if len(p.Errors) > 0 && p.Errors[0].Pointer != c.pointer || len(p.Errors) == 0 && c.pointer != "" {
			t.Errorf("%s: got %+v, want pointer %q", name, p.Errors, c.pointer)
		}
	}
	exactly := `{"requests":[]}` + strings.Repeat(" ", gate.MaxBatchBody-15)
	if w := do(town, http.MethodPost, "/v1/verify/batch", exactly, "Content-Type", "application/json"); w.Code != http.StatusOK {
		t.Errorf("exactly 1 MiB: got %d, want 200", w.Code)
	}
	if w := do(town, http.MethodGet, "/v1/verify/batch", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET: got %d, want 405", w.Code)
	}
	if got := town.asked.calls.Load(); got != asked {
		t.Errorf("the verifier was asked %d times about batches that are none", got-asked)
	}
}

func TestABatchWithoutAVerdictIs503(t *testing.T) {
	g := gate.New(broken{errDisk()}, gate.Options{})
	w := post(t, g, "/v1/verify/batch", api.VerifyBatch{Requests: []api.VerifyRequest{{}, {Credential: "x"}}})
	if p := readProblem(t, w); w.Code != 503 || p.Code != api.CodeUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("got %d %s, want 503 unavailable", w.Code, p.Code)
	}
	if !json.Valid(w.Body.Bytes()) {
		t.Error("half an answer was sent before")
	}
}

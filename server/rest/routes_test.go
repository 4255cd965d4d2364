package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
)

func TestAPathThatIsNotThereIs404(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/v1/", "/v1/nothing", "/v1/keys/", "/v1/keys/key_1/", "/v1/keys/key_1/turn", "/v1/self/x", "/v1//keys", "/v1/./keys", "/v1/keys/../keys",
		"/v1/" + canary, "/v1/openapi.yaml", "/v1/docs", "/v1/schemas/Key.json", "/v1/keys;x", "/V1/keys", "/", "/v1", "/metrics", "/v1/%2e%2e/keys", "/v1/keys%2F",
	} {
		w.withKey("GET", path, "").problem(http.StatusNotFound, api.CodeNotFound)
		w.do(w.public, "POST", path, `{}`).problem(http.StatusNotFound, api.CodeNotFound)
	}
}

func TestAMethodThatAPathDoesNotHaveIs405(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ method, path, allow string }{
		{"PUT", "/v1/keys", "GET, HEAD, POST, OPTIONS"},
		{"PUT", "/v1/keys/key_000000000000", "GET, HEAD, PATCH, DELETE, OPTIONS"},
		{"PUT", "/v1/keys/revoke", "GET, HEAD, PATCH, DELETE, OPTIONS"},
		{"GET", "/v1/revoke", "POST, OPTIONS"},
		{"GET", "/v1/keys/key_000000000000/revoke", "POST, OPTIONS"},
		{"TRACE", "/v1/self", "GET, HEAD, OPTIONS"},
		{"POST", "/v1/account", "GET, HEAD, PATCH, OPTIONS"},
		{"DELETE", "/v1/openapi.json", "GET, HEAD, OPTIONS"},
		{"PROPFIND", "/v1/members", "GET, HEAD, POST, OPTIONS"},
		{"get", "/v1/self", "GET, HEAD, OPTIONS"},
	} {
		got := w.do(w.public, test.method, test.path, "", "Authorization: Bearer "+w.secret, "X-HTTP-Method-Override: GET")
		got.problem(http.StatusMethodNotAllowed, api.CodeMethodNotAllowed)
		if allow := got.header.Get("Allow"); allow != test.allow {
			t.Errorf("%s %s: got Allow %q, want %q", test.method, test.path, allow, test.allow)
		}
		options := w.do(w.public, "OPTIONS", test.path, "")
		if options.status != http.StatusNoContent || options.header.Get("Allow") != test.allow || options.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: got %d and %v", test.path, options.status, options.header)
		}
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	w := newWorld(t)
	get, head := w.withKey("GET", "/v1/keys", ""), w.withKey("HEAD", "/v1/keys", "")
	if head.status != http.StatusOK || len(head.body) != 0 || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
		t.Errorf("got %d with %d bytes as %s", head.status, len(head.body), head.header.Get("Content-Type"))
	}
	if refused := w.do(w.public, "HEAD", "/v1/keys", ""); refused.status != http.StatusUnauthorized || len(refused.body) != 0 {
		t.Errorf("without a key: got %d with %d bytes", refused.status, len(refused.body))
	}
}

func TestEverybodyIsAnsweredInJSON(t *testing.T) {
	w := newWorld(t)
	for _, accept := range []string{"text/html", "application/xml;q=1, application/json;q=0", "json", canary, "*/*", "application/problem+json", "application/vnd.acme+json;version=9", strings.Repeat("a/b,", 2000)} {
		got := w.do(w.public, "GET", "/v1/self", "", "Authorization: Bearer "+w.secret, "Accept: "+accept)
		got.into(http.StatusOK, &api.Self{})
		if media := got.header.Get("Content-Type"); media != "application/json" {
			t.Errorf("Accept %.20s: got %s", accept, media)
		}
		w.do(w.public, "GET", "/v1/self", "", "Accept: "+accept).problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	}
}

func TestNoAnswerIsKeptByACacheOrPointsElsewhere(t *testing.T) {
	w := newWorld(t)
	for _, got := range []*reply{w.withKey("GET", "/v1/keys", ""), w.withKey("GET", absentKey, ""), w.do(w.public, "GET", "/v1/keys", ""), w.withKey("GET", "/v1/nothing", "")} {
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Link") != "" || strings.Contains(string(got.body), "$schema") {
			t.Errorf("got %v and %s", got.header, got.body)
		}
	}
}

func TestTheDocumentIsServedToAnyone(t *testing.T) {
	w := newWorld(t)
	got := w.do(w.public, "GET", "/v1/openapi.json", "")
	var document struct {
		OpenAPI string
		Paths   map[string]any
	}
	if err := json.Unmarshal(got.body, &document); err != nil || got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d as %s: %v", got.status, got.header.Get("Content-Type"), err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") || document.Paths["/v1/keys"] == nil {
		t.Errorf("got version %s with %d paths", document.OpenAPI, len(document.Paths))
	}
}

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestServingStaleKeysShows has a node without a database go on after its bound, as its operator
// chose, and looks for that wherever a promise would be: in answers, receipts and lists, for
// machines that watch, for people who look.
func TestServingStaleKeysShows(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, postgrestest.Options{})
	database := server.New(t)
	n := cluster(t, database, 1, append(bounded, "--on-stale", "serve")...)[0]
	keys := n.made(t, 2)
	agree(t, []*node{n}, keys, "valid")
	n.finds(t, "/readyz", nil, "ready")
	n.finds(t, "/metrics", nil, "keywright_serves_stale 1")
	if out := n.run(t, "", "nodes"); !strings.Contains(out, " serve ") {
		t.Errorf("the list of nodes is\n%s", out)
	}
	if out, _, _ := n.try(t, "", "doctor", "--database", database.URL(postgrestest.Service)); !worry(out, "data plane", "--on-stale serve") {
		t.Errorf("doctor says\n%s", out)
	}
	for _, wait := range []string{"all", "bound"} {
		if e := n.end(n.made(t, 1)[0], wait); e.status != http.StatusOK || e.Receipt.Safe || !strings.Contains(e.Receipt.Summary, "--on-stale serve") {
			t.Errorf("the receipt with wait=%s is %+v", wait, e)
		}
	}
	server.Crash(t)
	body := func() io.Reader { return strings.NewReader(fmt.Sprintf(`{"credential":%q}`, keys[0].Secret)) }
	eventually(t, "an answer says that it is stale", func() bool {
		text, _ := n.says(t, "/v1/verify", body())
		return strings.Contains(text, `"stale":true`)
	})
	n.finds(t, "/v1/verify", body(), `"valid":true`, `"stale":true`)
	if a := n.pass(keys[0].Secret); !a.accepts() || !a.stale {
		t.Errorf("forward-auth answered %+v", a)
	}
	n.finds(t, "/readyz", nil, "ready", "--on-stale serve")
	n.finds(t, "/metrics", nil, "keywright_serves_stale 1", "keywright_lease_seconds 0")
	eventually(t, "the log says it", func() bool { return strings.Contains(n.log(), "it may accept what was revoked") })
	server.Begin(t)
	eventually(t, "verdicts are not stale any more", func() bool {
		text, status := n.says(t, "/v1/verify", body())
		return status == http.StatusOK && !strings.Contains(text, `"stale"`)
	})
	if a := n.pass(keys[1].Secret); !a.accepts() || a.stale {
		t.Errorf("forward-auth answered %+v", a)
	}
}

// says asks the data plane for something.
func (n *node) says(t *testing.T, path string, body io.Reader) (string, int) {
	t.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(t.Context(), method, n.verify+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := n.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), response.StatusCode
}

// finds wants an answer of the data plane to have parts.
func (n *node) finds(t *testing.T, path string, body io.Reader, parts ...string) {
	t.Helper()
	text, status := n.says(t, path, body)
	for _, part := range parts {
		if status != http.StatusOK || !strings.Contains(text, part) {
			t.Errorf("%s answered %d without %q", path, status, part)
		}
	}
}

// worry reports whether doctor worries about something, with such words.
func worry(out, what, words string) bool {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "worry") && strings.Contains(line, what) && strings.Contains(line, words) {
			return true
		}
	}
	return false
}

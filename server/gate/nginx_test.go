package gate_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

// gateway is Debian's nginx with examples/nginx/nginx.conf, in front of a Gate.
type gateway struct{ url, dir string }

// startNginx runs the example as it is but for the addresses; changes are more of the kind
// old, new.
func startNginx(t *testing.T, dataPlane string, changes ...string) gateway {
	t.Helper()
	conf, err := os.ReadFile("../../examples/nginx/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	front := freeAddress(t)
	changes = append(changes, "127.0.0.1:8081", dataPlane, "127.0.0.1:8090", front, "127.0.0.1:8091", freeAddress(t), "127.0.0.1:8092", freeAddress(t))
	conf = []byte(strings.NewReplacer(changes...).Replace(string(conf)))
	g := gateway{url: "http://" + front, dir: t.TempDir()}
	for _, dir := range []string{filepath.Dir(g.dir), g.dir} { // nginx started as root works as somebody else
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(g.dir, "nginx.conf"), conf, 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // not on everybody's path
	}
	nginx := exec.Command(program, "-p", g.dir, "-c", "nginx.conf", "-e", "stderr")
	stderr, err := os.Create(filepath.Join(g.dir, "error.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	nginx.Stderr = stderr
	if err := nginx.Start(); err != nil {
		t.Fatalf("start nginx (Debian: apt-get install nginx-light): %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- nginx.Wait() }()
	t.Cleanup(func() {
		_ = nginx.Process.Signal(os.Interrupt)
		if err := <-ended; err != nil {
			t.Errorf("nginx: %v\n%s", err, g.log(t, "error.log"))
		}
	})
	for {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", front)
		if err == nil {
			_ = conn.Close()
			return g
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx ended: %v\n%s", err, g.log(t, "error.log"))
		default:
		}
	}
}

func (g gateway) log(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// answer is what an end client of the gateway gets.
type answer struct {
	status int
	header http.Header
	body   string
}

func (g gateway) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func TestNginxSendsGoodRequestsToTheirVersion(t *testing.T) {
	h := build(t)
	data := httptest.NewServer(h)
	defer data.Close()
	g := startNginx(t, data.Listener.Addr().String())
	v2Key, v2 := h.issue(t, "for version 2", "v2")
	const accept2 = "application/vnd.acme+json;version=2"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		api, key           string
	}{
		"v1":                       {"GET", "/api/v1/incidents?limit=5", "", []string{"Authorization", "Token token=" + h.text}, "v1", string(h.key.ID)},
		"v1 with a body":           {"POST", "/api/v1/incidents", strings.Repeat("x", 100_000), []string{"X-API-Key", h.text}, "v1", string(h.key.ID)},
		"v1 by Basic":              {"GET", "/api/v1/incidents", "", []string{"Authorization", "Basic " + base64Of(h.text+":")}, "v1", string(h.key.ID)},
		"v2":                       {"GET", "/incidents", "", []string{"Authorization", "Bearer " + v2}, "v2", string(v2Key.ID)},
		"v2 asked for by a v1 key": {"PUT", "/incidents", "{}", []string{"Authorization", "Bearer " + h.text, "Accept", accept2}, "v2", string(h.key.ID)},
		"forged identity headers": {"GET", "/incidents", "", []string{
			"Authorization", "Bearer " + v2, "Keywright-Account", "globex", "keywright-key-id", "key_forged", "Keywright_Account", "globex",
			"Keywright-Account-Id", "acct_forged", "Keywright-Api-Version", "v1",
		}, "v2", string(v2Key.ID)},
	} {
		got := g.do(t, c.method, c.path, c.body, c.headers...)
		var told struct {
			API       string `json:"api"`
			Account   string `json:"account"`
			AccountID string `json:"account_id"`
			Key       string `json:"key"`
		}
		if err := json.Unmarshal([]byte(got.body), &told); err != nil || got.status != 200 {
			t.Errorf("%s: got %d %q, want 200", name, got.status, got.body)
			continue
		}
		if told.API != c.api || told.Account != "acme" || told.AccountID != string(h.account.ID) || told.Key != c.key {
			t.Errorf("%s: the API was told %+v, want %s, acme, %s, %s", name, told, c.api, h.account.ID, c.key)
		}
	}
}

// F13 through a gateway, and every other refusal: the end client gets from nginx what it
// would get from us, status, challenge and body.
func TestNginxRefusesWithTheExactAnswer(t *testing.T) {
	h := build(t)
	var behind atomic.Pointer[http.Handler] // the data plane of the case
	data := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*behind.Load()).ServeHTTP(w, r) }))
	defer data.Close()
	g := startNginx(t, data.Listener.Addr().String())
	for reason, c := range settle(t, gate.Options{}).refusals(t, gate.Options{}) {
		behind.Store(&c.Handler)
		want := wanted()[reason]
		var headers []string
		if c.authorization != "" {
			headers = []string{"Authorization", c.authorization}
		}
		direct := do(c, "GET", "/refusal", "", c.headers()...)
		got := g.do(t, c.method, c.path+"?limit=5", strings.Repeat("x", 1000), headers...)
		if got.status != want.status || got.body != direct.Body.String() {
			t.Errorf("%s: got %d %s, want %d %s", reason, got.status, got.body, want.status, direct.Body)
		}
		for name, value := range map[string]string{
			"WWW-Authenticate": want.challenge, "Retry-After": want.retryAfter, "Content-Type": api.ProblemType, "Cache-Control": "no-store",
		} {
			if lines := got.header.Values(name); strings.Join(lines, "|") != value {
				t.Errorf("%s: %s: got %q, want %q once", reason, name, lines, value)
			}
		}
	}
	handler := http.Handler(h)
	behind.Store(&handler)
	for _, path := range []string{"/ask-keywright", "/refusal"} {
		if got := g.do(t, "GET", path, ""); got.status/100 == 2 {
			t.Errorf("%s from outside: got %d", path, got.status)
		}
	}
	got := g.do(t, "GET", "/api/v1/incidents?token="+h.text, "", "Authorization", "Bearer "+h.text)
	if got.status != 400 {
		t.Errorf("a key in the URL beside one in a header: got %d, want 400", got.status)
	}
	g.do(t, "GET", "/refusal", "") // nginx logs a request after it has answered, and before it takes the next one
	if log := g.log(t, "access.log"); !strings.Contains(log, "GET /api/v1/incidents 400") || strings.Contains(log, h.text[20:]) {
		t.Error("the access log has a key, or not the request")
	}
	if strings.Contains(g.log(t, "error.log"), h.text[20:]) {
		t.Error("the error log has a key")
	}
}

// The API is told who asks, in our headers and nobody else's, and no secret.
func TestNginxPassesTheRequestOnWithoutItsKey(t *testing.T) {
	h := build(t)
	data := httptest.NewServer(h)
	defer data.Close()
	requests, bodies := make(chan *http.Request, 1), make(chan string, 1)
	product := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- r
		bodies <- string(body)
		w.WriteHeader(http.StatusForbidden) // the API's own refusals are its own business
		_, _ = io.WriteString(w, "not your incident")
	}))
	defer product.Close()
	g := startNginx(t, data.Listener.Addr().String(), "v1 127.0.0.1:8091", "v1 "+product.Listener.Addr().String())
	got := g.do(t, "PATCH", "/api/v1/incidents/%2e%2E/a%20b?x=1&y=%26", "the body", "Authorization", "Bearer "+h.text, "X-Mine", "kept",
		"Keywright-Key-Id", "key_forged", "Keywright-Account", "globex", "Keywright-Account-Id", "acct_forged", "Keywright-Api-Version", "v9",
		"Keywright-Member", "mem_forged", "Keywright-Scopes", "all", "Keywright-Gateway", "nginx", "Keywright_Account", "globex")
	if got.status != 403 || got.body != "not your incident" {
		t.Fatalf("got %d %q, want the API's own answer", got.status, got.body)
	}
	seen, seenBody := <-requests, <-bodies
	if seen.Method != "PATCH" || seen.RequestURI != "/api/v1/incidents/%2e%2E/a%20b?x=1&y=%26" || seenBody != "the body" || seen.Header.Get("X-Mine") != "kept" {
		t.Errorf("the API saw %s %s %q %v, want it as it was sent", seen.Method, seen.RequestURI, seenBody, seen.Header)
	}
	want := map[string]string{
		"Keywright-Key-Id": string(h.key.ID), "Keywright-Account": "acme", "Keywright-Account-Id": string(h.account.ID), "Keywright-Api-Version": "v1",
	}
	for name, values := range seen.Header {
		told := do(h, "GET", "/forward-auth", "", "Authorization", "Bearer "+h.text).Header().Get(name)
		if strings.HasPrefix(strings.ToLower(strings.ReplaceAll(name, "_", "-")), "keywright") && (len(values) != 1 || values[0] != told) {
			t.Errorf("the API saw %s: %q, want %q", name, values, told)
		}
		if strings.Contains(strings.Join(values, ""), h.text) {
			t.Errorf("the API saw the key in %s", name)
		}
	}
	for name, value := range want {
		if got := seen.Header.Get(name); got != value {
			t.Errorf("the API saw %s: %q, want %q", name, got, value)
		}
	}
}

// Never 401 when we can't tell, whether we answer or are gone.
func TestNginxSays503WhenThereIsNoVerdict(t *testing.T) {
	data := httptest.NewServer(gate.New(broken{errDisk()}, gate.Options{}))
	g := startNginx(t, data.Listener.Addr().String())
	check := func(when string) {
		t.Helper()
		got := g.do(t, "GET", "/api/v1/incidents", "", "Authorization", "Bearer x")
		if got.status != 503 || got.header.Get("Retry-After") != "1" || got.header.Get("Content-Type") != api.ProblemType || !strings.Contains(got.body, `"code":"unavailable"`) {
			t.Errorf("%s: got %d %v %s, want 503 unavailable", when, got.status, got.header, got.body)
		}
	}
	check("with a broken store")
	data.Close()
	check("with nobody there")
}

// A version that the gateway does not know is its mistake, and no reason to refuse the key.
func TestNginxSendsAVersionThatItDoesNotKnowNowhere(t *testing.T) {
	h := build(t)
	data := httptest.NewServer(h)
	defer data.Close()
	g := startNginx(t, data.Listener.Addr().String(), "v2 127.0.0.1:8092;", "")
	_, v2 := h.issue(t, "for version 2", "v2")
	if got := g.do(t, "GET", "/incidents", "", "Authorization", "Bearer "+v2); got.status != 503 {
		t.Errorf("got %d %s, want 503", got.status, got.body)
	}
}

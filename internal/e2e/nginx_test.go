package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gateway runs the nginx example on ports of its own, in front of a keywright, and answers
// its address. changes are made to it before: what stands in it, and what is to stand there.
func gateway(t *testing.T, k *keywright, changes ...string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
	}
	config, err := os.ReadFile(filepath.Join(repository, "examples", "nginx", "nginx.conf"))
	if err != nil {
		t.Fatal(err)
	}
	front, v1, v2 := freePort(t), freePort(t), freePort(t)
	text := strings.NewReplacer("127.0.0.1:8081", strings.TrimPrefix(k.verify, "http://"),
		"127.0.0.1:8090", front, "127.0.0.1:8091", v1, "127.0.0.1:8092", v2).Replace(string(config))
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the example has no %q", changes[i])
		}
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	prefix, err := os.MkdirTemp(artefacts, "nginx")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(prefix, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "-p", prefix, "-c", "nginx.conf", "-e", "stderr")
	command.Stdout, command.Stderr = log, log
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("nginx does not start; `make test` installs it: %v", err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait() // nginx ends with the signal's own status
	})
	eventually(t, "nginx listens", func() bool {
		connection, err := net.DialTimeout("tcp", front, time.Second)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	})
	return "http://" + front
}

// freePort finds an address that nobody listens on, for a program that can't be told to
// choose one itself.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// through asks the API behind the gateway.
func through(t *testing.T, url string, header ...string) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Add(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(body)
}

// The line through all layers: a key is made on the API Access page, nginx lets a request
// through with it, the key is deleted on the page, and the next request is refused.
func TestTheWholeLineThroughNginx(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	url := gateway(t, k)
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	b.goTo("/api-access/new")
	b.fill("Description", "behind nginx")
	text := remember(t, b.create())
	b.leave()
	token := "Token token=" + text
	if status, _, body := through(t, url+"/api/v1/incidents", "Authorization", token); status != 200 || !strings.Contains(body, `"account":"acme"`) {
		t.Fatalf("with the key: got %d %s", status, body)
	}
	b.visit("behind nginx")
	b.visit("Delete")
	b.end(text[len(text)-4:])
	status, header, body := through(t, url+"/api/v1/incidents", "Authorization", token)
	if status != 401 || header.Get("WWW-Authenticate") == "" || !strings.Contains(body, "revoked") {
		t.Errorf("after Delete: got %d %v %s", status, header, body)
	}
}

func TestNginxPassesIdentityAndRefusalsOn(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	url := gateway(t, k)
	one, two := k.issue(t, "acme", "version one", "v1"), k.issue(t, "acme", "version two", "v2")
	for name, c := range map[string]struct {
		path   string
		header []string
		status int
		body   string // a part of it
	}{
		"a v1 key on the v1 API":      {"/api/v1/incidents", []string{"Authorization", "Token token=" + one.Secret}, 200, `"api":"v1"`},
		"a v2 key on the v2 API":      {"/incidents", []string{"Authorization", "Bearer " + two.Secret}, 200, `"api":"v2"`},
		"a v1 key that asks for v2":   {"/incidents", []string{"Authorization", "Token token=" + one.Secret, "Accept", "application/vnd.acme+json;version=2"}, 200, `"api":"v2"`},
		"who asks is told":            {"/incidents", []string{"X-API-Key", two.Secret}, 200, `"key":"` + two.ID + `"`},
		"who asks can't be forged":    {"/incidents", []string{"X-API-Key", two.Secret, "Keywright-Account", "victim"}, 200, `"account":"acme"`},
		"no key":                      {"/incidents", nil, 401, `"unauthenticated"`},
		"junk":                        {"/incidents", []string{"Authorization", "Bearer junk"}, 401, `"unauthenticated"`},
		"two keys":                    {"/incidents", []string{"Authorization", "Bearer " + two.Secret, "X-API-Key", two.Secret}, 400, `"ambiguous_credential"`},
		"a version that is not there": {"/incidents", []string{"Authorization", "Bearer " + two.Secret, "Accept", "application/vnd.acme+json;version=9"}, 403, `"version_not_allowed"`},
		"a key in the query string":   {"/incidents?api_key=" + two.Secret, nil, 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := through(t, url+c.path, c.header...)
			if status != c.status || !strings.Contains(body, c.body) {
				t.Errorf("got %d %s, want %d %s", status, body, c.status, c.body)
			}
			if status == 401 && header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 does not say how to authenticate")
			}
		})
	}
	k.run(t, "", "account", "plan", "acme", "lite")
	if status, _, body := through(t, url+"/incidents", "Authorization", "Bearer "+two.Secret); status != 402 || !strings.Contains(body, "plan_not_entitled") {
		t.Errorf("F2: on Lite: got %d %s, want 402", status, body)
	}
	k.kill()
	if status, _, body := through(t, url+"/incidents", "Authorization", "Bearer "+two.Secret); status != 503 {
		t.Errorf("with Keywright gone: got %d %s, want 503 and never 401", status, body)
	}
	k.begin(t) // on other ports: only so that it can end well
}

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// keywright is one running `keywright serve` and its data folder.
type keywright struct {
	data            string
	console, verify string // addresses, http://127.0.0.1:PORT
	args            []string
	program         string                   // the binary; empty: the one under test
	postgres        *postgrestest.Database   // nil: SQLite in the data folder
	under           []string                 // the command that it is run under, if any
	within          func(func() error) error // where the process is started; nil: here
	command         *exec.Cmd
	ended           chan error
}

// start runs a fresh keywright on a folder of its own until the test ends.
func start(t testing.TB, args ...string) *keywright {
	t.Helper()
	k := &keywright{data: folder(t), args: args}
	k.choose(t)
	k.begin(t)
	t.Cleanup(func() { k.stop(t) })
	return k
}

func folder(t testing.TB) string {
	t.Helper()
	data, err := os.MkdirTemp(artefacts, "d")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// begin starts the process, also again after kill, and waits until it is ready.
func (k *keywright) begin(t testing.TB) {
	t.Helper()
	_ = os.Remove(filepath.Join(k.data, "addresses.json"))
	log, err := os.OpenFile(filepath.Join(k.data, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	line := slices.Concat(k.under, []string{k.executable(), "serve", "--data", k.data, "--listen", "127.0.0.1:0", "--verify-listen", "127.0.0.1:0"}, k.args)
	k.command = exec.Command(line[0], line[1:]...)
	k.command.Env = k.environment()
	k.command.Stdout, k.command.Stderr = log, log
	begin := k.command.Start
	if k.within != nil {
		begin = func() error { return k.within(k.command.Start) }
	}
	if err := begin(); err != nil {
		t.Fatal(err)
	}
	k.ended = make(chan error, 1)
	go func() { k.ended <- k.command.Wait() }()
	var where struct{ Console, Verify string }
	eventually(t, "keywright is ready", func() bool {
		text, err := os.ReadFile(filepath.Join(k.data, "addresses.json"))
		return err == nil && json.Unmarshal(text, &where) == nil
	})
	k.console, k.verify = where.Console, where.Verify
}

func (k *keywright) executable() string { return cmp.Or(k.program, binary) }

// stop ends the process as an operator would, and expects it to end well.
func (k *keywright) stop(t testing.TB) {
	t.Helper()
	if k.command == nil {
		return
	}
	_ = k.command.Process.Signal(os.Interrupt)
	if err := <-k.ended; err != nil {
		t.Errorf("keywright did not stop cleanly: %v\n%s", err, k.log())
	}
	k.command = nil
}

// kill ends the process as a power cut would.
func (k *keywright) kill() {
	_ = k.command.Process.Kill()
	<-k.ended
	k.command = nil
}

func (k *keywright) log() string {
	text, _ := os.ReadFile(filepath.Join(k.data, "log"))
	return string(text)
}

// try runs a command against the server as it is typed and answers its output.
func (k *keywright) try(t testing.TB, stdin string, args ...string) (string, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, k.executable(), append(args, "--data", k.data)...)
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := command.Run()
	return stdout.String(), stderr.String(), err
}

// run is try for a command that must succeed.
func (k *keywright) run(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, err := k.try(t, stdin, args...)
	if err != nil {
		t.Fatalf("keywright %s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	return stdout
}

const password = "correct horse battery staple"

// account makes an account on a plan, with a member per role: owner@SLUG.example and so on.
func (k *keywright) account(t *testing.T, slug, plan string) {
	t.Helper()
	k.run(t, password+"\n", "account", "create", slug, "--name", strings.ToUpper(slug[:1])+slug[1:], "--plan", plan, "--owner", "owner@"+slug+".example", "--password-stdin")
	for _, role := range []string{"admin", "user", "limited_user"} {
		k.run(t, password+"\n", "member", "add", role+"@"+slug+".example", "--account", slug, "--role", role, "--password-stdin")
	}
}

// key is what `key issue --json` prints.
type key struct {
	ID          string `json:"id"`
	Secret      string `json:"secret"`
	LastFour    string `json:"last_four"`
	Description string `json:"description"`
	APIVersion  string `json:"api_version"`
}

// issue makes a key on the command line.
func (k *keywright) issue(t *testing.T, account, description, version string, more ...string) key {
	t.Helper()
	var made key
	out := k.run(t, "", append([]string{"key", "issue", "--account", account, "--description", description, "--api-version", version, "--json"}, more...)...)
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		t.Fatalf("key issue --json printed something else than an object: %v", err)
	}
	remember(t, made.Secret)
	return made
}

// verdict is the answer of POST /v1/verify.
type verdict struct {
	Valid bool   `json:"valid"`
	Code  string `json:"code"`
}

// ask verifies a key's text over the data plane.
func (k *keywright) ask(t *testing.T, text string) verdict {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"credential": text})
	status, answer := post(t, http.DefaultClient, k.verify+"/v1/verify", string(body))
	var v verdict
	if err := json.Unmarshal([]byte(answer), &v); err != nil || status != http.StatusOK {
		t.Fatalf("verify answered %d %s", status, answer)
	}
	return v
}

// operator speaks to the operator socket.
func (k *keywright) operator() *http.Client {
	var dialer net.Dialer
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", filepath.Join(k.data, "keywright.sock"))
		},
		MaxIdleConnsPerHost: 8,
	}}
}

func post(t *testing.T, client *http.Client, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// eventually waits for something that another process does, for half a minute at most.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	eventuallyOr(t, func() string { return what }, is)
}

// eventuallyOr is eventually for what can be said in full only once it has failed.
func eventuallyOr(t testing.TB, what func() string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what())
}

// times is how often a test repeats something: often in `make soak`, a part of it else.
func times(short, soak int) int {
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		return soak
	}
	return short
}

func path(format string, a ...any) string { return filepath.Join(artefacts, fmt.Sprintf(format, a...)) }

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/keywright/keywright/api"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"keywright": main})
}

// TestScripts types what the scripts in testdata say, at real servers of their own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("KEYWRIGHT_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("TZ", "UTC")
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each command takes a second longer under -race
			e.Setenv("LONG", strings.Repeat("é", 201))
			e.Setenv("TURNED", "invoice\u202Efdp.exe")
			e.Setenv("COLOURED", "\x1b[31mred")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready":   waitReady,
			"exits":   exits,
			"keep":    keep,
			"unread":  unread,
			"field":   field,
			"shows":   shows,
			"issue":   issueMany,
			"verify":  verify,
			"becomes": becomes,
			"ask":     ask,
			"server":  serverAddress,
			"data":    dataAddress,
			"write":   write,
		},
	})
}

// maxStart is how long a server may take to start on a machine that is busy with other tests.
const maxStart = 60 * time.Second

// waitReady waits until the server of the script's data folder has written where it listens.
func waitReady(ts *testscript.TestScript, _ bool, _ []string) {
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	late := time.After(maxStart)
	for {
		if _, err := os.Stat(filepath.Join(ts.Getenv("KEYWRIGHT_DATA"), "addresses.json")); err == nil {
			return
		}
		select {
		case <-poll.C:
		case <-late:
			ts.Fatalf("no server within %s", maxStart)
		}
	}
}

// exits runs a program that must end with an exit code: exits 2 keywright key issue.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exited *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exited) {
		got = exited.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// keep runs a program that must succeed, and keeps its standard output in a variable and its
// standard error in the file "words": keep KEY keywright key issue …. Other than exec it does
// not log the output, which holds a secret.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	var stdout bytes.Buffer
	ts.Check(start(ts, &stdout, args[1:]))
	ts.Setenv(args[0], strings.TrimSuffix(stdout.String(), "\n"))
}

// unread runs a program whose standard output is a pipe that nobody reads. It must end with
// exit code 1, not by a signal.
func unread(ts *testscript.TestScript, _ bool, args []string) {
	reader, writer, err := os.Pipe()
	ts.Check(err)
	ts.Check(reader.Close())
	defer func() { _ = writer.Close() }()
	var exited *exec.ExitError
	if err := start(ts, writer, args); !errors.As(err, &exited) || exited.ExitCode() != exitFailed {
		ts.Fatalf("ended with %v, want exit code 1", err)
	}
}

// start runs a program in the script's environment, with its standard error in the file "words".
func start(ts *testscript.TestScript, stdout io.Writer, args []string) error {
	words, err := os.Create(ts.MkAbs("words"))
	ts.Check(err)
	defer func() { _ = words.Close() }()
	c := exec.Command(args[0], args[1:]...)
	c.Stdout, c.Stderr, c.Dir = stdout, words, ts.MkAbs(".")
	for _, name := range []string{"PATH", "KEYWRIGHT_DATA", "KEYWRIGHT_TOKEN", "TZ", "GORACE"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	return c.Run()
}

// field reads a value out of a variable that holds JSON: field SECRET ISSUED secret, or
// field ID LIST keys 0 id. An absent value ends the script.
func field(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	if err := json.Unmarshal([]byte(ts.Getenv(args[1])), &v); err != nil {
		ts.Fatalf("%s is not JSON", args[1])
	}
	for _, step := range args[2:] {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				ts.Fatalf("%s has no element %s", args[1], step)
			}
			v = at[i]
		}
	}
	if v == nil {
		ts.Fatalf("%s has no %s", args[1], strings.Join(args[2:], " "))
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

// shows compares a variable with what is wanted, without logging it: shows LAST_FOUR aB3x.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if strings.Contains(ts.Getenv(args[0]), args[1]) == neg {
		ts.Fatalf("unexpected: whether %s has what was asked is %t", args[0], !neg)
	}
}

// issueMany issues N keys over the operator socket: issue N SLUG.
func issueMany(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	o := connect(ts.Getenv("KEYWRIGHT_DATA"))
	o.header.Set(accountHeader, args[1])
	for i := range n {
		if _, err := o.call(context.Background(), http.MethodPost, "/v1/keys", api.NewKey{Description: fmt.Sprintf("key %d", i)}); err != nil {
			ts.Fatalf("key %d: %v", i, err)
		}
	}
}

// verify asks the data plane about a key: verify KEY revoked. The first argument names the
// variable that holds it.
func verify(ts *testscript.TestScript, _ bool, args []string) {
	status, code := askAbout(ts, args[0], "", args[2:]...)
	if status != http.StatusOK || code != args[1] {
		ts.Fatalf("verdict %d %s, want %s", status, code, args[1])
	}
}

// becomes asks until the verdict has the code: becomes KEY expired.
func becomes(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(maxStart); ; time.Sleep(5 * time.Millisecond) {
		switch status, code := askAbout(ts, args[0], "", args[2:]...); {
		case status == http.StatusOK && code == args[1]:
			return
		case time.Now().After(end):
			ts.Fatalf("verdict %d %s, want %s", status, code, args[1])
		}
	}
}

// ask does the same with a caller's token, in the variable that the third argument names, and wants
// a status and a code: ask KEY TOKEN 200 valid.
func ask(ts *testscript.TestScript, _ bool, args []string) {
	status, code := askAbout(ts, args[0], args[1])
	if want := strings.Join(args[2:], " "); fmt.Sprint(status, " ", code) != want {
		ts.Fatalf("got %d %s, want %s", status, code, want)
	}
}

// askAbout asks for a verdict, of a request with fields such as method=GET.
func askAbout(ts *testscript.TestScript, key, token string, fields ...string) (status int, code string) {
	request := map[string]any{"credential": ts.Getenv(key)}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		if request[name] = value; name == "scopes" {
			request[name] = strings.Split(value, ",")
		}
	}
	sent, err := json.Marshal(request)
	ts.Check(err)
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, addressesOf(ts).Verify+"/v1/verify", bytes.NewReader(sent))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+ts.Getenv(token))
	}
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer func() { _ = answer.Body.Close() }()
	var said struct {
		Code  string
		Valid bool
	}
	ts.Check(json.NewDecoder(answer.Body).Decode(&said))
	if said.Valid != (said.Code == string(api.CodeValid)) {
		ts.Fatalf("valid is %t, and the code %s", said.Valid, said.Code)
	}
	return answer.StatusCode, said.Code
}

// serverAddress keeps the address of the console in a variable: server URL.
func serverAddress(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], addressesOf(ts).Console)
}

// dataAddress keeps the address of the data plane in a variable: data URL.
func dataAddress(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], addressesOf(ts).Verify)
}

// addressesOf is where the server of the script's data folder listens. One that listens on every
// address is asked on a loopback one.
func addressesOf(ts *testscript.TestScript) (where addresses) {
	text, err := os.ReadFile(filepath.Join(ts.Getenv("KEYWRIGHT_DATA"), "addresses.json"))
	ts.Check(err)
	ts.Check(json.Unmarshal(text, &where))
	for _, any := range []string{"[::]", "0.0.0.0"} {
		where.Verify = strings.Replace(where.Verify, any, "127.0.0.1", 1)
	}
	return where
}

// write writes a variable into a file, as who keeps a secret would: write TOKEN file.
func write(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.Getenv(args[0])+"\n"), 0o600))
}

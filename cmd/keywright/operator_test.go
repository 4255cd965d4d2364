package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/keywright/keywright/secret"
)

// The scripts in testdata speak to a real server. Here a stand-in answers what a real one
// does only when something is broken.

// outcome is what a command line left behind.
type outcome struct {
	code          int
	stdout, words string
	requests      []*http.Request
}

// against runs a command line on a server that answers each request with answer.
func against(t *testing.T, answer http.HandlerFunc, args ...string) outcome {
	t.Helper()
	data := t.TempDir()
	var got outcome
	listener, err := net.Listen("unix", socketPath(data))
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.requests = append(got.requests, r)
		answer(w, r)
	})}}
	server.Start()
	got.code, got.stdout, got.words = typed(t, "", append([]string{"--data", data}, args...)...)
	server.Close() // waits for the handlers, which write got.requests
	return got
}

// typed runs a command line in this process.
func typed(t *testing.T, stdin string, args ...string) (code int, stdout, words string) {
	t.Helper()
	var out, err bytes.Buffer
	line := root()
	line.Reader, line.Writer, line.ErrWriter = strings.NewReader(stdin), &out, &err
	code = runLine(t.Context(), line, append([]string{"keywright"}, args...))
	return code, out.String(), err.String()
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cutOff closes the connection in the middle of an answer.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"keys":`)
	panic(http.ErrAbortHandler)
}

func TestAnAnswerThatIsNotWhatItShouldBe(t *testing.T) {
	list := []string{"key", "list", "--account", "acme"}
	issue := []string{"key", "issue", "--account", "acme", "--description", "x"}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		args   []string
		words  string
	}{
		"a problem is told by its detail":             {answering(403, `{"title":"Forbidden","status":403,"code":"forbidden","detail":"Only an admin may."}`), list, "keywright: only an admin may.\n"},
		"a problem without detail by its title":       {answering(429, `{"title":"Too many requests","status":429,"code":"throttled"}`), list, "keywright: too many requests\n"},
		"one line for each field, as it is given":     {answering(400, `{"title":"Invalid","status":400,"code":"invalid","detail":"Two.","errors":[{"pointer":"/description","detail":"is empty"},{"pointer":"#query/limit","detail":"is too large"}]}`), issue, "keywright: description: is empty\nkeywright: limit: is too large\n"},
		"a broken server's problem with its request":  {answering(500, `{"title":"Internal error","status":500,"code":"internal","request_id":"req_7"}`), list, "keywright: internal error\nkeywright: the server's log says more, at request req_7\n"},
		"terminal commands in a problem are harmless": {answering(403, `{"title":"x","status":403,"detail":"a\u001b[2Jb\u009b\u202e\r\nc"}`), list, "keywright: a\uFFFD[2Jb\uFFFD\uFFFD\uFFFD\uFFFDc\n"},
		"an error page of something else":             {answering(502, `<h1>Bad gateway</h1>`), list, "keywright: the server answered 502 (Bad Gateway) without saying why; is it of this version? ours: keywright version\n"},
		"a redirect is not followed":                  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else", http.StatusFound) }, list, "keywright: the server answered 302 (Found) without saying why; is it of this version? ours: keywright version\n"},
		"text in place of JSON":                       {answering(200, `ok`), list, "keywright: the server's answer can't be read; is it of this version? ours: keywright version\n"},
		"JSON of another form":                        {answering(200, `{"keys":{}}`), list, "keywright: the server's answer can't be read; is it of this version? ours: keywright version\n"},
		"a list that does not end":                    {answering(200, `{"keys":[],"next_cursor":"x"}`), list, "keywright: the server's list does not end; its log may say more\n"},
		"an answer without end":                       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxAnswer+1)) }, list, "keywright: the server's answer has more than 8388608 bytes\n"},
		"a reader's answer that breaks off":           {cutOff, list, "keywright: no answer came from the server on SOCKET; its log says more\n"},
		"a writer's answer that breaks off":           {cutOff, append(issue, "--retry-for", "0s"), "keywright: no answer came from the server on SOCKET; its log says more\nkeywright: it may have done what was asked or not: look before you ask again\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := against(t, c.answer, c.args...)
			for _, word := range strings.Fields(got.words) {
				if strings.HasSuffix(word, "/keywright.sock;") {
					got.words = strings.ReplaceAll(got.words, word, "SOCKET;")
				}
			}
			if got.code != exitFailed || got.stdout != "" || got.words != c.words {
				t.Errorf("got %d, %q and\n%s\nwant 1, nothing and\n%s", got.code, got.stdout, got.words, c.words)
			}
		})
	}
}

func TestAListOfHostileText(t *testing.T) {
	key := `{"id":"key_1","description":"a\tb\n\u001b[31mc\u202e","created_by":{"name":"d\u0007"}}`
	got := against(t, answering(200, `{"keys":[`+key+`],"next_cursor":null}`), "key", "list", "--account", "acme")
	lines := strings.Split(strings.TrimSuffix(got.stdout, "\n"), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[1], "  d\uFFFD  a\uFFFDb\uFFFD\uFFFD[31mc\uFFFD") {
		t.Errorf("got %q, want a head and one line", lines)
	}
}

func TestNoServer(t *testing.T) {
	left := t.TempDir()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socketPath(left), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
	empty := t.TempDir()
	long := strings.Repeat("x", maxSocketPath)
	for name, c := range map[string]struct{ data, words string }{
		"a folder without a socket": {empty, "no server on " + empty + "/keywright.sock; start one with: keywright serve --data " + empty},
		"a socket left behind":      {left, "no server on " + left + "/keywright.sock; start one with"},
		"a path that is too long":   {long, fmt.Sprintf("the path of the operator socket has %d bytes, and at most %d can be used", maxSocketPath+len("/keywright.sock"), maxSocketPath)},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, words := typed(t, "", "account", "list", "--data", c.data)
			if code != exitFailed || stdout != "" || !strings.HasPrefix(words, "keywright: "+c.words) {
				t.Errorf("got %d, %q, %q, want 1 and %q", code, stdout, words, c.words)
			}
		})
	}
}

// Root, who may be running this test, may open every socket; so the kernel's answer to
// others is made here.
func TestASocketOfSomeoneElse(t *testing.T) {
	o := &operator{data: "data"}
	got := o.unanswered(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EACCES)}, http.MethodPost).Error()
	if want := "data/keywright.sock may only be used by the user who runs the server; be that user"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsSent(t *testing.T) {
	member := `{"members":[{"id":"mem_1/2","email":"a@b"}],"next_cursor":null}`
	for name, c := range map[string]struct {
		args                    []string
		request, account, actAs string
	}{
		"the operator without an account":    {[]string{"key", "show", "key_1"}, "GET /v1/keys/key_1", "", ""},
		"the operator in an account":         {[]string{"key", "show", "key_1", "--account", "acme"}, "GET /v1/keys/key_1", "acme", ""},
		"flags before the argument":          {[]string{"key", "show", "--account", "acme", "key_1"}, "GET /v1/keys/key_1", "acme", ""},
		"as a member":                        {[]string{"key", "list", "--account", "acme", "--as", "a@b"}, "GET /v1/keys?limit=200", "acme", "a@b"},
		"an address with signs of a URL":     {[]string{"member", "role", "a&b=c#@d", "admin", "--account", "acme"}, "GET /v1/members?email=a%26b%3Dc%23%40d", "acme", ""},
		"an account is named by an argument": {[]string{"account", "plan", "acme", "lite"}, "PATCH /v1/account", "acme", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := against(t, answering(200, member), c.args...)
			first := got.requests[0]
			request := first.Method + " " + first.URL.RequestURI()
			account, actAs := first.Header.Get("Keywright-Account"), first.Header.Get("Keywright-Act-As")
			if request != c.request || account != c.account || actAs != c.actAs || first.Header.Get("Authorization") != "" {
				t.Errorf("got %s %q %q, want %s %q %q", request, account, actAs, c.request, c.account, c.actAs)
			}
		})
	}
	t.Run("an id from the server is escaped", func(t *testing.T) {
		got := against(t, answering(200, member), "member", "invite", "a@b", "--account", "acme")
		if len(got.requests) != 2 || got.requests[1].URL.EscapedPath() != "/v1/members/mem_1%2F2/invitation" {
			t.Errorf("got %v", got.requests)
		}
	})
}

// A key's text given as its id must not get into a request: servers log paths.
func TestAKeysTextIsNotSent(t *testing.T) {
	made, err := secret.Make("kw", secret.Live, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := made.Reveal()
	got := against(t, answering(200, `{}`), "key", "revoke", text, "--yes")
	if got.code != exitUsage || len(got.requests) != 0 {
		t.Errorf("got %d after %d requests, want 2 after none", got.code, len(got.requests))
	}
	if strings.Contains(got.words, text) || !strings.Contains(got.words, "its id is key_"+made.ID()) {
		t.Error("the answer does not have the id, or it has the text")
	}
}

func TestPrintedJSONIsTheSameAndHarmless(t *testing.T) {
	for name, text := range map[string]string{
		"terminal commands":          "{\"a\":\"\\u001b[2J\u009b1m\u007f\"}",
		"text that turns around":     "{\"a\":\"\u202egnp.exe\u2066\"}",
		"signs of HTML stay":         `{"a":"<b>&"}`,
		"other languages stay":       `{"a":"ключ 鍵 🔑"}`,
		"numbers keep their digits":  `{"a":12345678901234567890.10}`,
		"line ends around the value": "\n{}\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := printJSON(&out, []byte(text)); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), hostile) {
				t.Errorf("printed %q", out.String())
			}
			if got, want := compact(t, out.Bytes()), compact(t, []byte(text)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestFirstLine(t *testing.T) {
	for name, c := range map[string]struct{ input, password, wrong string }{
		"a line":                      {"correct horse\n", "correct horse", ""},
		"without a line end":          {"correct horse", "correct horse", ""},
		"with a line end of Windows":  {"correct horse\r\n", "correct horse", ""},
		"the first of several":        {"one two three\nfour\n", "one two three", ""},
		"blanks at the ends are kept": {" a b \n", " a b ", ""},
		"nothing":                     {"", "", "is empty"},
		"an empty line":               {"\nsecond\n", "", "is empty"},
		"text in another encoding":    {"p\xe4ssword\n", "", "not UTF-8"},
		"a line without end":          {strings.Repeat("x", maxPasswordLine+1), "", "longer than a password can be"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := firstLine(strings.NewReader(c.input))
			if got != c.password || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("got %q %v, want %q %q", got, err, c.password, c.wrong)
			}
		})
	}
	t.Run("an input that fails", func(t *testing.T) {
		if _, err := firstLine(io.MultiReader(strings.NewReader("half"), failing{})); err == nil {
			t.Error("half a password was taken")
		}
	})
}

// failing is an input, and an output, that breaks.
type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, errors.New("broken") }
func (failing) Write([]byte) (int, error) { return 0, errors.New("broken") }

func compact(t *testing.T, text []byte) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return fmt.Sprintf("%#v", v)
}

func TestASecretThatCannotBePrinted(t *testing.T) {
	line := root()
	var words bytes.Buffer
	line.Writer, line.ErrWriter = failing{}, &words
	data := t.TempDir()
	listener, err := net.Listen("unix", socketPath(data))
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: answering(201, `{"id":"key_1","secret":"kw_live_1"}`)}}
	server.Start()
	defer server.Close()
	code := runLine(t.Context(), line, []string{"keywright", "key", "issue", "--data", data, "--account", "acme", "--description", "x"})
	want := "keywright: could not be printed (broken) and can't be shown again: revoke it with: keywright key revoke key_1 --yes, and issue another\n"
	if code != exitFailed || !strings.HasSuffix(words.String(), want) {
		t.Errorf("got %d and %q, want 1 and %q at the end", code, words.String(), want)
	}
}

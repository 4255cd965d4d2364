package main

import (
	"crypto/rand"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

// withToken puts a token of the operator's into the environment.
func withToken(t *testing.T) string {
	t.Helper()
	made, err := secret.Make("kwop", secret.Live, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(tokenVariable, made.Reveal())
	return made.Reveal()
}

func TestWhatIsSentToAnotherMachine(t *testing.T) {
	token := withToken(t)
	var got []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		answering(200, `{"keys":[],"next_cursor":null}`)(w, r)
	}))
	code, _, words := typed(t, "", "key", "list", "--server", server.URL, "--account", "acme", "--as", "a@b")
	server.Close()
	if code != exitOK || len(got) != 1 {
		t.Fatalf("got %d after %d requests: %s", code, len(got), words)
	}
	r := got[0]
	if r.URL.RequestURI() != "/v1/keys?limit=200" || r.Header.Get("Authorization") != "Bearer "+token || r.Header.Get("Keywright-Account") != "acme" || r.Header.Get("Keywright-Act-As") != "a@b" {
		t.Errorf("got %s with the account %q as %q, and the token is right: %t", r.URL, r.Header.Get("Keywright-Account"), r.Header.Get("Keywright-Act-As"), r.Header.Get("Authorization") == "Bearer "+token)
	}
}

// A token goes nowhere but to the server that was named.
func TestATokenFollowsNoRedirect(t *testing.T) {
	withToken(t)
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL+"/v1/accounts", http.StatusPermanentRedirect))
	defer server.Close()
	code, _, words := typed(t, "", "account", "list", "--server", server.URL)
	if want := server.URL + " answered 308 (Permanent Redirect) and not as Keywright does; "; code != exitFailed || elsewhere != 0 || !strings.Contains(words, want) {
		t.Errorf("got %d, %d requests elsewhere, %q, want %q", code, elsewhere, words, want)
	}
}

func TestAServerThatIsNotWhatItShouldBe(t *testing.T) {
	token := withToken(t)
	untrusted := httptest.NewUnstartedServer(answering(200, `{"accounts":[]}`))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that we break off
	untrusted.StartTLS()
	defer untrusted.Close()
	clear := httptest.NewServer(answering(200, `{"accounts":[]}`))
	defer clear.Close()
	cut := httptest.NewServer(http.HandlerFunc(cutOff))
	defer cut.Close()
	stranger := httptest.NewServer(answering(401, `{"title":"No valid key","status":401,"code":"unauthenticated","detail":"Send a valid key with the request."}`))
	defer stranger.Close()
	page := httptest.NewServer(answering(200, "<html>"))
	defer page.Close()
	for name, c := range map[string]struct{ server, words string }{
		"a certificate of nobody":     {untrusted.URL, "the certificate of " + untrusted.URL + " is not to be trusted: x509: "},
		"one that does not speak TLS": {strings.Replace(clear.URL, "http:", "https:", 1), "https" + clear.URL[4:] + " does not speak https"},
		"one that breaks off":         {cut.URL, "no answer came from the server on " + cut.URL},
		"one that knows no such token": {
			stranger.URL, stranger.URL + " does not know this token; was it issued there? on its machine, see: keywright token list",
		},
		"a page":                {page.URL, "the server's answer can't be read"},
		"an address of nobody":  {"https://127.0.0.1:1", "can't reach https://127.0.0.1:1: "},
		"the data plane's path": {clear.URL + "/v1/verify", "--server must be the console's address"},
		"a query":               {clear.URL + "?token=" + token, "--server must be the console's address"},
		"a user":                {"https://" + token + "@keys.example.com", "--server must be the console's address"},
		"another scheme":        {"unix:///keywright.sock", "--server must be the console's address"},
		"no host":               {"https://", "--server must be the console's address"},
		"nonsense":              {"http://[::1", "--server must be the console's address"},
		"another machine":       {"http://192.0.2.7", "--server would send the token in clear; say https://"},
		"a name like localhost": {"http://localhost.example.com", "--server would send the token in clear; say https://"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, words := typed(t, "", "account", "list", "--server", c.server)
			if code == exitOK || stdout != "" || !strings.HasPrefix(words, "keywright: "+c.words) || strings.Contains(words, token) {
				t.Errorf("got %d, %q, %q, want %q", code, stdout, strings.ReplaceAll(words, token, "TOKEN"), c.words)
			}
		})
	}
}

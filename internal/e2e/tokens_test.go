package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A data plane that other machines reach answers a gateway with a token and nobody else. The gateway
// keeps its token in a file of its own, as the guide says.
func TestAGatewayOnAnotherMachineHasAToken(t *testing.T) {
	k := start(t, "--verify-listen", "0.0.0.0:0")
	if !strings.Contains(k.log(), "Verify is reached from other machines: each gateway needs a token.") {
		t.Error("the start does not say that gateways need a token")
	}
	k.verify = strings.NewReplacer("[::]", "127.0.0.1", "0.0.0.0", "127.0.0.1").Replace(k.verify)
	k.account(t, "acme", "standard")
	text := k.issue(t, "acme", "behind a gateway", "v2").Secret
	var made token
	if err := json.Unmarshal([]byte(k.run(t, "", "token", "issue", "--description", "edge gateway", "--use", "verify", "--json")), &made); err != nil {
		t.Fatal(err)
	}
	remember(t, made.Secret)

	const commented = `proxy_set_header Keywright-Authorization "";      # or the token of this gateway`
	file := filepath.Join(t.TempDir(), "keywright-token.conf")
	if err := os.WriteFile(file, []byte(`proxy_set_header Keywright-Authorization "Bearer `+made.Secret+"\";\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	without, with := gateway(t, k), gateway(t, k, commented, `include "`+file+`";`)

	expect := func(when, url string, want int, says string, header ...string) {
		t.Helper()
		status, _, body := through(t, url+"/incidents", header...)
		if status != want || !strings.Contains(body, says) {
			t.Errorf("%s: got %d %s, want %d %s", when, status, body, want, says)
		}
	}
	good := []string{"Authorization", "Bearer " + text}
	expect("with its token", with, 200, `"account":"acme"`, good...)
	expect("with its token, for an end client without a key", with, 401, "unauthenticated")
	expect("without a token", without, 503, "The gateway has no valid token", good...)
	expect("without one, for an end client who sends one", without, 503, "The gateway has no valid token", append(good, "Keywright-Authorization", "Bearer "+made.Secret)...)
	expect("with its token, for an end client who sends it as his key", with, 401, "unauthenticated", "Authorization", "Bearer "+made.Secret)
	for _, path := range []string{"/v1/verify", "/v1/verify/batch", "/v1/introspect"} {
		if status, header, body := through(t, k.verify+path, good...); status != 401 || header.Get("WWW-Authenticate") == "" || !strings.Contains(body, "an API key is no such token") {
			t.Errorf("%s without a token: got %d %s, want 401", path, status, body)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, _, body := through(t, k.verify+path); status != 200 {
			t.Errorf("%s: got %d %s", path, status, body)
		}
	}

	k.run(t, "", "token", "revoke", made.ID, "--reason", "the gateway was replaced", "--yes")
	expect("once its token is revoked", with, 503, "The gateway has no valid token", good...)
	k.stop(t)
	k.args = append(k.args, "--verify-open")
	k.begin(t) // listens on another port
	k.verify = strings.NewReplacer("[::]", "127.0.0.1", "0.0.0.0", "127.0.0.1").Replace(k.verify)
	if got := k.ask(t, text); !got.Valid {
		t.Errorf("open on purpose, without a token: got %+v", got)
	}
}

// token is what `token issue --json` prints.
type token struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

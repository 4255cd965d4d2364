package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// policyFile is the built-in policy as a file that the operator can change.
func policyFile(t *testing.T) (string, func(changes ...string)) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "policy", "default.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "policy.yaml")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(text))
	return file, func(changes ...string) {
		t.Helper()
		content := string(text)
		for i := 0; i+1 < len(changes); i += 2 {
			if !strings.Contains(content, changes[i]) {
				t.Fatalf("the built-in policy has no %q", changes[i])
			}
			content = strings.Replace(content, changes[i], changes[i+1], 1)
		}
		write(content)
	}
}

// retire moves v1 to a state, and lets forms offer v2 first.
func retire(state string) []string {
	const v2 = "    presentations: [token, bearer, x-api-key]\n"
	return []string{"    preselected: true\n    state: current\n", "    state: " + state + "\n", v2, v2 + "    preselected: true\n"}
}

// hangUp lets the server read its policy file again, and waits until the log says so.
func (k *keywright) hangUp(t *testing.T, says string) {
	t.Helper()
	before := strings.Count(k.log(), says)
	if err := k.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log says "+says, func() bool { return strings.Count(k.log(), says) > before })
}

// F7, F8 and the end of a version: the policy moves v1 from current over closed to off, while
// nginx stands in front of the API; keys outlive it.
func TestAVersionIsRetired(t *testing.T) {
	file, change := policyFile(t)
	k := start(t, "--policy", file)
	k.account(t, "acme", "standard")
	url := gateway(t, k)
	old := k.issue(t, "acme", "old integration", "v1")
	token, asV2 := "Token token="+old.Secret, "application/vnd.acme+json;version=2"
	expect := func(when, path string, want int, header ...string) {
		t.Helper()
		if status, _, body := through(t, url+path, append(header, "Authorization", token)...); status != want {
			t.Errorf("%s, %s: got %d %s, want %d", when, path, status, body, want)
		}
	}
	expect("current", "/api/v1/incidents", 200)
	expect("current, asking for v2", "/incidents", 200, "Accept", asV2)

	change(retire("closed\n    deprecated: 2026-01-01\n    sunset: 2027-07-01")...)
	if out := k.run(t, "", "policy", "check", file); !strings.Contains(out, "state changes from current to closed") || !strings.Contains(out, "old integration") {
		t.Errorf("policy check does not say what would change for whom: %s", out)
	}
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	b.goTo("/api-access/new")
	b.see("Version 1")
	k.hangUp(t, "the policy was read again")
	b.goTo("/api-access/new")
	b.notSee("Version 1")
	if _, words, err := k.try(t, "", "key", "issue", "--account", "acme", "--description", "x", "--api-version", "v1"); err == nil || !strings.Contains(words, "v2") {
		t.Errorf("a key was issued for a closed version: %v %s", err, words)
	}
	expect("closed", "/api/v1/incidents", 200)
	if _, header, _ := through(t, k.verify+"/forward-auth", "Authorization", token); header.Get("Deprecation") == "" || header.Get("Sunset") == "" {
		t.Errorf("a good answer does not say that the version ends: %v", header)
	}

	change(retire("\"off\"")...)
	k.hangUp(t, "the policy was read again")
	expect("off", "/api/v1/incidents", 410)
	expect("off, asking for v2", "/incidents", 200, "Accept", asV2)
	b.goTo("/api-access")
	b.see("old integration")

	change("versions:", "versoins:")
	k.hangUp(t, "the policy stays as it was")
	if _, words, err := k.try(t, "", "policy", "check", file); err == nil || !strings.Contains(words, file+":") || !strings.Contains(words, "versions") {
		t.Errorf("policy check does not say where the mistake is: %v %s", err, words)
	}
	expect("off, after a reload that failed", "/api/v1/incidents", 410)
	change("  - name: limited_user\n", "  - name: helper\n")
	k.hangUp(t, "the policy stays as it was")
	if !strings.Contains(k.log(), "limited_user@acme.example") {
		t.Error("the refusal of a policy that orphans a member does not name him")
	}
}

package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const repository = "../.."

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestEveryCommandOfTheREADME runs what README says, word for word but for the ports and
// the folder of the demo, which other tests may use at the same time.
func TestEveryCommandOfTheREADME(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 3 || blocks[0][1] != "make run\n" || blocks[1][1] != "make test\n" {
		t.Fatalf("README no longer begins with its two commands: %q", blocks)
	}
	ci, err := os.ReadFile(filepath.Join(repository, ".ci", "run"))
	if err != nil || !strings.Contains(string(ci), "make test") {
		t.Errorf("README's second command is not what .ci/run runs: %v", err)
	}
	k := demo(t)
	script := "set -eu\n"
	for _, block := range blocks[2:] {
		script += block[1]
	}
	script = strings.NewReplacer(
		"http://127.0.0.1:8080", k.console, "http://127.0.0.1:8081", k.verify,
		"bin/keywright", binary, ".data/demo", k.data,
	).Replace(script)
	script = strings.Replace(script, "\ncurl", "\necho \"$KEY\" >&3\ncurl", 1)
	command := exec.CommandContext(t.Context(), "bash", "-c", script)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command.ExtraFiles = []*os.File{write}
	out, err := command.CombinedOutput()
	_ = write.Close()
	if secret, readErr := bufio.NewReader(read).ReadString('\n'); readErr == nil {
		remember(t, strings.TrimSpace(secret))
	}
	if err != nil {
		t.Fatalf("a command of README failed: %v", err)
	}
	for _, want := range []string{`"valid":true`, `"kind":"key"`, "my first script", `"valid":false`, `"code":"revoked"`} {
		if !strings.Contains(strings.ReplaceAll(string(out), `": `, `":`), want) {
			t.Errorf("README's commands did not print %s", want)
		}
	}
}

// demo starts `make run` as README says.
func demo(t *testing.T) *keywright {
	t.Helper()
	k := start(t, "--demo")
	eventually(t, "the demo says how to sign in", func() bool {
		return strings.Contains(k.log(), "owner@acme.example") && strings.Contains(k.log(), "password")
	})
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil || !strings.Contains(string(makefile), "serve --data .data/demo --demo") {
		t.Errorf("make run starts something else than this test: %v", err)
	}
	return k
}

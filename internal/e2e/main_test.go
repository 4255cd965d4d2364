package e2e

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// artefacts is the folder that holds all that the tests leave: data folders, logs, pages.
// The canary searches it.
var artefacts string

// binary is the keywright under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if artefacts, err = os.MkdirTemp("", "kw"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(artefacts)
	binary = filepath.Join(artefacts, "bin", "keywright")
	build := exec.Command("go", "build", "-o", binary, "github.com/keywright/keywright/cmd/keywright")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build keywright: %v\n%s", err, out)
		return 1
	}
	output := tee()
	code := m.Run()
	if err := os.WriteFile(filepath.Join(artefacts, "test-output"), output(), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := canary(); err != nil {
		fmt.Fprintf(os.Stderr, "--- FAIL: canary: %v\n", err)
		return 1
	}
	return code
}

// tee lets everything that the tests print through, and keeps a copy for the canary.
func tee() func() []byte {
	terminal := os.Stdout
	read, write, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	os.Stdout = write
	var copied bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.MultiWriter(terminal, &copied), read)
	}()
	return func() []byte {
		os.Stdout = terminal
		_ = write.Close()
		<-done
		return copied.Bytes()
	}
}

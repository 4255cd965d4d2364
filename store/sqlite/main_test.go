package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
)

// A test that needs another process runs this binary again, in the data folder and with its
// part in a variable.
const part = "KEYWRIGHT_TEST_PART"

func TestMain(m *testing.M) {
	switch os.Getenv(part) {
	case "":
		os.Exit(m.Run())
	case "open":
		playOpen()
	case "write":
		playWrite(func(ctx context.Context) (*store.Store, error) { return Open(ctx, ".", Options{}) })
	case "write-normal":
		playWrite(func(ctx context.Context) (*store.Store, error) { return openNormal(ctx, ".") })
	}
}

// playOpen opens the folder, says how that went, and holds it until its input ends.
func playOpen() {
	s, err := Open(context.Background(), ".", Options{})
	fmt.Println(err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err == nil {
		_ = s.Close()
	}
}

// playWrite issues and revokes keys without end, and says what was answered to it.
func playWrite(open func(context.Context) (*store.Store, error)) {
	ctx := context.Background()
	s, err := open(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := 0; ; i++ {
		id := fmt.Sprint(os.Getpid(), "x", i)
		if err := s.Write(ctx, func(tx keywright.Tx) error { return issue(ctx, tx, id) }); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("issued", id)
		if err := s.Write(ctx, func(tx keywright.Tx) error { return revoke(ctx, tx, id) }); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("revoked", id)
	}
}

// openNormal is Open with a writer that syncs only now and then.
func openNormal(ctx context.Context, dir string) (*store.Store, error) {
	f, err := enter(dir)
	if err != nil {
		return nil, err
	}
	careless := slices.Clone(writing())
	for i := range careless {
		if careless[i].name == "synchronous" {
			careless[i].value = "1"
		}
	}
	write, err := connect(ctx, f.dsn(careless), 1, careless)
	if err != nil {
		return nil, err
	}
	read, err := connect(ctx, f.dsn(reading()), 1, reading())
	if err != nil {
		return nil, err
	}
	return store.New(store.Pools{Write: write, Read: read, Follow: read, Nodes: write}, dialect(), store.Options{Release: f.leave}), nil
}

// process is a part that another process plays.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func play(t *testing.T, name, dir string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(t.Context(), self)}
	p.Env, p.Dir = append(os.Environ(), part+"="+name), dir
	p.Stderr = os.Stderr
	if _, err := p.StdinPipe(); err != nil { // held open until the process is waited for
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(out)
	return p
}

// line is the next line that the process says.
func (p *process) line(t *testing.T) string {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatalf("the other process said nothing: %v", p.lines.Err())
	}
	return p.lines.Text()
}

// kill ends the process as a power switch would and answers what it had still said.
func (p *process) kill(t *testing.T) []string {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var rest []string
	for p.lines.Scan() {
		rest = append(rest, p.lines.Text())
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the other process ended with %v", err)
	}
	return rest
}

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestRollingUpgrade brings the tables up to date while two nodes of the version before serve them,
// then replaces one after the other: keys verify all the time, on either version, and a
// revocation on either counts on both.
func TestRollingUpgrade(t *testing.T) {
	t.Parallel()
	before, whole := previous(t)
	server := postgrestest.Start(t, postgrestest.Options{})
	database := server.Empty(t)
	migrate := func(program string) {
		t.Helper()
		if out, err := exec.Command(program, "migrate", "--database", database.URL(postgrestest.Owner), "--service-role", postgrestest.Service).CombinedOutput(); err != nil {
			t.Fatalf("%s migrate: %v\n%s", program, err, out)
		}
	}
	if whole {
		migrate(before)
	} else {
		migrate(binary)
	}
	url := database.URL(postgrestest.Service)
	one := joinAs(t, before, nil, url, nil, "--log-level", "info")
	two := joinAs(t, before, one, url, nil, "--log-level", "info")
	nodes := []*node{one, two}
	one.acme(t)
	good := one.made(t, 2)
	agree(t, nodes, good, "valid")
	alone := two.watch(t, good, time.Millisecond) // the last to be replaced, so that it serves all the time
	migrate(binary)
	third := join(t, one, url, nil, "--log-level", "info")
	fresh := third.watch(t, good, time.Millisecond)
	nodes = append(nodes, third)
	eachEndsWhatAllHave(t, nodes)
	one.stop(t)
	one.program = binary
	one.begin(t)
	eachEndsWhatAllHave(t, nodes)
	one.stop(t) // and back, as when the new version disappoints
	one.program = before
	one.begin(t)
	eachEndsWhatAllHave(t, nodes)
	one.stop(t)
	one.program = binary
	one.begin(t)
	answers := alone.end()
	two.stop(t)
	two.program = binary
	two.begin(t)
	eachEndsWhatAllHave(t, nodes)
	answers = append(answers, fresh.end()...)
	for _, a := range answers {
		if !a.accepts() {
			t.Fatalf("a good key was answered %+v while versions changed", a)
		}
	}
	agree(t, nodes, good, "valid")
	t.Logf("%d answers while versions changed, all of them valid", len(answers))
}

// eachEndsWhatAllHave has each node make keys, and another one end one of them.
func eachEndsWhatAllHave(t *testing.T, nodes []*node) {
	t.Helper()
	for i, n := range nodes {
		keys := n.made(t, 2)
		agree(t, nodes, keys, "valid")
		nodes[(i+1)%len(nodes)].revoke(t, keys[:1])
		agree(t, nodes, keys[:1], "revoked")
		agree(t, nodes, keys[1:], "valid")
	}
}

// previous builds the version before the newest migration, from its source in git. Where there is
// no history, it is this version without that migration, which can't make its own tables.
func previous(t *testing.T) (program string, whole bool) {
	t.Helper()
	files, err := filepath.Glob("../../store/postgres/migrations/*.sql")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d migrations, %v", len(files), err)
	}
	newest, err := filepath.Abs(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	program = filepath.Join(folder, "keywright")
	build := exec.Command("go", "build", "-o", program, "./cmd/keywright")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	made, err := exec.Command("git", "log", "-1", "--format=%H", "--diff-filter=A", "--", newest).Output()
	commit := strings.TrimSpace(string(made)) + "^"
	if whole = err == nil && exec.Command("git", "cat-file", "-e", commit).Run() == nil; whole {
		build.Dir = filepath.Join(folder, "source")
		unpack := exec.Command("sh", "-c", `mkdir "$2" && cd "$(git rev-parse --show-toplevel)" && git archive "$1" | tar -x -C "$2"`, "sh", commit, build.Dir)
		if out, err := unpack.CombinedOutput(); err != nil {
			t.Fatalf("unpack %s: %v\n%s", commit, err, out)
		}
	} else {
		build.Dir = "../.."
		gone, _ := json.Marshal(map[string]map[string]string{"Replace": {newest: ""}})
		overlay := filepath.Join(folder, "overlay.json")
		if err := os.WriteFile(overlay, gone, 0o600); err != nil {
			t.Fatal(err)
		}
		build.Args = append(build.Args[:2:2], append([]string{"-overlay", overlay}, build.Args[2:]...)...)
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the version before: %v\n%s", err, out)
	}
	return program, whole
}

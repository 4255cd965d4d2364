package e2e

import (
	"database/sql"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// manual is a guide: the commands of its blocks, word for word.
type manual struct {
	folder string   // in which it is followed
	text   string   // all of it
	blocks []string // of commands
}

func openManual(t *testing.T, name string) *manual {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "docs", "guide", name))
	if err != nil {
		t.Fatal(err)
	}
	p := &manual{folder: folder(t), text: string(text)}
	for _, block := range shellBlock.FindAllStringSubmatch(p.text, -1) {
		p.blocks = append(p.blocks, block[1])
	}
	return p
}

// next types the next block at a machine, but for what is replaced, and answers what was printed.
func (p *manual) next(t *testing.T, k *keywright, replaced ...string) string {
	t.Helper()
	if len(p.blocks) == 0 {
		t.Fatal("the guide has no further block of commands")
	}
	block := p.blocks[0]
	p.blocks = p.blocks[1:]
	replaced = append(replaced, "/var/backups", p.folder, "/var/lib/keywright", k.data)
	script := regexp.MustCompile(`(?m)^keywright `).ReplaceAllString(strings.NewReplacer(replaced...).Replace(block), binary+" ")
	command := exec.CommandContext(t.Context(), "bash", "-euc", script)
	command.Dir = p.folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s%v\n%s", block, err, out)
	}
	return string(out)
}

// serve starts a server as the next block has it.
func (p *manual) serve(t *testing.T, k *keywright) {
	t.Helper()
	words := strings.Fields(p.blocks[0])
	if len(words) < 4 || !slices.Equal(words[:4], []string{"keywright", "serve", "--data", "/var/lib/keywright"}) {
		t.Fatalf("the guide starts a server otherwise: %v", words)
	}
	p.blocks = p.blocks[1:]
	k.args = words[4:]
	for i, word := range k.args {
		k.args[i] = strings.Replace(word, "file:", "file:"+p.folder+"/", 1)
	}
	k.begin(t)
	t.Cleanup(func() { k.stop(t) })
}

// TestTheGuideToSeveralNodesIsFollowed moves from a SQLite file to two nodes as the guide says.
func TestTheGuideToSeveralNodesIsFollowed(t *testing.T) {
	t.Parallel()
	p := openManual(t, "several-nodes.md")
	database := postgrestest.Empty(t)
	(&backupGuide{folder: p.folder}).name(t, database)
	one, two := &keywright{data: folder(t)}, &keywright{data: folder(t)}
	one.begin(t)
	one.account(t, "acme", "standard")
	made, gone := one.issue(t, "acme", "a try", "v1"), one.issue(t, "acme", "long dead", "v1")
	one.run(t, "", "key", "revoke", gone.ID, "--reason", "retired", "--yes")

	p.next(t, one)
	one.stop(t)
	p.next(t, one)
	p.serve(t, one)
	if v := one.ask(t, made.Secret); !v.Valid {
		t.Errorf("after the move a key is %q", v.Code)
	}
	if v := one.ask(t, gone.Secret); v.Code != "revoked" {
		t.Errorf("after the move a revoked key is %q", v.Code)
	}
	p.next(t, two, "scp -p keys-1:/var/lib/keywright", "cp -p "+one.data)
	p.serve(t, two)
	said := p.next(t, two)
	if strings.Count(said, " live ") != 2 || !strings.Contains(said, "eu-1") || !strings.Contains(said, "eu-2 *") {
		t.Errorf("the nodes: %s", said)
	}
	if regexp.MustCompile(`(?m)^wrong`).MatchString(said) || !strings.Contains(said, "2, all heard of") {
		t.Errorf("the doctor: %s", said)
	}
	if said = p.next(t, two, "key_o6p4Zq81LmT3", made.ID); !strings.Contains(said, "has stopped working on all 2 nodes") {
		t.Errorf("the receipt: %s", said)
	}
	for i, k := range []*keywright{one, two} {
		if v := k.ask(t, made.Secret); v.Code != "revoked" {
			t.Errorf("node %d, after the receipt: %q", i+1, v.Code)
		}
	}
	p.next(t, two, "http://127.0.0.1:8080", two.console, "http://127.0.0.1:8081", two.verify)
	if len(p.blocks) > 0 {
		t.Errorf("the guide has blocks that nobody followed: %q", p.blocks)
	}
	wantMetrics(t, two, p.text)
}

// wantMetrics looks for each metric that a guide names among those that there are.
func wantMetrics(t *testing.T, k *keywright, text string) {
	t.Helper()
	answer, err := http.Get(k.verify + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	there, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`keywright_[a-z_]+`).FindAllString(strings.ReplaceAll(text, "keywright_owner", ""), -1)
	if len(named) == 0 {
		t.Error("the guide names no metric")
	}
	for _, name := range named {
		if !strings.Contains(string(there), "\n"+name+" ") && !strings.Contains(string(there), "\n"+name+"{") {
			t.Errorf("the guide names %s, which there is not", name)
		}
	}
}

// TestTheGuideToPostgreSQLIsFollowed sets a database up as its guide says, with other names for
// the roles, as the test's server has those.
func TestTheGuideToPostgreSQLIsFollowed(t *testing.T) {
	t.Parallel()
	p := openManual(t, "postgresql.md")
	desk := postgrestest.Empty(t)
	db, err := sql.Open("pgx", desk.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names := strings.NewReplacer("keywright_owner", "guide_owner", "ROLE keywright ", "ROLE guide ", "DATABASE keywright ", "DATABASE guide ")
	statements := regexp.MustCompile("(?s)```sql\n(.*?)```").FindStringSubmatch(p.text)
	for statement := range strings.Lines(names.Replace(statements[1])) {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	url := func(role string) string {
		return strings.NewReplacer("postgres@", role+"@", "/"+desk.Name, "/guide").Replace(desk.URL("postgres"))
	}
	k := &keywright{data: folder(t)}
	p.next(t, k, "postgres://keywright_owner:PASSWORD@db.example/keywright?sslrootcert=/etc/keywright/ca.pem", url("guide_owner"),
		"postgres://keywright:PASSWORD@db.example/keywright?sslrootcert=/etc/keywright/ca.pem", url("guide"))
	migrate, serve, both := strings.Cut(p.blocks[0], "\n")
	if !both {
		t.Fatalf("the guide no longer makes the tables and starts in one block: %q", p.blocks[0])
	}
	p.blocks = []string{migrate, serve}
	p.next(t, k, "--service-role keywright", "--service-role guide")
	p.serve(t, k)
	k.account(t, "acme", "standard")
	if v := k.ask(t, k.issue(t, "acme", "a try", "v1").Secret); !v.Valid {
		t.Errorf("a key is %q", v.Code)
	}
	if out := k.run(t, "", "doctor", "--database", "file:"+filepath.Join(p.folder, "service.url")); regexp.MustCompile(`(?m)^wrong|may change`).MatchString(out) {
		t.Errorf("the doctor: %s", out)
	}
}

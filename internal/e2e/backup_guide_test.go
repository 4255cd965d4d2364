package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// backupGuide is the guide "Backing up and restoring": the commands of its blocks, word for word but
// for the paths.
type backupGuide struct {
	backup, restore, restoreToServer, look, replay, accept string

	folder string // in which it is followed, and which has the backups
	server bool   // the database is on PostgreSQL
}

func openBackupGuide(t *testing.T) *backupGuide {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "docs", "guide", "backup.md"))
	if err != nil {
		t.Fatal(err)
	}
	g := &backupGuide{folder: folder(t)}
	parts := []*string{&g.backup, &g.restore, &g.restoreToServer, &g.look, &g.replay, &g.accept}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != len(parts) {
		t.Fatalf("the guide has %d blocks of commands, and this test knows %d", len(blocks), len(parts))
	}
	for i, block := range blocks {
		*parts[i] = block[1]
	}
	return g
}

// follow types a block at a machine, and answers what was printed.
func (g *backupGuide) follow(t *testing.T, k *keywright, block string) (string, error) {
	t.Helper()
	script := strings.NewReplacer("/var/backups", g.folder, "/var/lib/keywright", k.data).Replace(block)
	script = regexp.MustCompile(`(?m)^keywright `).ReplaceAllString(script, binary+" ")
	command := exec.CommandContext(t.Context(), "bash", "-euc", script)
	command.Dir, command.Env = g.folder, os.Environ()
	if g.server { // which the guide has exported by then
		command.Env = append(command.Env, "KEYWRIGHT_DATABASE=file:service.url")
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

func (g *backupGuide) must(t *testing.T, k *keywright, block string) {
	t.Helper()
	if out, err := g.follow(t, k, block); err != nil {
		t.Fatalf("%s%v\n%s", block, err, out)
	}
}

// name writes the two files with URLs, as the guide to PostgreSQL has them.
func (g *backupGuide) name(t *testing.T, d *postgrestest.Database) {
	t.Helper()
	for file, role := range map[string]string{"owner.url": postgrestest.Owner, "service.url": postgrestest.Service} {
		if err := os.WriteFile(filepath.Join(g.folder, file), []byte(d.URL(role)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheBackupGuideIsFollowed does what the guide says: a backup, a revocation, a disaster; the
// restore with the journal, after which the key is refused; and without it, after which the key
// works, as the guide warns.
func TestTheBackupGuideIsFollowed(t *testing.T) {
	for _, on := range []string{"SQLite", "PostgreSQL"} {
		t.Run(on, func(t *testing.T) {
			g := openBackupGuide(t)
			g.server = on == "PostgreSQL"
			n := &node{keywright: &keywright{data: folder(t)}, client: http.DefaultClient}
			n.manager = n.operator()
			defer n.manager.CloseIdleConnections()
			defer n.stop(t) // before its databases go
			if g.server {
				n.postgres = postgrestest.New(t)
				g.name(t, n.postgres)
			}
			n.begin(t)
			n.acme(t)
			k := n.made(t, 1)
			g.must(t, n.keywright, g.backup)
			searched(filepath.Join(g.folder, "keywright.backup"))
			n.revoke(t, k)
			n.stop(t)

			restore := g.restore
			if g.server {
				restore = g.restoreToServer
				n.postgres = postgrestest.Empty(t)
				g.name(t, n.postgres)
			}
			g.must(t, n.keywright, restore)
			if said, err := g.follow(t, n.keywright, g.look); err == nil || !strings.Contains(said, k[0].LastFour) {
				t.Errorf("what the database lacks: %v\n%s", err, said)
			}
			g.must(t, n.keywright, g.replay)
			n.begin(t)
			n.acceptsAny(t, k, "revoked")
			n.stop(t)

			lost := n.data // and with it the journal
			n.data = folder(t)
			bring(t, &keywright{data: lost}, n.keywright)
			restore = regexp.MustCompile(`(?m)^(mkdir|mv) .*\n`).ReplaceAllString(restore, "") // nothing to put aside
			if g.server {
				n.postgres = postgrestest.Empty(t)
				g.name(t, n.postgres)
			}
			g.must(t, n.keywright, restore)
			g.must(t, n.keywright, g.accept)
			n.begin(t)
			if n.accepts(t, k[0].Secret, "valid") != 4 {
				t.Error("a key that the accepted database does not know to be revoked is refused")
			}
		})
	}
}

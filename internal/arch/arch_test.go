package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/keywright/keywright"

// rows is the map: who imports whom only ever points to a higher number. The root package
// is "".
var rows = map[string]int{
	"cmd/keywright": 1, "bench": 1,

	"server": 2, "server/rest": 2, "server/gate": 2, "server/console": 2, "server/metrics": 2,
	"store": 2, "store/sqlite": 2, "store/postgres": 2, "store/postgres/postgrestest": 2, "store/storetest": 2, "store/queries": 2,
	"follow": 2, "keyring": 2, "mark": 2, "meter": 2, "password": 2,

	"": 3, "api": 3,

	"backup": 4, "keyset": 4, "policy": 5, "secret": 6, "limit": 6,
}

// below lists the few packages of one row that may import another: an adapter is made of
// parts.
var below = map[string][]string{
	"store":          {"store/queries"},
	"store/sqlite":   {"store", "store/queries"},
	"store/postgres": {"store", "store/queries"},

	"store/postgres/postgrestest": {"store/postgres"},
}

// withoutIO are the rows that may not import what touches the world (row 3 and down), and
// what that is.
var touchesTheWorld = []string{"os", "os/exec", "os/signal", "net", "net/http", "database/sql", "log", "log/slog", "syscall"}

// onlyIn says which packages may import something, by prefix.
var onlyIn = []struct {
	what    string
	allowed []string
}{
	{"net/http", []string{"server", "client", "cmd"}},
	{"modernc.org/sqlite", []string{"store/sqlite"}},
	{"github.com/jackc/pgx", []string{"store/postgres"}},
	{"crypto/rand", []string{"", "server", "cmd/keywright"}},
}

type pkg struct {
	ImportPath, Name                   string
	Imports, TestImports, XTestImports []string
	GoFiles                            []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports,TestImports,XTestImports,GoFiles", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < len(rows) {
		t.Fatalf("go list found %d packages; the map has %d", len(all), len(rows))
	}
	return all
}

// ours is the path of a package of this module below the root, and whether it is one.
func ours(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestTheMapHolds(t *testing.T) {
	for _, p := range packages(t) {
		name, _ := ours(p.ImportPath)
		row, known := rows[name]
		internal := strings.HasPrefix(name, "internal/")
		if !known && !internal {
			t.Errorf("%s has no row; give it one, or put it where it belongs", name)
			continue
		}
		for _, imported := range p.Imports {
			to, isOurs := ours(imported)
			switch {
			case isOurs && (strings.HasSuffix(to, "storetest") || strings.HasSuffix(to, "postgrestest") || to == "keywrighttest"):
				t.Errorf("%s imports %s, which is for tests", name, to)
			case isOurs && internal:
				t.Errorf("%s imports %s; internal packages import nothing of ours", name, to)
			case isOurs && strings.HasPrefix(to, "internal/"):
			case isOurs && rows[to] <= row && !slices.Contains(below[name], to):
				t.Errorf("%s imports %s: arrows point down, and packages of one row do not know each other", name, to)
			case !isOurs && row >= 3 && slices.Contains(touchesTheWorld, imported):
				t.Errorf("%s imports %s: the domain touches nothing", name, imported)
			}
		}
		for _, rule := range onlyIn {
			if slices.ContainsFunc(p.Imports, func(i string) bool { return i == rule.what || strings.HasPrefix(i, rule.what+"/") }) &&
				!slices.ContainsFunc(rule.allowed, func(a string) bool { return name == a || a != "" && strings.HasPrefix(name, a+"/") }) {
				t.Errorf("%s imports %s, which only %v may", name, rule.what, rule.allowed)
			}
		}
	}
}

// The test of the test: each rule catches what it is for.
func TestEachPackageOfTheMapExists(t *testing.T) {
	var found []string
	for _, p := range packages(t) {
		name, _ := ours(p.ImportPath)
		found = append(found, name)
	}
	for name := range rows {
		if !slices.Contains(found, name) {
			t.Errorf("the map has %q, the module has not", name)
		}
	}
}

package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every statement finds its rows by an index and in order: none reads a table through or
// sorts what it found, however many keys there are.
func TestStatementsUseAnIndex(t *testing.T) {
	db := raw(t)
	files, err := filepath.Glob("../queries/*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	statements := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile("(?s)`-- name: (\\w+) :\\w+\n(.*?)`").FindAllStringSubmatch(string(source), -1) {
			statements++
			// A row for each pepper, for each process, for each restored backup and for each policy: a
			// handful. And what is done when one was restored, or the policy is replaced.
			through := slices.Contains([]string{"KeyringChecks", "Nodes", "Decisions", "EndAllLinks", "PolicyInForce", "HadPolicy", "NamesInUse"}, match[1])
			// This one looks at all keys of one account, and says so.
			sorts := match[1] == "KeysInOrder"
			gathers := sorts || match[1] == "NamesInUse"
			for _, step := range plan(t, db, match[2]) {
				sent := strings.HasPrefix(step, "SCAN used VIRTUAL TABLE")
				scan := strings.HasPrefix(step, "SCAN") && !through && !sent
				listing := !sorts && !strings.HasSuffix(step, "PRIMARY KEY (rowid=?) LEFT-JOIN") && strings.Contains(match[2], "account_id = $1") && strings.Contains(match[2], "LIMIT")
				if scan || !gathers && strings.Contains(step, "TEMP B-TREE") || listing && !strings.Contains(step, "(account_id=? AND ") {
					t.Errorf("%s: %s", match[1], step)
				}
			}
		}
	}
	if statements < 30 {
		t.Errorf("found %d statements", statements)
	}
}

func plan(t *testing.T, db *sql.DB, statement string) []string {
	t.Helper()
	different := map[string]bool{}
	for _, parameter := range regexp.MustCompile(`\$\d+`).FindAllString(statement, -1) {
		different[parameter] = true
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, make([]any, len(different))...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

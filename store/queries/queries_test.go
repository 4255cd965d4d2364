package queries

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// texts are the statements as they are sent, by name.
func texts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d generated files, %v", len(files), err)
	}
	all := map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile("(?s)const \\w+ = `-- name: (\\w+) :\\w+\n(.*?)`").FindAllStringSubmatch(string(source), -1) {
			all[match[1]] = match[2]
		}
	}
	if len(all) < 30 {
		t.Fatalf("found %d statements", len(all))
	}
	return all
}

// misnumbered finds the first parameter that appears before a lower one has. Some SQLite
// drivers number $N by its first appearance and would bind such a text wrongly, in silence.
func misnumbered(text string) string {
	highest := 0
	for _, match := range regexp.MustCompile(`\$(\d+)`).FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(match[1])
		if err != nil || n > highest+1 {
			return match[0]
		}
		highest = max(highest, n)
	}
	return ""
}

// unwanted finds what no statement of ours may have: a listing that skips or counts reads
// rows that it does not show, and columns that are not named change under the reader.
func unwanted(text string) string {
	return regexp.MustCompile(`(?i)\boffset\b|\bcount\s*\(|\*\s*(,|\n|from\b)|::`).FindString(text)
}

func TestStatementsAreHonestOnEveryDatabase(t *testing.T) {
	for name, text := range texts(t) {
		if p := misnumbered(text); p != "" {
			t.Errorf("%s: %s appears before the one below it", name, p)
		}
		if part := unwanted(text); part != "" {
			t.Errorf("%s: has %q", name, part)
		}
	}
}

func TestWhatIsForbiddenIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT $1, $2, $1, $3": "", "SELECT $2, $1": "$2", "SELECT $1, $3": "$3", "SELECT $1, $12": "$12",
	} {
		if got := misnumbered(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{
		"SELECT * FROM keys": true, "SELECT keys.*, id FROM keys": true, "SELECT id FROM keys LIMIT 1 OFFSET 2": true,
		"SELECT count (*) FROM keys": true, "SELECT COUNT(id) FROM keys": true, "SELECT $1::TEXT": true,
		"SELECT id FROM keys WHERE a * b > 1": false, "SELECT offset_id, counted FROM keys": false,
	} {
		if got := unwanted(text); (got != "") != want {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

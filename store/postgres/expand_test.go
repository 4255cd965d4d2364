package postgres_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// narrowing is what a migration must not do to a table that the version before works with: it runs
// beside this one for a while.
var narrowing = regexp.MustCompile(`(?is)^\s*(DROP\s+(TABLE|VIEW|FUNCTION|SEQUENCE|SCHEMA|TYPE)\b` +
	`|ALTER\s+TABLE\b.*\b(DROP\s+(COLUMN|CONSTRAINT)|RENAME|SET\s+NOT\s+NULL|TYPE|ADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY))\b` +
	`|CREATE\s+UNIQUE\s+INDEX\b|DELETE\b|TRUNCATE\b|REVOKE\b)`)

var (
	addedColumn = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\b.*\bADD\s+COLUMN\b.*\bNOT\s+NULL\b`)
	hasDefault  = regexp.MustCompile(`(?i)\bDEFAULT\b`)
	newTable    = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(\w+)`)
	onTable     = regexp.MustCompile(`(?i)\b(?:ON|TABLE|FROM|INTO|UPDATE)\s+(\w+)`)
	unused      = regexp.MustCompile(`(?m)^-- unused since (\d{5})$`)
	comment     = regexp.MustCompile(`--.*`)
	function    = regexp.MustCompile(`(?s)-- \+goose StatementBegin.*?-- \+goose StatementEnd`)
)

// narrows answers the statements of a migration that take something away from the version before.
// Those after a line "-- unused since NNNNN", with the number of an earlier migration, take away
// what that version has not used either.
func narrows(number int, text string) (found []string) {
	text = function.ReplaceAllString(text, "")
	made := map[string]bool{}
	for _, match := range newTable.FindAllStringSubmatch(text, -1) {
		made[strings.ToLower(match[1])] = true
	}
	for statement := range strings.SplitSeq(text, ";\n") {
		if match := unused.FindStringSubmatch(statement); match != nil {
			if since, _ := strconv.Atoi(match[1]); since < number {
				continue
			}
		}
		bare := comment.ReplaceAllString(statement, "")
		if on := onTable.FindStringSubmatch(bare); on != nil && made[strings.ToLower(on[1])] {
			continue // of a table that the version before doesn't know
		}
		if narrowing.MatchString(bare) || addedColumn.MatchString(bare) && !hasDefault.MatchString(bare) {
			found = append(found, strings.TrimSpace(bare))
		}
	}
	return found
}

// TestMigrationsOnlyExpand holds the rule of docs/guide/postgresql.md, "A new version".
func TestMigrationsOnlyExpand(t *testing.T) {
	files, err := os.ReadDir("migrations")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile("migrations/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		number, err := strconv.Atoi(file.Name()[:5])
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range narrows(number, string(text)) {
			t.Errorf("%s takes something away from the version before: %s", file.Name(), statement)
		}
	}
}

func TestWhatTakesSomethingAwayIsFound(t *testing.T) {
	for _, statement := range []string{
		"DROP TABLE keys", "ALTER TABLE keys DROP COLUMN plan", "ALTER TABLE keys RENAME COLUMN plan TO tier", "ALTER TABLE keys RENAME TO k",
		"ALTER TABLE keys ALTER COLUMN plan TYPE BIGINT", "ALTER TABLE keys ALTER COLUMN plan SET NOT NULL", "ALTER TABLE keys ADD COLUMN tier TEXT NOT NULL",
		"ALTER TABLE keys ADD CONSTRAINT short CHECK (length(plan) < 9)", "CREATE UNIQUE INDEX once ON keys (plan)", "DELETE FROM keys",
		"-- unused since 00007\nDROP TABLE keys", "-- unused since 00009\nDROP TABLE keys",
	} {
		if found := narrows(7, "-- +goose Up\n\n"+statement+";\n"); len(found) != 1 {
			t.Errorf("%q: found %q", statement, found)
		}
	}
	for _, statement := range []string{
		"CREATE TABLE tiers (id TEXT PRIMARY KEY)", "ALTER TABLE keys ADD COLUMN tier TEXT NOT NULL DEFAULT ''", "ALTER TABLE keys ADD COLUMN tier TEXT",
		"CREATE TABLE tiers (id TEXT);\nCREATE UNIQUE INDEX once ON tiers (id)", "CREATE INDEX some ON keys (plan)", "-- unused since 00005\nDROP TABLE keys",
	} {
		if found := narrows(7, "-- +goose Up\n\n"+statement+";\n"); len(found) != 0 {
			t.Errorf("%q: found %q", statement, found)
		}
	}
}

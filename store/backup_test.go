package store

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// Whoever adds a table says whether it is in a backup.
func TestEachTableIsInABackupOrIsLeftOutForAReason(t *testing.T) {
	schema, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	found := []string{"schema_versions"} // of the tool that applies migrations
	for _, match := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+) \(`).FindAllSubmatch(schema, -1) {
		found = append(found, string(match[1]))
	}
	if len(found) < 15 {
		t.Fatalf("found only %v", found)
	}
	for _, table := range found {
		if in, out := slices.Contains(backedUp(), table), leftOut()[table] != ""; in == out {
			t.Errorf("%s: in a backup: %v, left out for a reason: %v", table, in, out)
		}
	}
	for table := range leftOut() {
		if !slices.Contains(found, table) {
			t.Errorf("%s is left out, and there is no such table", table)
		}
	}
	for i, table := range backedUp() {
		if !slices.Contains(found, table) {
			t.Errorf("%s is backed up, and there is no such table", table)
		}
		refers := regexp.MustCompile(`(?s)CREATE TABLE ` + table + ` \((.*?)\n\);`).FindSubmatch(schema)
		for _, match := range regexp.MustCompile(`REFERENCES (\w+)`).FindAllSubmatch(refers[1], -1) {
			if to := slices.Index(backedUp(), string(match[1])); to < 0 || to >= i {
				t.Errorf("%s refers to %s, which does not come before it", table, match[1])
			}
		}
	}
}

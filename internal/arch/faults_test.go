package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each fault of the design that the documentation lists is caught by what it says there. A test is
// named as TestName or TestName/the name of a case, a fault of the model in capitals.
func TestWhatCatchesEachFaultIsThere(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n## Faults of the design\n")
	if !found {
		t.Fatal("the page has no table of them")
	}
	model, err := os.ReadFile("../../scripts/model")
	if err != nil {
		t.Fatal(err)
	}
	tests := testFiles(t)
	row, quoted := regexp.MustCompile(`(?m)^\| [^|]+ \| (.+) \|$`), regexp.MustCompile("`([^`]+)`")
	rows := row.FindAllStringSubmatch(table, -1)[2:] // after the head and the line below it
	if len(rows) != 15 {
		t.Errorf("got %d faults, want 15", len(rows))
	}
	for _, r := range rows {
		names := quoted.FindAllStringSubmatch(r[1], -1)
		if len(names) == 0 {
			t.Errorf("nothing catches %q", r[0])
		}
		for _, name := range names {
			there := strings.Contains(string(model), "|"+name[1]+"|")
			if test, of, is := strings.Cut(name[1], "/"); is || strings.HasPrefix(test, "Test") {
				there = strings.Contains(tests, "\nfunc "+test+"(") && strings.Contains(tests, `"`+of+`"`)
			}
			if !there {
				t.Errorf("%s is no longer there", name[1])
			}
		}
	}
}

// testFiles is the text of all tests.
func testFiles(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == "node_modules":
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go") && filepath.Base(filepath.Dir(path)) != "storetest":
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

package policy

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"
)

// sections are the parts of the file with their headings in the reference, and where the first
// of each is in full.
func sections() []struct {
	heading string
	fields  []string
	path    string
} {
	return []struct {
		heading string
		fields  []string
		path    string
	}{
		{"The parts", fileFields(), ""},
		{"Product", productFields(), "product"},
		{"Versions", versionFields(), "versions[0]"},
		{"Scopes", scopeFields(), "scopes[0]"},
		{"Roles", roleFields(), "roles[0]"},
		{"Plans", planFields(), "plans[0]"},
		{"Keys", keysFields(), "keys"},
		{"Errors", errorFields(), "errors"},
		{"Requests", requestFields(), "requests"},
	}
}

// The reference has each field, no other, in the file's order, and says which are required.
func TestTheReferenceIsTheModel(t *testing.T) {
	reference, err := os.ReadFile("../docs/reference/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| `([a-z_]+)` \\| (.+) \\| (.+) \\|$")
	for _, s := range sections() {
		_, after, found := strings.Cut(string(reference), "\n## "+s.heading+"\n")
		table, _, _ := strings.Cut(after[max(strings.Index(after, "|"), 0):], "\n\n") // the first one
		var fields []string
		for line := range strings.SplitSeq(table, "\n") {
			cells := row.FindStringSubmatch(line)
			if cells == nil {
				continue
			}
			fields = append(fields, cells[1])
			if got, says := isRequired(t, s.path, cells[1]), strings.HasPrefix(cells[3], "required"); got != says {
				t.Errorf("%s: %s: required: the reference says %v, the file's reader %v", s.heading, cells[1], says, got)
			}
			if value, ok := strings.CutPrefix(cells[3], "`"); ok {
				hasDefault(t, s.path, cells[1], strings.TrimSuffix(value, "`"))
			}
		}
		if !found || !slices.Equal(fields, s.fields) {
			t.Errorf("%s: the reference has %v, want %v", s.heading, fields, s.fields)
		}
	}
	for _, limit := range []int{MaxSize, maxDepth, MaxMistakes, MaxVersions, MaxScopes, MaxRoles, MaxPlans, MaxRoutes, MaxRate, MaxTemplate, maxPath, maxSegments, maxLabel, maxSentence, maxLink} {
		if !strings.Contains(string(reference), " "+withCommas(limit)) {
			t.Errorf("the reference does not say %s", withCommas(limit))
		}
	}
	for _, right := range Rights() {
		readme, err := os.ReadFile("../docs/reference/README.md")
		if err != nil || !strings.Contains(string(readme), "| `"+string(right)+"` |") {
			t.Errorf("the reference does not explain the right %s: %v", right, err)
		}
	}
}

func withCommas(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// isRequired reports whether full without the field has that as a mistake.
func isRequired(t *testing.T, path, field string) bool {
	t.Helper()
	for _, line := range mistakesWithout(t, path, field) {
		if strings.HasSuffix(line, "."+field+" is required") || strings.HasSuffix(line, ": "+field+" is required") {
			return true
		}
	}
	return false
}

// mistakesWithout are those of full without the field.
func mistakesWithout(t *testing.T, path, field string) []string {
	t.Helper()
	root := nodeOf(t, full)
	at := partAt(t, root, path)
	if indexOf(at, field) < 0 { // the other one has it
		at = partAt(t, root, strings.Replace(path, "[0]", "[1]", 1))
	}
	i := indexOf(at, field)
	if i < 0 {
		t.Fatalf("full has no %s", join(path, field))
	}
	at.Content = slices.Delete(at.Content, i, i+2)
	_, err := Parse(textOf(t, root))
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// hasDefault holds that a field with the value means the same as without the field.
func hasDefault(t *testing.T, path, field, value string) {
	t.Helper()
	const twoOfEach = small + "  - {name: free, label: Free}\n"
	text := strings.NewReplacer(
		"roles:\n", "  - {name: v2, label: Version 2, hint: The other one., presentations: [token]}\nroles:\n",
		"plans:\n", "  - {name: helper, label: Helper}\nplans:\n",
	).Replace(twoOfEach)
	root := nodeOf(t, text)
	at := partAt(t, root, strings.Replace(path, "[0]", "[1]", 1))
	if indexOf(at, field) >= 0 {
		t.Fatalf("%s is there already", join(path, field))
	}
	at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: field}, nodeOf(t, value))
	without := parsed(t, text)
	with := parsed(t, string(textOf(t, root)))
	if diff := cmp.Diff(without, with, cmpopts.IgnoreFields(Policy{}, "text"), cmp.AllowUnexported(ErrorFormat{}, Router{}, piece{}), cmpopts.IgnoreFields(Router{}, "root")); diff != "" {
		t.Errorf("%s: %s is not the default: without -, with +:\n%s", join(path, field), value, diff)
	}
}

func nodeOf(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Load([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return document.Content[0]
}

func textOf(t *testing.T, root *yaml.Node) []byte {
	t.Helper()
	text, err := yaml.Dump(root)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// partAt finds "versions[1]" below a root.
func partAt(t *testing.T, root *yaml.Node, path string) *yaml.Node {
	t.Helper()
	if path == "" {
		return root
	}
	name, index, isList := strings.Cut(strings.TrimSuffix(path, "]"), "[")
	at := root.Content[indexOf(root, name)+1]
	if isList {
		at = at.Content[int(index[0]-'0')]
	}
	return at
}

func indexOf(part *yaml.Node, field string) int {
	for i := 0; i < len(part.Content); i += 2 {
		if part.Content[i].Value == field {
			return i
		}
	}
	return -1
}

// Each piece of YAML in the documents is part of a good policy.
func TestTheExamplesOfTheDocumentsAreGood(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	found := 0
	for _, file := range []string{"../docs/guide/policy.md", "../docs/reference/policy.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range blocks.FindAllStringSubmatch(string(text), -1) {
			found++
			root, example := nodeOf(t, small), nodeOf(t, block[1])
			for i := 0; i < len(example.Content); i += 2 {
				if at := indexOf(root, example.Content[i].Value); at >= 0 {
					root.Content = slices.Delete(root.Content, at, at+2)
				}
			}
			root.Content = append(root.Content, example.Content...)
			if _, err := Parse(textOf(t, root)); err != nil {
				t.Errorf("%s: %v\n%s", file, err, block[1])
			}
		}
	}
	if found < 4 {
		t.Errorf("found %d examples", found)
	}
}

// Everything that is commented out in the built-in policy can be put in.
func TestTheCommentsOfTheDefaultAreGood(t *testing.T) {
	text := strings.NewReplacer(
		"  # vendor:", "  vendor:", "    state: current\n", "", "    # ", "    ",
		"# routes:", "routes:", "#   - ", "  - ", "# requests:\n#   own", "requests:\n  own",
	).Replace(defaultText)
	p := parsed(t, text)
	if p.Product.Vendor != "acme" || p.Versions[0].State != Deprecated || p.Plans[1].Rate.Burst != 960 || len(p.Routes.Routes()) != 3 || !p.Requests.TwoPeople {
		t.Errorf("got %+v", p)
	}
}

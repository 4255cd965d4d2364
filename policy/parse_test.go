package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// small is a policy with nothing in it that could be left out.
const small = `product:
  name: Acme
versions:
  - name: v1
    label: Version 1
    hint: The one there is.
    presentations: [token]
    preselected: true
roles:
  - name: owner
    label: Owner
    owner: true
    rights: ["*"]
plans:
  - name: basic
    label: Basic
    api_access: true
`

func TestASmallPolicyHasTheDefaults(t *testing.T) {
	p := parsed(t, small)
	if p.Product.Brand != "kw" || p.Product.Vendor != "" {
		t.Errorf("product: got %+v, want brand kw and no vendor", p.Product)
	}
	v := p.Versions[0]
	if v.BasePath != "/" || v.State != Current || !v.Override || v.AcceptParameter != "" || v.Documentation != "" {
		t.Errorf("version: got %+v, want base path /, current, override", v)
	}
	if p.Plans[0].Rate.Burst != 0 || p.Errors.String() != "problem+json" || len(p.Scopes) != 0 || len(p.Routes.Routes()) != 0 {
		t.Errorf("got %+v, want no rate, problem+json, no scopes and no routes", p)
	}
	if p.Text() != small {
		t.Error("the text is not the file's")
	}
}

func parsed(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mistakesIn are the lines of the error, without the file's name.
func mistakesIn(t testing.TB, text string) []string {
	t.Helper()
	p, err := Parse([]byte(text))
	var wrong Mistakes
	if !errors.As(err, &wrong) || p != nil {
		t.Fatalf("got %v, %v, want mistakes and no policy", p, err)
	}
	var lines []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		lines = append(lines, strings.TrimPrefix(line, "policy.yaml:"))
	}
	return lines
}

// Each case changes small: the line that begins with at becomes (or, with an empty at, is
// followed at the end by) the new text.
func TestAMistakeSaysWhereItIsAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		at, now string
		want    []string
	}{
		"an unknown field that is a slip of the pen":      {"    label: Version 1", "    lable: Version 1", []string{"4:5: versions[0].label is required", "5:5: versions[0].lable is no field of a policy; did you mean label?"}},
		"an unknown field that is like none":              {"    owner: true", "    owner: true\n    sovereign: true", []string{"13:5: roles[0].sovereign is no field of a policy"}},
		"an unknown part":                                 {"", "version: []", []string{"18:1: version is no field of a policy; did you mean versions?"}},
		"a field of another part":                         {"  name: Acme", "  name: Acme\n  label: x", []string{"3:3: product.label is no field of a policy"}},
		"an unknown field that looks like a key":          {"  name: Acme", "  name: Acme\n  kw_live_o6p4Zq81LmT3ThisIsAnExampleAndNoRealKeyQZ1xxxxx: x", []string{"3:3: product.? is no field of a policy"}},
		"a field twice":                                   {"  name: Acme", "  name: Acme\n  name: Emca", []string{"3:3: product.name stands here a second time; the first is in line 2"}},
		"a part twice":                                    {"", "plans: []", []string{"18:1: plans stands here a second time; the first is in line 15"}},
		"a text that is a number":                         {"  name: Acme", "  name: 7", []string{"2:9: product.name is a number; it takes a text; put quotes around it"}},
		"a text that is true":                             {"  name: Acme", "  name: true", []string{"2:9: product.name is true or false; it takes a text; put quotes around it"}},
		"a text that is a date":                           {"  name: Acme", "  name: 2026-01-01", []string{"2:9: product.name is a date; it takes a text; put quotes around it"}},
		"a text that is a list":                           {"  name: Acme", "  name: [Acme]", []string{"2:9: product.name is a list; it takes a text"}},
		"a text that has fields":                          {"  name: Acme", "  name: {en: Acme}", []string{"2:9: product.name has fields; it takes a text"}},
		"no text":                                         {"  name: Acme", "  name:", []string{"2:8: product.name has no value; give it one, or leave the line out"}},
		"an empty text":                                   {"  name: Acme", `  name: ""`, []string{"2:9: product.name is empty, or has blanks around it"}},
		"a text of two lines":                             {"  name: Acme", `  name: "Ac\nme"`, []string{"2:9: product.name has a line end or a character that does not show; write it on one line"}},
		"a text that turns around":                        {"  name: Acme", `  name: "Ac\u202eme"`, []string{"2:9: product.name has a line end or a character that does not show; write it on one line"}},
		"a text of 61 characters":                         {"  name: Acme", "  name: " + strings.Repeat("é", 61), []string{"2:9: product.name has more than 60 characters"}},
		"yes is no boolean":                               {"    owner: true", "    owner: yes", []string{"10:3: roles has no role with owner: true; every account keeps a member with it", "12:12: roles[0].owner is a text; it takes true or false"}},
		"a list that is a text":                           {"    presentations: [token]", "    presentations: token", []string{"7:20: versions[0].presentations is a text; it takes a list, even of one: lines that begin with -, or [ ]"}},
		"a list that is empty":                            {"    presentations: [token]", "    presentations: []", []string{"7:20: versions[0].presentations has no entry; it needs one at least"}},
		"the same twice in a list":                        {"    presentations: [token]", "    presentations: [token, token]", []string{"7:28: versions[0].presentations[1] stands in this list already"}},
		"a number in a list":                              {"    presentations: [token]", "    presentations: [1]", []string{"7:21: versions[0].presentations[0] is a number; it takes a text; put quotes around it"}},
		"an unknown presentation":                         {"    presentations: [token]", "    presentations: [token, beaerr]", []string{"7:28: versions[0].presentations[1] is not one of token, bearer, x-api-key, basic; did you mean bearer?"}},
		"the query string is no presentation":             {"    presentations: [token]", "    presentations: [query]", []string{"7:21: versions[0].presentations[0] is not one of token, bearer, x-api-key, basic"}},
		"an unknown state":                                {"    preselected: true", "    preselected: true\n    state: clsoed", []string{"9:12: versions[0].state is not one of current, deprecated, closed, off; did you mean closed?"}},
		"deprecated without saying since when":            {"    preselected: true", "    preselected: true\n    state: deprecated", []string{"4:3: versions has no version with state: current", "9:12: versions[0].state needs a deprecated date beside it: answers say since when"}},
		"a date for a current version":                    {"    preselected: true", "    preselected: true\n    sunset: 2027-01-01", []string{"9:13: versions[0].sunset is not for a version that is current; set its state to deprecated"}},
		"a preselected version that is closed":            {"    preselected: true", "    preselected: true\n    state: closed\n    deprecated: 2026-01-01", []string{"4:3: versions has no version with state: current", "8:18: versions[0].preselected is true, but no new key may be issued for a version that is closed"}},
		"a date that is none":                             {"    preselected: true", "    preselected: true\n    state: deprecated\n    deprecated: 2026-02-30", []string{"4:3: versions has no version with state: current", "10:17: versions[0].deprecated is not a date; write 2026-03-01, which begins at midnight UTC, or 2026-03-01T09:00:00+01:00"}},
		"a date before there were any":                    {"    preselected: true", "    preselected: true\n    state: deprecated\n    deprecated: 1969-12-31", []string{"4:3: versions has no version with state: current", "10:17: versions[0].deprecated is not a date; write 2026-03-01, which begins at midnight UTC, or 2026-03-01T09:00:00+01:00"}},
		"a sunset before the deprecation":                 {"    preselected: true", "    preselected: true\n    state: deprecated\n    deprecated: 2026-02-02\n    sunset: 2026-02-01", []string{"4:3: versions has no version with state: current", "11:13: versions[0].sunset is before the deprecated date"}},
		"a notice that would break a header":              {"    preselected: true", "    preselected: true\n    state: deprecated\n    deprecated: 2026-02-02\n    notice: https://a.example/>", []string{"4:3: versions has no version with state: current", "11:13: versions[0].notice is not a link; write one that begins with https://"}},
		"a link that runs a script":                       {"    preselected: true", "    preselected: true\n    documentation: javascript:alert(1)", []string{"9:20: versions[0].documentation is not a link; write one that begins with https://, or with / for a page of the console"}},
		"a link to another host in disguise":              {"    preselected: true", "    preselected: true\n    documentation: //evil.example/", []string{"9:20: versions[0].documentation is not a link; write one that begins with https://, or with / for a page of the console"}},
		"a base path that breaks out of a shell":          {"    preselected: true", "    preselected: true\n    base_path: /$(id)/", []string{"9:16: versions[0].base_path is not written right; write a path with a slash at both ends, like /api/v1/"}},
		"an accept parameter that is a number":            {"    preselected: true", "    preselected: true\n    accept: 1", []string{"9:13: versions[0].accept is a number; it takes a text; put quotes around it"}},
		"no preselected version":                          {"    preselected: true", "", []string{"4:3: versions has no version with preselected: true; forms offer it first"}},
		"a name that can't be one":                        {"  - name: v1", "  - name: V1", []string{"4:11: versions[0].name is not written right; write 1 to 32 lower-case letters, digits, _, - and ., a letter or digit first"}},
		"a right that is not":                             {`    rights: ["*"]`, "    rights: [keys:mange]", []string{"12:12: roles[0].owner is true, so the role needs every right; write rights: [\"*\"]", "13:14: roles[0].rights[0] is not one of *, keys:manage, members:read, members:manage, account:read, audit:read, keys:personal, keys:request; did you mean keys:manage?"}},
		"an owner without every right":                    {`    rights: ["*"]`, "    rights: [keys:manage]", []string{"12:12: roles[0].owner is true, so the role needs every right; write rights: [\"*\"]"}},
		"no owner":                                        {"    owner: true", "", []string{"10:3: roles has no role with owner: true; every account keeps a member with it"}},
		"a scope that is not defined":                     {"    owner: true", "    owner: true\n    scopes: [incidents:read]", []string{"13:14: roles[0].scopes[0] is no scope that is defined under scopes"}},
		"a plan without access":                           {"    api_access: true", "    api_access: false", []string{"15:3: plans has no plan with api_access: true, so that no key would verify"}},
		"a rate that is a number":                         {"    api_access: true", "    api_access: true\n    rate: 60", []string{"18:11: plans[0].rate is a number; it takes a text; put quotes around it"}},
		"a rate that is none":                             {"    api_access: true", "    api_access: true\n    rate: 60 per minute", []string{"18:11: plans[0].rate is not a rate; write 60/min, or 60/min burst 20; the units are s, min, h and d, the numbers 1 to 1000000"}},
		"a rate above the most":                           {"    api_access: true", "    api_access: true\n    rate: 1000001/s", []string{"18:11: plans[0].rate is not a rate; write 60/min, or 60/min burst 20; the units are s, min, h and d, the numbers 1 to 1000000"}},
		"a brand that is none":                            {"  name: Acme", "  name: Acme\n  brand: k", []string{"3:10: product.brand is not written right; write 2 to 10 lower-case letters and digits, a letter first"}},
		"a brand that leaves no room for the operator's":  {"  name: Acme", "  name: Acme\n  brand: elevenchars", []string{"3:10: product.brand is not written right; write 2 to 10 lower-case letters and digits, a letter first"}},
		"a vendor in capitals, which media types are not": {"  name: Acme", "  name: Acme\n  vendor: Acme", []string{"3:11: product.vendor is not written right; write the vendor of your media type as it stands after vnd., in lower case"}},
		"a part that is a text":                           {"  name: Acme", "  Acme", []string{"2:3: product is a text; it takes fields, such as name:"}},
		"an entry that is a text":                         {"", "scopes:\n  - incidents:read", []string{"19:5: scopes[0] is a text; it takes fields, such as name:"}},
		"a scope called none":                             {"", "scopes:\n  - {name: none, description: x}", []string{"19:12: scopes[0].name is what routes say that need no scope; choose another name"}},
		"a scope in capitals":                             {"", "scopes:\n  - {name: Incidents, description: x}", []string{"19:12: scopes[0].name is not written right; write it like incidents:read, at most 64 lower-case letters, digits, _, - and . with a colon between parts"}},
		"a scope twice":                                   {"", "scopes:\n  - {name: a, description: x}\n  - {name: a, description: y}", []string{"20:12: scopes[1].name is the same as in line 19"}},
		"a route to a scope that is not":                  {"", "scopes:\n  - {name: incidents:read, description: x}\nroutes:\n  - GET /incidents -> incident:read", []string{"21:5: routes[0] needs a scope that is not defined under scopes; did you mean incidents:read?"}},
		"a route twice":                                   {"", "routes:\n  - GET /a -> none\n  - POST,GET /a -> none", []string{"20:5: routes[1] is for the same method and path as the one in line 19"}},
		"a route without an arrow":                        {"", "routes:\n  - GET /a", []string{"19:5: routes[0] is not a route; write one like GET /incidents/** -> incidents:read"}},
		"a route without a scope":                         {"", "routes:\n  - GET /a ->", []string{"19:5: routes[0] names no scope; write none after the arrow if it needs none"}},
		"a route with a method in small letters":          {"", "routes:\n  - get /a -> none", []string{"19:5: routes[0] has methods that can't be; write one, GET, a list without blanks, GET,POST, or * for all"}},
		"a route with a method twice":                     {"", "routes:\n  - GET,GET /a -> none", []string{"19:5: routes[0] has methods that can't be; write one, GET, a list without blanks, GET,POST, or * for all"}},
		"a route with ** in the middle":                   {"", "routes:\n  - GET /a/**/b -> none", []string{"19:5: routes[0] has ** before the end of its path; write * for one segment"}},
		"a route with * in a segment":                     {"", "routes:\n  - GET /a/b* -> none", []string{"19:5: routes[0] has * beside other characters; * stands for a whole segment"}},
		"a route with braces":                             {"", "routes:\n  - GET /a/{id} -> none", []string{"19:5: routes[0] names a part of its path; write * for one segment"}},
		"a route with a slash at its end":                 {"", "routes:\n  - GET /a/ -> none", []string{"19:5: routes[0] has an empty segment, or a slash at the end of its path; leave it out: it matches with a slash at the end as well"}},
		"a route with dots":                               {"", "routes:\n  - GET /a/../b -> none", []string{"19:5: routes[0] has . or .. in its path; such a request never matches"}},
		"a route with percent signs":                      {"", "routes:\n  - GET /a%20b -> none", []string{"19:5: routes[0] has a character in its path that can't be there; write it without percent-encoding, query or blanks"}},
		"a route without a slash":                         {"", "routes:\n  - GET a -> none", []string{"19:5: routes[0] has a path without a slash at its beginning"}},
		"a route of 33 segments":                          {"", "routes:\n  - GET " + strings.Repeat("/a", 33) + " -> none", []string{"19:5: routes[0] has a path of more than 200 bytes or 32 segments"}},
		"a regular expression in place of a path":         {"", "routes:\n  - GET /(a+)+$ -> none\n  - GET /[a-z]+ -> none", []string{"20:5: routes[1] has a character in its path that can't be there; write it without percent-encoding, query or blanks"}},
		"an empty route":                                  {"", "routes:\n  - \"\"", []string{"19:5: routes[0] is empty"}},
		"an unknown format":                               {"", "errors:\n  format: problem", []string{"19:11: errors.format is not one of problem+json, pagerduty, template"}},
		"no format":                                       {"", "errors: {}", []string{"18:9: errors.format is required"}},
		"a body without a template":                       {"", "errors:\n  format: pagerduty\n  body: x", []string{"20:9: errors.body is for format: template only"}},
		"a template without a body":                       {"", "errors:\n  format: template\n  content_type: application/json", []string{"19:3: errors.body is required"}},
		"a template with an empty body":                   {"", "errors:\n  format: template\n  content_type: application/json\n  body: \"\"", []string{"21:9: errors.body is empty"}},
		"a template of a type that nobody escapes for":    {"", "errors:\n  format: template\n  content_type: text/html\n  body: x", []string{"20:17: errors.content_type is not a type that can be escaped for; write application/json, another one that ends in +json, or text/plain"}},
		"a template with an unknown word":                 {"", "errors:\n  format: template\n  content_type: text/plain\n  body: '{{.Cod}}'", []string{"21:9: errors.body can hold {{.Code}}, {{.Status}}, {{.Title}}, {{.Detail}} and {{.Scope}}, and nothing else between two braces; did you mean Code?"}},
		"a template with logic":                           {"", "errors:\n  format: template\n  content_type: text/plain\n  body: '{{if .Code}}'", []string{"21:9: errors.body can hold {{.Code}}, {{.Status}}, {{.Title}}, {{.Detail}} and {{.Scope}}, and nothing else between two braces"}},
		"a template that does not close":                  {"", "errors:\n  format: template\n  content_type: text/plain\n  body: '{{.Code'", []string{"21:9: errors.body has {{ without }} after it"}},
		"a template that is no JSON":                      {"", "errors:\n  format: template\n  content_type: application/json\n  body: '{\"a\": {{.Code}}}'", []string{"21:9: errors.body is not JSON once it is filled in; put quotes around each {{…}} but {{.Status}}"}},
		"an anchor":                                       {"  name: Acme", "  name: &a Acme", []string{"2:9: product.name has an anchor (&); write the value out wherever it is needed"}},
		"an alias":                                        {"    label: Version 1", "    label: &a x\n    documentation: *a", []string{"5:12: versions[0].label has an anchor (&); write the value out wherever it is needed", "6:20: versions[0].documentation is an alias (*); write the value out, or put a text that begins with * in quotes"}},
		"an alias to nothing":                             {"  name: Acme", "  name: *a", []string{"2:9: the file has an alias (*) here; put a text that begins with * in quotes"}},
		"an alias that is meant as a star":                {`    rights: ["*"]`, "    rights: [*]", []string{"13:15: the file has an alias (*) here; put a text that begins with * in quotes"}},
		"a cycle":                                         {"  name: Acme", "  name: &a [*a]", []string{"2:9: product.name has an anchor (&); write the value out wherever it is needed", "2:9: product.name is a list; it takes a text", "2:13: product.name[0] is an alias (*); write the value out, or put a text that begins with * in quotes"}},
		"a merge key":                                     {"  name: Acme", "  name: Acme\n  <<: {brand: ab}", []string{"3:3: product has a merge key (<<); write the fields out"}},
		"a tag":                                           {"  name: Acme", "  name: !!str 7", []string{"2:9: product.name has a tag (!); leave it out"}},
		"a tab":                                           {"  name: Acme", "\tname: Acme\n\tbrand: ab", []string{"2:1: the file is indented with a tab here; YAML wants spaces", "3:1: the file is indented with a tab here; YAML wants spaces"}},
		"a bracket that does not close":                   {"    presentations: [token]", "    presentations: [token", []string{"8:16: the file is not YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins at 7:20)"}},
		"a second document":                               {"", "---\nproduct: {}", []string{"18:1: the file has a second document here; one file holds one policy"}},
		"a NUL":                                           {"  name: Acme", "  name: \x00", []string{"2:9: the file has a control character here, or a line end that is none in YAML; remove it"}},
		"a byte that is no UTF-8, after letters of two":   {"  name: Acme", "  name: éé\xff", []string{"2:11: the file is not UTF-8 text here; save it as UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := small + c.now + "\n"
			if c.at != "" {
				if strings.Count(small, c.at+"\n") != 1 {
					t.Fatalf("%q is not one line of the policy", c.at)
				}
				text = strings.Replace(small, c.at+"\n", strings.TrimPrefix(c.now+"\n", "\n"), 1)
			}
			if got := mistakesIn(t, text); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestEveryPartIsRequired(t *testing.T) {
	want := []string{"1:1: product is required", "1:1: versions is required", "1:1: roles is required", "1:1: plans is required"}
	if got := mistakesIn(t, "scopes: []\n"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFileThatIsNone(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i <= 'i'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", i-1), 9), ","))
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":                 {"", "1:1: the file is empty; begin with a copy of the built-in policy"},
		"comments alone":        {"# nothing\n", "1:1: the file is empty; begin with a copy of the built-in policy"},
		"null":                  {"---\n", "1:1: the file is empty; begin with a copy of the built-in policy"},
		"a text":                {"hello\n", "1:1: the file is a text; it takes fields, such as product:"},
		"a list":                {"- product\n", "1:1: the file is a list; it takes fields, such as product:"},
		"one byte too large":    {small + strings.Repeat("#", MaxSize+1-len(small)), "1:1: the file has more than 1048576 bytes"},
		"10 MB":                 {strings.Repeat("a: 1\n", 2<<20), "1:1: the file has more than 1048576 bytes"},
		"UTF-16":                {"\xff\xfep\x00", "1:1: the file is not UTF-8 text here; save it as UTF-8"},
		"nested too deep":       {strings.Repeat("[", 1<<19), "1:17: the file is nested deeper than 16"},
		"JSON of another thing": {`{"openapi": "3.1.0"}`, "1:2: openapi is no field of a policy"},
	} {
		if got := mistakesIn(t, c.text); !slices.Contains(got, c.want) {
			t.Errorf("%s: got %.300q, want %q", name, got, c.want)
		}
	}
	if got := mistakesIn(t, bomb); len(got) < 9*8 || !strings.Contains(strings.Join(got, "\n"), "i[8] is an alias") {
		t.Errorf("a billion laughs: got %d mistakes, want one for each alias", len(got))
	}
	if got := mistakesIn(t, strings.Repeat("a: 1\n", 5000)); len(got) != MaxMistakes {
		t.Errorf("5,000 mistakes: got %d, want %d", len(got), MaxMistakes)
	}
}

func TestTheLargestFileIsReadAndAByteOrderMarkIsNoMistake(t *testing.T) {
	parsed(t, small+"#"+strings.Repeat("x", MaxSize-1-len(small)))
	parsed(t, "\uFEFF"+small)
	parsed(t, strings.ReplaceAll(small, "\n", "\r\n"))
}

func TestTheMostOfEachIsReadAndOneMoreIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		most int
		text func(n int) string
		want string
	}{
		"scopes": {MaxScopes, func(n int) string {
			return small + "scopes:\n" + many(n, func(i int) string { return fmt.Sprintf("  - {name: s%d, description: x}\n", i) })
		}, "19:3: scopes has more than 256 entries"},
		"routes": {MaxRoutes, func(n int) string {
			return small + "routes:\n" + many(n, func(i int) string { return fmt.Sprintf("  - GET /%d -> none\n", i) })
		}, "19:3: routes has more than 1000 entries"},
		"versions": {MaxVersions, func(n int) string {
			return strings.Replace(small, "roles:", many(n-1, func(i int) string {
				return fmt.Sprintf("  - {name: x%d, label: X, hint: X, presentations: [token]}\n", i)
			})+"roles:", 1)
		}, "4:3: versions has more than 32 entries"},
		"roles": {MaxRoles, func(n int) string {
			return strings.Replace(small, "plans:", many(n-1, func(i int) string { return fmt.Sprintf("  - {name: r%d, label: R}\n", i) })+"plans:", 1)
		}, "10:3: roles has more than 64 entries"},
		"plans": {MaxPlans, func(n int) string {
			return small + many(n-1, func(i int) string { return fmt.Sprintf("  - {name: p%d, label: P}\n", i) })
		}, "15:3: plans has more than 64 entries"},
	} {
		parsed(t, c.text(c.most))
		if got := mistakesIn(t, c.text(c.most+1)); !slices.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func many(n int, line func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
	}
	return b.String()
}

func TestAllMistakesAreToldAtOnceInTheOrderOfTheFile(t *testing.T) {
	text := `product:
  naem: Acme
versions:
  - name: v1
    label: Version 1
    hint: One.
    presentations: [token]
    preselected: true
    accept: "1"
  - name: v1
    label: Version 2
    hint: Two.
    presentations: [bearer]
    preselected: true
    accept: "1"
scopes:
  - name: incidents:read
    description: See incidents
roles:
  - name: helper
    label: Helper
    scopes: [incident:read, services:*]
  - name: owner
    label: Owner
    owner: true
    rights: ["*"]
    scopes: [incidents:*, "*"]
  - name: boss
    label: Boss
    owner: true
    rights: ["*"]
plans:
  - name: basic
    label: Basic
    api_access: true
  - name: basic
    label: Basic again
errors:
  format: pagerdooty
`
	want := []string{
		"2:3: product.naem is no field of a policy; did you mean name?",
		"2:3: product.name is required",
		"10:11: versions[1].name is the same as in line 4",
		"14:18: versions[1].preselected is true for another version too; forms can offer one first",
		"15:13: versions[1].accept is the same as in line 9",
		"22:14: roles[0].scopes[0] is no scope that is defined under scopes; did you mean incidents:read?",
		"22:29: roles[0].scopes[1] covers no scope that is defined under scopes",
		"23:5: roles[1] may more than the role before it; list roles from the most to the least powerful",
		"30:12: roles[2].owner is true for another role too; there is one",
		"36:11: plans[1].name is the same as in line 33",
		"39:11: errors.format is not one of problem+json, pagerduty, template; did you mean pagerduty?",
	}
	got := mistakesIn(t, text)
	slices.Sort(got[:2]) // of one place
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var wrong Mistakes
	_, err := Parse([]byte(text))
	if !errors.As(err, &wrong) || wrong[2] != (Mistake{10, 11, "versions[1].name", "is the same as in line 4"}) {
		t.Errorf("got %+v", wrong)
	}
	if first, _, _ := strings.Cut(wrong[2:].In("acme.yaml"), "\n"); first != "acme.yaml:10:11: versions[1].name is the same as in line 4" {
		t.Errorf("got %q", first)
	}
}

package console

import (
	"flag"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/keywright/keywright"
)

var update = flag.Bool("update", false, "write the golden pages anew")

var hashedName = regexp.MustCompile(`(/static/[a-z-]+)\.[0-9a-f]{12}\.`)

// goldenPages is one visit to each page, in an order that needs no other. A page that isn't
// here is neither compared nor looked at for accessibility.
func goldenPages(t *testing.T) map[string]*reply {
	t.Helper()
	empty := newEmptySite(t)
	s := newSite(t)
	owner := s.as("owner", "acme")
	pages := map[string]*reply{
		"set-up":           empty.browser().get(empty.setUpLink()),
		"sign-in":          s.browser().get("/sign-in"),
		"sign-in-wrong":    s.browser().post("/sign-in", credentials("olive@acme.example", "wrong")),
		"signed-out":       s.browser().get("/sign-in?notice=signed-out"),
		"invitation":       s.browser().get(s.invite("acme", "ivy@acme.example")),
		"invitation-known": s.browser().get(s.invite("globex", address("user", "acme"))),
		"link-spent":       s.browser().get("/invitation/nonsense"),
		"keys-empty":       owner.get("/api-access"),
		"new-key":          owner.get("/api-access/new"),
		"refused-user":     s.as("user", "acme").get("/api-access"),
		"refused-limited":  s.as("limited_user", "acme").get("/api-access"),
		"suspended":        s.as("owner", "halted").get("/api-access"),
		"lite-keys":        s.as("owner", "tiny").get("/api-access"),
		"lite-new-key":     s.as("owner", "tiny").get("/api-access/new"),
		"not-found":        owner.get("/nowhere"),
		"elsewhere":        owner.send(fromElsewhere("/sign-out")),
	}
	pages["lite-key"] = s.as("owner", "tiny").get(pages["lite-keys"].link("from better days"))
	pages["set-up-wrong"] = empty.browser().post(empty.setUpLink(), url.Values{"name": {"Acme"}, "slug": {"A!"}, "plan": {"basic"}})
	several := s.browser()
	several.post("/sign-in", credentials("bo@example.com", passphrase))
	pages["choose-account"] = several.get("/sign-in/account")

	form := owner.newKeyForm("")
	form.Set("environment", "test")
	pages["new-key-wrong"] = owner.post("/api-access/new", form)
	form.Set("description", "nightly export")
	pages["reveal"] = owner.post("/api-access/new", form)
	pages["already-shown"] = owner.post("/api-access/new", form)
	key := s.verifies(pages["reveal"].secret()).Key
	pages["reveal"].body = strings.ReplaceAll(pages["reveal"].body, pages["reveal"].secret(), "THE-KEY")
	owner.post(keyPath(key.ID)+"/close", nil)
	if err := s.store.SaveLastUsed(t.Context(), map[keywright.KeyID]keywright.Use{key.ID: {At: s.now.Add(-2 * time.Minute)}}); err != nil {
		t.Fatal(err)
	}
	pages["keys"] = owner.get("/api-access")
	pages["key"] = owner.get(keyPath(key.ID))
	pages["delete"] = owner.get(keyPath(key.ID) + "/delete")
	pages["delete-wrong"] = owner.post(keyPath(key.ID)+"/delete", url.Values{"reason": {"two\nlines"}})
	owner.post(keyPath(key.ID)+"/delete", url.Values{"reason": {"leaked in a log"}})
	pages["keys-deleted"] = owner.get("/api-access")
	pages["key-deleted"] = owner.get(keyPath(key.ID))
	maps.Copy(pages, morePages(t))
	maps.Copy(pages, keyPages(t))
	maps.Copy(pages, askPages(t))

	s.other("eu-2", keywright.NodeApplied)
	s.other("eu-3", keywright.NodeSilent)
	p, _ := s.remove(owner, "of the old export")
	pages["receipt-silent"] = owner.get(p.header.Get("Location"))
	s.others = s.others[:1]
	_, gone := s.remove(owner, "of the older export")
	pages["keys-deleted-everywhere"] = owner.get("/api-access")
	pages["key-deleted-everywhere"] = owner.get(keyPath(gone.ID))
	pages["receipt"] = owner.get(receiptPath(s.store.Latest()))
	s.others = nil

	guesser := s.browser()
	for range pairRate().Burst + 1 {
		pages["too-many-tries"] = guesser.post("/sign-in", credentials("guess@acme.example", "wrong"))
	}
	s.serve(s.svc, func(o *Options) { o.Demo = true })
	pages["demo-sign-in"] = s.browser().get("/sign-in")
	pages["demo-keys"] = owner.get("/api-access")
	return pages
}

func TestGoldenPages(t *testing.T) {
	pages := goldenPages(t)
	for name, p := range pages {
		got := strings.ReplaceAll(hashedName.ReplaceAllString(p.body, "$1.HASH."), "><", ">\n<") + "\n" // lines to compare
		file := filepath.Join("testdata", "pages", name+".html")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at it, then go test -update:\n%s", name, file, difference(string(want), got))
		}
	}
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden pages: %v", err)
	}
	for _, file := range files {
		if pages[strings.TrimSuffix(filepath.Base(file), ".html")] == nil {
			t.Errorf("%s is no page any more", file)
		}
	}
}

// difference is the surroundings of the first place where two texts differ.
func difference(want, got string) string {
	i := 0
	for i < len(want) && i < len(got) && want[i] == got[i] {
		i++
	}
	around := func(text string) string { return text[max(0, min(i, len(text))-80):min(len(text), i+160)] }
	return "want …" + around(want) + "…\ngot  …" + around(got) + "…"
}

// TestGoldenPagesAreAccessible parses every golden page. What needs a browser, such as
// contrast, is looked at with axe-core in the end-to-end tests.
func TestGoldenPagesAreAccessible(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden pages: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults(&reply{t: t, what: file, body: string(body)}) {
			t.Errorf("%s: %s", filepath.Base(file), fault)
		}
	}
}

// The test of the test: a page with every fault has every fault found.
func TestFaultsAreFound(t *testing.T) {
	body := `<html><body style="x"><h1>a</h1><h1>b</h1><input id="i" name="i"><input type="hidden" name="h"><label for="gone">x</label>
		<table><tr><th>t</th></tr></table><script>x</script><style>x</style><p onclick="x">p</p><img src="https://elsewhere.example/x">
		<button></button><a href="#"> </a><i id="d"></i><i id="d"></i><time>1</time><h3>c</h3><div class="error-summary"></div><b aria-describedby="gone"></b></body></html>`
	got := faults(&reply{t: t, body: body})
	for _, want := range []string{
		"no lang", "no title", "no viewport", "no main", "no skip link", "2 h1", "input i has no label", "label for gone", "th without scope", "inline script", "style element",
		"attribute style", "attribute onclick", "loads https://elsewhere.example/x", "img without alt", "button without words", "link without words",
		"id d twice", "time without datetime", "h3 after h1", "error without role", "aria-describedby gone",
	} {
		if !slices.ContainsFunc(got, func(fault string) bool { return strings.HasPrefix(fault, want) }) {
			t.Errorf("%q was not found in %q", want, got)
		}
	}
}

// faults lists what is wrong with a page for those who don't see it as it was drawn, and
// what its content policy would refuse.
func faults(p *reply) []string {
	var all []string
	add := func(fault string) { all = append(all, fault) }
	ids, labels := map[string]int{}, map[string]bool{}
	h1, level, lang, title, viewport, main, skip := 0, 0, false, false, false, false, false
	for node := range p.document().Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		id, hasID := attr(node, "id")
		if hasID {
			if ids[id]++; ids[id] == 2 {
				add("id " + id + " twice")
			}
		}
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				add("attribute " + a.Key)
			}
		}
		for _, name := range []string{"src", "href", "action"} {
			address, has := attr(node, name)
			if external := strings.Contains(address, "//"); has && external {
				add("loads " + address)
			}
		}
		class, _ := attr(node, "class")
		role, _ := attr(node, "role")
		switch node.Data {
		case "html":
			_, lang = attr(node, "lang")
		case "title":
			title = node.FirstChild != nil
		case "meta":
			name, _ := attr(node, "name")
			viewport = viewport || name == "viewport"
		case "main":
			main = id == "main"
		case "h1", "h2", "h3", "h4":
			n := int(node.Data[1] - '0')
			if n == 1 {
				h1++
			}
			if n > level+1 {
				add(node.Data + " after h" + string(rune('0'+level)))
			}
			level = n
		case "label":
			labelled, _ := attr(node, "for")
			labels[labelled] = true
		case "th":
			if _, has := attr(node, "scope"); !has {
				add("th without scope")
			}
		case "script":
			if _, has := attr(node, "src"); !has {
				add("inline script")
			}
		case "style":
			add("style element")
		case "img":
			if _, has := attr(node, "alt"); !has {
				add("img without alt")
			}
		case "time":
			if _, has := attr(node, "datetime"); !has {
				add("time without datetime")
			}
		case "a", "button":
			if _, named := attr(node, "aria-label"); words(node) == "" && !named {
				add(map[string]string{"a": "link", "button": "button"}[node.Data] + " without words")
			}
			skip = skip || class == "skip-link"
		}
		if class == "error-summary" && role != "alert" {
			add("error without role")
		}
	}
	for node := range p.document().Descendants() {
		id, _ := attr(node, "id")
		kind, _ := attr(node, "type")
		_, hidden := attr(node, "aria-hidden")
		if (node.Data == "input" || node.Data == "select" || node.Data == "textarea") && kind != "hidden" && !hidden && !labels[id] {
			add("input " + id + " has no label")
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby"} {
			if list, has := attr(node, name); has {
				for _, target := range strings.Fields(list) {
					if ids[target] == 0 {
						add(name + " " + target + " is nowhere")
					}
				}
			}
		}
	}
	for target := range labels {
		if ids[target] == 0 {
			add("label for " + target + " is nowhere")
		}
	}
	if h1 != 1 {
		add(string(rune('0'+h1)) + " h1")
	}
	for fault, fine := range map[string]bool{"no lang": lang, "no title": title, "no viewport": viewport, "no main": main, "no skip link": skip} {
		if !fine {
			add(fault)
		}
	}
	return all
}

func words(node *html.Node) string {
	var all strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			all.WriteString(strings.TrimSpace(n.Data))
		}
	}
	return all.String()
}

// fromElsewhere is a form that another site's page sends.
func fromElsewhere(path string) *http.Request {
	r := ask(http.MethodPost, path, "")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return r
}

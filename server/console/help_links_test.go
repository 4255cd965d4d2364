package console

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// ids lists the anchors of a page.
func (p *reply) ids() map[string]bool {
	p.t.Helper()
	ids := map[string]bool{}
	for node := range p.document().Descendants() {
		if id, has := attr(node, "id"); has && node.Type == html.ElementNode {
			ids[id] = true
		}
	}
	return ids
}

// Every link and picture of every help page leads somewhere, anchors too. Pages that a role
// can't reach are links all the same, so the owner follows them.
func TestEveryLinkAndPictureOfTheHelpResolves(t *testing.T) {
	b := newSite(t).as("owner", "acme")
	pages := []string{"/help"}
	for _, slug := range helpPages() {
		pages = append(pages, "/help/"+slug)
	}
	links, pictures := 0, 0
	for _, path := range pages {
		page := b.get(path).is(http.StatusOK)
		for _, link := range page.find("a", "href") {
			to, _ := attr(link, "href")
			file, anchor, _ := strings.Cut(to, "#")
			if strings.HasPrefix(to, "https://") {
				continue
			}
			target := page
			if file != "" {
				if target = b.get(file); target.status != http.StatusOK && target.header.Get("Location") != "/api-access" {
					t.Errorf("%s links to %s: %d", path, to, target.status)
				}
			}
			if anchor != "" && !target.ids()[anchor] {
				t.Errorf("%s links to %s, which has no such place", path, to)
			}
			links++
		}
		for _, picture := range page.find("img", "src") {
			from, _ := attr(picture, "src")
			if got := b.get(from); got.status != http.StatusOK {
				t.Errorf("%s shows %s: %d", path, from, got.status)
			}
			if !strings.HasSuffix(from, ".png") {
				continue
			}
			pictures++
			if words, _ := attr(picture, "alt"); len(words) < 20 {
				t.Errorf("%s shows %s without saying in words what is on it", path, from)
			}
			if _, sized := attr(picture, "width"); !sized {
				t.Errorf("%s: %s moves the text when it arrives", path, from)
			}
		}
	}
	if links < 40 || pictures != 6 {
		t.Errorf("looked at %d links and %d pictures", links, pictures)
	}
}

// A picture is part of a page that should weigh little.
func TestNoPictureOfTheHelpIsHeavy(t *testing.T) {
	files, err := filepath.Glob("static/help/*.png")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pictures: %v", err)
	}
	text := ""
	for _, slug := range helpPages() {
		source, err := guide.ReadFile("help/" + slug + ".md")
		if err != nil {
			t.Fatal(err)
		}
		text += string(source)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 60_000 {
			t.Errorf("%s has %d bytes, at most 60,000 are allowed", file, info.Size())
		}
		if !strings.Contains(text, "../"+file+")") {
			t.Errorf("no text shows %s", file)
		}
	}
}

// The guides and the reference are read in the repository: their links must lead to files
// and headings that are there.
func TestEveryLinkOfTheDocumentsResolves(t *testing.T) {
	var files []string
	for _, pattern := range []string{"help/*.md", "../../docs/guide/*.md", "../../docs/reference/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s finds nothing: %v", pattern, err)
		}
		files = append(files, found...)
	}
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	looked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			to, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			looked++
			target := file
			if to != "" {
				target = filepath.Join(filepath.Dir(file), to)
			}
			content, err := os.ReadFile(target)
			if _, statErr := os.Stat(target); statErr != nil {
				t.Errorf("%s links to %s, which isn't there", file, found[1])
			} else if anchor != "" && (err != nil || !headings(string(content))[anchor]) {
				t.Errorf("%s links to %s, which has no such heading", file, found[1])
			}
		}
	}
	if looked < 40 {
		t.Errorf("looked at %d links", looked)
	}
}

// headings are the anchors that a text's headings have, as the repository's site makes them.
func headings(text string) map[string]bool {
	anchors := map[string]bool{}
	for line := range strings.Lines(text) {
		if title, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); is && strings.HasPrefix(line, "#") {
			title = strings.ToLower(strings.TrimSpace(title))
			title = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(title, "")
			anchors[strings.ReplaceAll(title, " ", "-")] = true
		}
	}
	return anchors
}

// The table of settings has every one that the program reads.
func TestTheSettingsAreAllDocumented(t *testing.T) {
	guide, err := os.ReadFile("../../docs/guide/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range []string{"../../cmd/keywright/serve.go", "../../keyring/keyring.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`"(KEYWRIGHT_[A-Z_]+)"`).FindAllStringSubmatch(string(source), -1) {
			seen++
			if !strings.Contains(string(guide), "`"+name[1]+"`") {
				t.Errorf("%s reads %s, which the guide does not explain", file, name[1])
			}
		}
	}
	if seen < 8 {
		t.Errorf("found %d settings", seen)
	}
}

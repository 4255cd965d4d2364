package console

import (
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// The texts in the repository hold the facts of the built-in policy.
func TestTheHelpTextsHoldTheBuiltInFacts(t *testing.T) {
	all := facts{policy: policy.Default(), console: "https://keys.example.com"}.all()
	marked := regexp.MustCompile(`(?s)<!-- ([a-z]+) -->\n(.*?)\n?<!-- end -->`)
	used := map[string]bool{}
	for _, slug := range helpPages() {
		file := "help/" + slug + ".md"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := marked.ReplaceAllStringFunc(string(text), func(found string) string {
			name := marked.FindStringSubmatch(found)[1]
			used[name] = true
			return "<!-- " + name + " -->\n" + strings.TrimSpace(all[name]) + "\n<!-- end -->"
		})
		if want == string(text) {
			continue
		}
		if !*update {
			t.Errorf("%s has other facts than the built-in policy; go test -update, then read the difference", file)
			continue
		}
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name := range all {
		if !used[name] {
			t.Errorf("no text uses the facts %q", name)
		}
	}
}

// F20: everyone who is signed in can read the help, whatever the role and the plan.
func TestF20TheHelpIsThereForEveryone(t *testing.T) {
	s := newSite(t)
	for _, who := range []struct{ role, account string }{{"owner", "acme"}, {"user", "acme"}, {"limited_user", "acme"}, {"limited_user", "tiny"}, {"owner", "halted"}} {
		b := s.as(who.role, who.account)
		p := b.get("/help").is(http.StatusOK).says("Help ·")
		for _, slug := range helpPages() {
			page := b.get("/help/" + slug).is(http.StatusOK)
			title := page.find("h1", "")[0].FirstChild.Data
			if got := p.link(title); got != "/help/"+slug {
				t.Errorf("the index leads to %s for %q, want /help/%s", got, title, slug)
			}
		}
	}
	s.browser().get("/help").goesTo("/sign-in?next=%2Fhelp")
	s.as("user", "acme").get("/help/nothing-of-the-kind").is(http.StatusNotFound)
}

// F20: each row of the founding page has its place in the guide.
func TestF20TheGuideTellsEveryRow(t *testing.T) {
	p := newSite(t).as("user", "acme").get("/help/generating-an-api-key")
	for row, says := range map[string]string{
		"F1":  "Owner yes",
		"F2":  "Lite no",
		"F3":  "Configuration , choose API Access",
		"F4":  "+ Create New API Key at the top right",
		"F5":  "1 to 200 characters of any language",
		"F6":  "can't be changed later",
		"F7":  "Version 1 (offered first) Most integrations need a v1 key",
		"F8":  "How a key is sent differs by version",
		"F9":  "never been before and that can't be guessed",
		"F10": "Put it where secrets are kept",
		"F11": "Yes, close",
		"F12": "only its last four characters",
		"F13": "can't be shown again, but it can be replaced",
		"F14": "description, the API version, its first and last characters, who created it and when, its state, and when it was used last",
		"F15": "Make a key of its own for each person",
		"F16": "with full rights, as an admin could",
		"F17": "Why not everyone",
	} {
		if !strings.Contains(p.text(), says) {
			t.Errorf("%s: the guide does not say %q", row, says)
		}
	}
	if got := p.link("what differs between the versions"); got != "/help/api-versions" {
		t.Errorf("F8: the link leads to %s", got)
	}
}

func TestTheHelpFollowsThePolicy(t *testing.T) {
	s := newSite(t)
	s.policy.Product.Brand = "zap"
	s.policy.Product.Vendor = "zapper"
	s.policy.Versions = []policy.Version{{
		Name: "2026", Label: "The only | <b>one</b>", Hint: "Take *this*.\n<script>alert(1)</script>", BasePath: "/x/", AcceptParameter: "26",
		Presentations: []policy.Presentation{policy.PresentHeader},
	}}
	s.policy.Plans = []policy.Plan{{Name: "gold", Label: "Gold", APIAccess: true}}
	b := s.as("owner", "acme")
	p := b.get("/help/api-versions").says("The only | <b>one</b>", "Take *this*. <script>alert(1)</script>", "/x/", "version=26", "application/vnd.zapper+json;version=26", "X-API-Key: $API_KEY").saysNot("v1", "Token")
	if strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, "<b>one") {
		t.Error("an operator's text became markup")
	}
	b.get("/help/generating-an-api-key").says("Gold yes", "(offered first)").saysNot("Lite", "Version 1")
	b.get("/help/using-a-key").says("zap_live_EXAMPLE", "X-API-Key: KEY", ourOrigin+"/v1/self").saysNot("kw_live_", "Basic")
}

// A scanner and our own verifier must both refuse the example, whatever the brand.
func TestTheExampleKeyCanBeNoKey(t *testing.T) {
	for _, brand := range []string{"kw", "zz", "acmeincident"} {
		text := exampleKey(brand)
		if _, formed := secret.Cut(text); !formed {
			t.Errorf("%s: does not look like a key", brand)
		}
		if _, real := secret.Split(text); real {
			t.Errorf("%s: the check is right", brand)
		}
	}
}

func TestTheAnswerOfSelfIsOneThatThereCanBe(t *testing.T) {
	text, err := guide.ReadFile("help/using-a-key.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```json\n")
	if !found {
		t.Fatal("no example")
	}
	body, _, _ := strings.Cut(rest, "```")
	var self api.Self
	if err := api.Unmarshal([]byte(body), &self); err != nil {
		t.Fatal(err)
	}
	for _, right := range self.Rights {
		if owner, _ := policy.Default().Role("owner"); !owner.May(policy.Right(right)) {
			t.Errorf("there is no right %s", right)
		}
	}
}

func TestRawHTMLInAHelpTextIsLeftOut(t *testing.T) {
	view, err := render("# Title\n\nSummary.\n\n<script>alert(1)</script>\n\ntext <b>bold</b> [x](javascript:alert(1))\n", func(name string) string { return name })
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<b>", "javascript:"} {
		if strings.Contains(view.html, bad) {
			t.Errorf("%q came through: %s", bad, view.html)
		}
	}
	for _, text := range []string{"", "No title.\n", "# Title alone\n", "<!-- raw -->\n\nx\n"} {
		if _, err := render(text, nil); !errors.Is(err, errHelpForm) {
			t.Errorf("%q: got %v, want errHelpForm", text, err)
		}
	}
	for _, text := range []string{"<!-- roles -->\nno end", "<!-- nothing -->\n<!-- end -->"} {
		if _, err := withFacts(text, facts{policy: policy.Default()}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

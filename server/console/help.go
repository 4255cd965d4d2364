package console

import (
	"embed"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

// guide holds the help pages. They are Markdown, so that the same text can be read in the
// repository (docs/guide links here); help_markdown.go makes pages of them.
//
//go:embed help/*.md
var guide embed.FS

// helpPages are the pages of the guide, in the order of its index.
func helpPages() []string {
	return []string{"generating-an-api-key", "kinds-and-scopes", "using-a-key", "changing-a-key", "api-versions", "if-a-key-leaks", "requesting-a-key", "when-people-leave"}
}

// helpView is one page of the guide.
type helpView struct {
	slug    string
	title   string
	summary string    // the text's first paragraph
	parts   []section // its main headings
	html    string    // the rest, from the guide's own Markdown
}

type section struct{ id, title string }

func (view helpView) path() string { return "/help/" + view.slug }

func (c *Console) helpIndex(v *visit) (answer, error) {
	var pages []helpView
	for _, slug := range helpPages() {
		view, err := c.helpPage(slug)
		if err != nil {
			return answer{}, err
		}
		pages = append(pages, view)
	}
	return show("Help", helpIndexPage(pages, c.waiting(v).Answers)).inOneColumn(), nil
}

func (c *Console) help(v *visit) (answer, error) {
	slug := v.PathValue("page")
	if !slices.Contains(helpPages(), slug) {
		return answer{}, keywright.ErrNotFound
	}
	return c.helpAnswer(v, slug, nil, nil)
}

// helpAnswer is a page of the guide with what was asked under it.
func (c *Console) helpAnswer(v *visit, slug string, form url.Values, wrong map[string]string) (answer, error) {
	view, err := c.helpPage(slug)
	if err != nil {
		return answer{}, err
	}
	next, err := c.helpPage(helpPages()[(slices.Index(helpPages(), slug)+1)%len(helpPages())])
	if err != nil {
		return answer{}, err
	}
	asked, err := c.questions(v, slug, form, wrong)
	if err != nil {
		return answer{}, err
	}
	return show(wrongTitle(view.title, asked.fields()), helpPage(view, next, asked)).inOneColumn(), nil
}

// helpPage reads a page of the guide and puts into it what this installation's policy says.
func (c *Console) helpPage(slug string) (helpView, error) {
	source, err := guide.ReadFile("help/" + slug + ".md")
	if err != nil {
		return helpView{}, fmt.Errorf("help page %s: %w", slug, err)
	}
	text, err := withFacts(string(source), facts{policy: c.svc.Policy(), console: c.options.PublicURL})
	if err != nil {
		return helpView{}, fmt.Errorf("help page %s: %w", slug, err)
	}
	view, err := render(text, c.assets.url)
	if err != nil {
		return helpView{}, fmt.Errorf("help page %s: %w", slug, err)
	}
	view.slug = slug
	return view, nil
}

// withFacts replaces what stands between the marks <!-- NAME --> and <!-- end --> by what the
// policy says. In the repository the built-in policy's facts stand there, kept right by a
// test, so that the text is whole in both places.
func withFacts(text string, f facts) (string, error) {
	var out strings.Builder
	all := f.all()
	for {
		before, rest, found := strings.Cut(text, "<!-- ")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, rest, _ := strings.Cut(rest, " -->")
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		fact, known := all[name]
		if !closed || !known {
			return "", fmt.Errorf("mark %q has no end or no facts", name)
		}
		out.WriteString(strings.TrimSpace(fact))
		text = after
	}
}

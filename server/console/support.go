package console

import (
	"net/http"
	"net/url"

	"github.com/keywright/keywright"
)

const supportPerPage = 20

// supportView is the form for whatever this console doesn't do.
type supportView struct {
	product string
	once    string // makes one request of a form that is sent twice
	fields  []field
}

func (c *Console) support(form url.Values, wrong map[string]string) supportView {
	return supportView{product: c.svc.Policy().Product.Name, once: form.Get("once"), fields: filled([]field{
		{name: "subject", label: "Subject", hint: "What it is about, such as “an invoice is missing”."},
		{name: "text", label: "Your request", kind: textarea, hint: "What you need, and what you have tried. At most 2,000 characters. Never put a key or a password here."},
	}, form, wrong)}
}

func (c *Console) supportForm(*visit) (answer, error) {
	once, err := c.newOnce()
	if err != nil {
		return answer{}, err
	}
	return show("Submit a request", supportPage(c.support(url.Values{"once": {once}}, nil))).inOneColumn(), nil
}

func (c *Console) askSupport(v *visit) (answer, error) {
	form, err := v.form("subject", "text", "once")
	if err != nil {
		return answer{}, err
	}
	by, err := onceBy(v, form)
	if err != nil {
		return answer{}, err
	}
	_, err = c.svc.AskSupport(v.Context(), by, keywright.NewSupportRequest{Subject: form.Get("subject"), Text: form.Get("text")})
	if wrong := fieldErrors(err); wrong != nil {
		view := c.support(form, wrong)
		title := wrongTitle("Submit a request", view.fields)
		return show(title, supportPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	return goTo(ownSupportPath).noting("Your request is kept. The answer will stand here."), err
}

const ownSupportPath = "/help/your-requests"

// ownSupportView is what a member has asked whoever runs this service, and the answers.
type ownSupportView struct {
	requests []keywright.SupportRequest
	titles   map[string]string // of help pages, by name
	pager    pagerView
}

// ownSupport shows them, after which they count as seen.
func (c *Console) ownSupport(v *visit) (answer, error) {
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return answer{}, err
	}
	requests, next, err := c.svc.OwnSupportRequests(v.Context(), v.by(), keywright.Page{After: after, Limit: supportPerPage})
	if err != nil {
		return answer{}, err
	}
	view := ownSupportView{requests: requests, titles: map[string]string{}, pager: newPager(ownSupportPath, after, next)}
	for _, slug := range helpPages() {
		page, err := c.helpPage(slug)
		if err != nil {
			return answer{}, err
		}
		view.titles[slug] = page.title
	}
	if err := c.svc.SeeAnswers(v.Context(), v.by()); err != nil { // a badge that stays is no reason to hide the answers
		c.options.Log.ErrorContext(v.Context(), "note that answers were seen", "error", err, "request", v.request)
	}
	return show("Your requests and questions", ownSupportPage(view)).inOneColumn(), nil
}

// title is what a request is about.
func (view ownSupportView) title(r keywright.SupportRequest) string {
	if r.Page == "" {
		return r.Subject
	}
	if title, ok := view.titles[r.Page]; ok {
		return "Question about “" + title + "”"
	}
	return "Question about a help page"
}

// signedBy is how a question is signed where it is published.
func signedBy(r keywright.SupportRequest) string {
	if r.Signed == "" {
		return "a member of an account"
	}
	return r.Signed
}

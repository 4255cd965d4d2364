package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/keywright/keywright"
)

const questionsPerPage = 20

// questionsView is what stands under a help page (F21): the questions that were published, and the
// form to ask another.
type questionsView struct {
	path      string
	closed    bool // the account is suspended: the help can be read, and nothing asked
	questions []keywright.SupportRequest
	pager     pagerView
	once      string
	text      field
	sign      field
}

func (view questionsView) fields() []field { return []field{view.text, view.sign} }

func (c *Console) questions(v *visit, slug string, form url.Values, wrong map[string]string) (questionsView, error) {
	view := questionsView{path: "/help/" + slug, once: form.Get("once")}
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return view, err
	}
	var next keywright.Cursor
	view.questions, next, err = c.svc.Published(v.Context(), v.by(), slug, keywright.Page{After: after, Limit: questionsPerPage})
	if view.closed = errors.Is(err, keywright.ErrSuspended); view.closed {
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.pager = newPager(view.path, after, next)
	if view.once == "" {
		if view.once, err = c.newOnce(); err != nil {
			return view, err
		}
	}
	fields := filled([]field{
		{name: "text", label: "Your question", kind: textarea, hint: "At most 2,000 characters. Never put a key or a password here."},
		{name: "sign", label: "If it is published, sign it", value: string(keywright.SignedNothing), options: []option{
			{string(keywright.SignedNothing), "A member of an account"},
			{string(keywright.SignedName), v.self.Member.Name},
			{string(keywright.SignedAccount), v.self.Member.Name + ", " + v.self.Account.Name},
		}, hint: "The answer comes to you alone, unless whoever runs this service publishes it here for every account. Your e-mail address is never shown."},
	}, form, wrong)
	view.text, view.sign = fields[0], fields[1]
	return view, nil
}

// askQuestion keeps a question under a help page.
func (c *Console) askQuestion(v *visit) (answer, error) {
	slug := v.PathValue("page")
	form, err := v.form("text", "sign", "once")
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(helpPages(), slug) {
		return answer{}, keywright.ErrNotFound
	}
	by, err := onceBy(v, form)
	if err != nil {
		return answer{}, err
	}
	_, err = c.svc.AskSupport(v.Context(), by, keywright.NewSupportRequest{Page: slug, Text: form.Get("text"), Sign: keywright.Signature(form.Get("sign"))})
	if wrong := fieldErrors(err); wrong != nil {
		a, err := c.helpAnswer(v, slug, form, wrong)
		return a.with(http.StatusUnprocessableEntity), err
	}
	return goTo(ownSupportPath).noting("Your question is kept. The answer will stand here."), err
}

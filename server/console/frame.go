package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/keywright/keywright"
)

// page is what the frame shows around every page.
type page struct {
	title   string // "API Access"
	product string // the operator's product
	notice  string // what the last deed did
	narrow  bool
	demo    bool

	self     *keywright.Self // nil: signed out, or a page without menu
	menu     []menuLink
	help     bool // the current page is of the help
	answers  int  // of whoever runs this service, not seen yet
	switches bool // the same password opens other accounts too

	styles, script, icon string // addresses of the static files
}

type menuLink struct {
	label, path string
	current     bool
	waiting     int // how many wait there for the reader
}

// page gathers what the frame shows; it takes the last deed's notice out of the session.
func (c *Console) page(v *visit, a answer) page {
	p := page{
		title:   a.title,
		product: c.svc.Policy().Product.Name,
		narrow:  a.narrow,
		demo:    c.options.Demo,
		styles:  c.assets.url("app.css"),
		script:  c.assets.url("console.js"),
		icon:    c.assets.url("favicon.svg"),
	}
	if !v.signedIn() || a.bare {
		return p
	}
	p.self = &v.self
	p.notice = c.sessions.PopString(v.Context(), sessionNotice)
	p.switches = strings.Count(c.sessions.GetString(v.Context(), sessionMemberships), " ") > 1
	p.help = under(v.URL.Path, "/help")
	waiting := c.waiting(v)
	p.answers = waiting.Answers
	for _, item := range menu() {
		if item.right == "" || v.self.Role.May(item.right) {
			link := menuLink{label: item.label, path: item.path, current: under(v.URL.Path, item.path)}
			if item.waiting != nil {
				link.waiting = item.waiting(waiting)
			}
			p.menu = append(p.menu, link)
		}
	}
	return p
}

// waiting is what waits for the reader. A failure to count is no reason to hide the page.
func (c *Console) waiting(v *visit) keywright.Waiting {
	w, err := c.svc.Waiting(v.Context(), v.by())
	if err != nil && !errors.Is(err, keywright.ErrSuspended) && !errors.Is(err, keywright.ErrForbidden) && v.Context().Err() == nil {
		c.options.Log.ErrorContext(v.Context(), "count what waits", "error", err, "request", v.request)
	}
	return w
}

// badgeNumber is one up to where it is counted: "99+".
func badgeNumber(n int) string {
	if n >= keywright.MaxWaiting {
		return strconv.Itoa(keywright.MaxWaiting-1) + "+"
	}
	return strconv.Itoa(n)
}

// under reports whether path is the menu's path or a page below it.
func under(path, menu string) bool { return path == menu || strings.HasPrefix(path, menu+"/") }

// browserTitle is "API Access · acme · Acme Incidents".
func (p page) browserTitle() string {
	if p.self == nil {
		return p.title + " · " + p.product
	}
	return p.title + " · " + p.self.Account.Slug + " · " + p.product
}

// crumb is one step from a list to a page below it.
type crumb struct{ label, path string }

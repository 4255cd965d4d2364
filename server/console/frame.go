package console

import (
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
	switches bool // the same password opens other accounts too

	styles, script, icon string // addresses of the static files
}

type menuLink struct {
	label, path string
	current     bool
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
	for _, item := range menu() {
		if item.right == "" || v.self.Role.May(item.right) {
			p.menu = append(p.menu, menuLink{item.label, item.path, under(v.URL.Path, item.path)})
		}
	}
	return p
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

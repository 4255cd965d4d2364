package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

// The notices that the sign-in page can begin with: there is no session to keep one in.
const (
	noticeSignedOut = "signed-out"
	noticeAgain     = "again" // a deed was asked for after the session had ended
)

// signInView is the sign-in page.
type signInView struct {
	action string // where the form goes: the path with what comes after it
	notice string
	wrong  bool // the last try was
	fields []field
}

func signInFields() []field {
	return []field{
		{name: "email", label: "E-mail", kind: "email", autocomplete: "username"},
		{name: "password", label: "Password", kind: "password", autocomplete: "current-password"},
	}
}

func (c *Console) signInForm(v *visit) (answer, error) {
	next := localPath(v.URL.Query().Get("next"))
	if v.signedIn() {
		return goTo(afterSignIn(next)), nil
	}
	view := signInView{action: signInPath(next), fields: signInFields()}
	switch v.URL.Query().Get("notice") {
	case noticeSignedOut:
		view.notice = "You are signed out."
	case noticeAgain:
		view.notice = "You were signed out in the meantime, so nothing was changed. Sign in and do it again."
	}
	return show("Sign in", signInPage(view)), nil
}

// signIn checks a password. Every refusal looks the same, whether the address is known or
// not; the service sees to it that it also takes as long.
func (c *Console) signIn(v *visit) (answer, error) {
	form, err := v.form("email", "password")
	if err != nil {
		return answer{}, err
	}
	next := localPath(v.URL.Query().Get("next"))
	if wait, ok := c.throttle.try(v.Request, form.Get("email"), v.now); !ok {
		return answer{}, &tooManyTries{wait}
	}
	members, err := c.svc.SignIn(v.Context(), form.Get("email"), form.Get("password"))
	if errors.Is(err, keywright.ErrWrongPassword) {
		view := signInView{action: signInPath(next), wrong: true, fields: filled(signInFields(), form, nil)}
		return show("Error: Sign in", signInPage(view)).with(http.StatusUnauthorized), nil
	}
	if err != nil {
		return answer{}, err
	}
	c.throttle.forgive(v.Request, form.Get("email"))
	return c.enter(v, members, next)
}

// enter begins a session: in the only account that the password opens, or, if there are
// several, in none until one was chosen.
func (c *Console) enter(v *visit, members []keywright.Member, next string) (answer, error) {
	var in keywright.Member
	if len(members) == 1 {
		in = members[0]
	}
	if err := c.startSession(v, v.now, in, members); err != nil {
		return answer{}, err
	}
	if len(members) > 1 {
		return goTo(withNext("/sign-in/account", next)), nil
	}
	return goTo(afterSignIn(next)), nil
}

// chooseForm lists the accounts that the password opened.
func (c *Console) chooseForm(v *visit) (answer, error) {
	next := localPath(v.URL.Query().Get("next"))
	open, err := c.memberships(v.Context())
	if err != nil {
		return answer{}, err
	}
	if len(open) == 0 {
		return goTo(signInPath(next)), nil
	}
	a := show("Choose an account", choosePage(withNext("/sign-in/account", next), open))
	a.bare = true
	return a, nil
}

// choose enters one of the accounts that the password opened, and no other.
func (c *Console) choose(v *visit) (answer, error) {
	form, err := v.form("member")
	if err != nil {
		return answer{}, err
	}
	next := localPath(v.URL.Query().Get("next"))
	open, err := c.memberships(v.Context())
	if err != nil {
		return answer{}, err
	}
	members := make([]keywright.Member, len(open))
	for i, self := range open {
		members[i] = self.Member
	}
	i := slices.IndexFunc(members, func(m keywright.Member) bool { return string(m.ID) == form.Get("member") })
	if i < 0 {
		return goTo(signInPath(next)), nil
	}
	if err := c.startSession(v, open[i].By.SignedIn, members[i], members); err != nil {
		return answer{}, err
	}
	return goTo(afterSignIn(next)), nil
}

// signOut ends the session here and in the browser: its cookies, and what it has kept of
// pages that only a member may see.
func (c *Console) signOut(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	if err := c.sessions.Destroy(v.Context()); err != nil {
		return answer{}, err
	}
	a := goTo("/sign-in?notice=" + noticeSignedOut)
	a.clear = `"cache", "cookies", "storage"`
	return a, nil
}

func signInPath(next string) string { return withNext("/sign-in", next) }

func withNext(path, next string) string {
	if next == "" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// afterSignIn is where someone goes who has signed in: where he wanted to, but never back to
// signing in.
func afterSignIn(next string) string {
	path, _, _ := strings.Cut(next, "?")
	if next == "" || under(path, "/sign-in") || under(path, "/sign-out") {
		return "/api-access"
	}
	return next
}

package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/keywright/keywright"
)

// leaveView is the page that says what it would mean that a member leaves, for a while or for good.
type leaveView struct {
	keywright.Leaving
	account string
	self    bool
	removal bool // for good
	now     time.Time
	fields  []field // who becomes responsible; none when there is nothing to be responsible for
}

// verb is what the page's button does.
func (view leaveView) verb() string {
	if view.removal {
		return "Remove"
	}
	return "Deactivate"
}

func (view leaveView) title() string { return view.verb() + " " + view.Member.Name }

func (view leaveView) path() string {
	if view.removal {
		return memberPath(view.Member.ID) + "/remove"
	}
	return memberPath(view.Member.ID) + "/deactivate"
}

func (c *Console) deactivateForm(v *visit) (answer, error) { return c.leaveForm(v, false) }
func (c *Console) removeForm(v *visit) (answer, error)     { return c.leaveForm(v, true) }

func (c *Console) leaveForm(v *visit, removal bool) (answer, error) {
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	switch {
	case view.fixed != (fixed{}):
		return view.stays(), nil
	case !removal && view.member.State != keywright.MemberActive:
		return goTo(memberPath(view.member.ID)), nil
	}
	leaving, err := c.leaving(v, view, removal, nil)
	if err != nil {
		return answer{}, err
	}
	return show(leaving.title(), leavePage(leaving)).inOneColumn(), nil
}

// leaving makes the page, with what is wrong with a form that was sent.
func (c *Console) leaving(v *visit, of memberView, removal bool, wrong map[string]string) (leaveView, error) {
	preview, err := c.svc.PreviewLeave(v.Context(), v.by(), of.member.ID, "")
	if err != nil {
		return leaveView{}, err
	}
	view := leaveView{Leaving: preview, account: v.self.Account.Slug, self: of.self, removal: removal, now: v.now}
	if len(preview.HandOver.List) == 0 && !preview.Unseen && wrong["responsible"] == "" {
		return view, nil
	}
	f := field{
		name: "responsible", label: "Who becomes responsible", value: string(preview.Responsible.ID), why: wrong["responsible"],
		hint: "For service keys, which act for no person: whom to ask before one is changed or ends.",
	}
	members, _, err := c.svc.Members(v.Context(), v.by(), keywright.Page{Limit: keywright.MaxPage})
	for _, m := range append(members, preview.Responsible) {
		known := slices.ContainsFunc(f.options, func(o option) bool { return o.value == string(m.ID) })
		if m.State == keywright.MemberActive && m.ID != of.member.ID && !known {
			f.options = append(f.options, option{string(m.ID), m.Name + ", " + m.Email})
		}
	}
	view.fields = []field{f}
	return view, err
}

func (c *Console) deactivateMember(v *visit) (answer, error) { return c.leave(v, false) }
func (c *Console) removeMember(v *visit) (answer, error)     { return c.leave(v, true) }

func (c *Console) leave(v *visit, removal bool) (answer, error) {
	form, err := v.form("responsible")
	if err != nil {
		return answer{}, err
	}
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	do, did, next := c.svc.DeactivateMember, " was deactivated: signed out of ", memberPath(view.member.ID)
	if removal {
		do, did, next = c.svc.RemoveMember, " was removed and can't sign in to ", "/members"
	}
	m, commit, err := do(v.Context(), v.by(), view.member.ID, keywright.MemberID(form.Get("responsible")))
	if wrong := fieldErrors(err); wrong["responsible"] != "" {
		leaving, err := c.leaving(v, view, removal, wrong)
		title := wrongTitle(leaving.title(), leaving.fields)
		return show(title, leavePage(leaving)).with(http.StatusUnprocessableEntity).inOneColumn(), err
	}
	if err != nil {
		return refusedChange(view, err)
	}
	if view.self { // the next request finds that his session is of nobody
		return goTo("/sign-in"), nil
	}
	if removal {
		did += v.self.Account.Slug + " any more"
	} else {
		did += v.self.Account.Slug + ", until you activate them again"
	}
	return c.counting(commit, m.Name+did, next), nil
}

// activateMember lets a deactivated member in again.
func (c *Console) activateMember(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.memberView(v)
	if err != nil {
		return answer{}, err
	}
	if view.fixed != (fixed{}) {
		return view.stays(), nil
	}
	m, _, err := c.svc.ActivateMember(v.Context(), v.by(), view.member.ID)
	if err != nil {
		return refusedChange(view, err)
	}
	a := goTo(memberPath(m.ID))
	if m.State == keywright.MemberInvited {
		return a.noting(m.Name + " has no password here: make a new invitation link."), nil
	}
	return a.noting(m.Name + " can sign in to " + v.self.Account.Slug + " again."), nil
}

// counted is how many keys there are, in words: "3 API keys".
func counted(keys keywright.SomeKeys, one, more string) string {
	n := len(keys.List)
	if keys.More {
		return "At least " + strconv.Itoa(n) + " " + more
	}
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

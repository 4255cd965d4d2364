package console

import (
	"errors"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// auditView is a page of the audit log: sentences, newest first.
type auditView struct {
	account keywright.Account
	rows    []auditRow
	pager   pagerView
}

type auditRow struct {
	keywright.Event
	said []part
}

func (c *Console) auditLog(v *visit) (answer, error) {
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return answer{}, err
	}
	events, next, err := c.svc.Events(v.Context(), v.by(), keywright.Page{After: after})
	if err != nil {
		return answer{}, err
	}
	view := auditView{account: v.self.Account, pager: newPager("/audit-log", after, next)}
	if view.rows, err = c.sentences(v, events); err != nil {
		return answer{}, err
	}
	return show("Audit log", auditPage(view)), nil
}

// sentences are events in words, with links to what they name.
func (c *Console) sentences(v *visit, events []keywright.Event) ([]auditRow, error) {
	var rows []auditRow
	paths := pathsOf{c: c, v: v, known: map[string]string{}}
	for _, e := range events {
		said := c.tell(e)
		for i, p := range said {
			var err error
			if said[i].path, err = paths.find(p); err != nil {
				return nil, err
			}
		}
		rows = append(rows, auditRow{e, said})
	}
	return rows, nil
}

// pathsOf finds the pages of what events name, each once for a page of the log.
type pathsOf struct {
	c     *Console
	v     *visit
	known map[string]string // by id
}

// find is the page of what a part names; "" where there is none that the reader may see.
// Keys stay as rows for ever; a removed member has no page any more.
func (p pathsOf) find(named part) (string, error) {
	path, known := p.known[named.id]
	if known || named.id == "" {
		return path, nil
	}
	switch named.kind {
	case "key":
		if p.v.self.Role.May(policy.ManageKeys) {
			path = keyPath(keywright.KeyID(named.id))
		}
	case "request":
		if p.v.self.Role.May(policy.ManageKeys) {
			path = requestPath(keywright.KeyRequestID(named.id))
		}
	case "account":
		if p.v.mayReadAccount() {
			path = "/account"
		}
	case "member":
		if p.v.self.Role.May(policy.ReadMembers) {
			_, err := p.c.svc.Member(p.v.Context(), p.v.by(), keywright.MemberID(named.id))
			if err != nil && !errors.Is(err, keywright.ErrNotFound) {
				return "", err
			}
			if err == nil {
				path = memberPath(keywright.MemberID(named.id))
			}
		}
	}
	p.known[named.id] = path
	return path, nil
}

package console

import (
	"errors"
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// keysPerPage keeps a page under a screenful of scrolling and far under 100 kB.
const keysPerPage = 50

// keysView is a page of a list of keys, or what stands in its place.
type keysView struct {
	place   place
	self    keywright.Self
	lacks   *keywright.NotEntitledError // what the plan has not (F2)
	query   listQuery
	filters []field
	keys    []keyRow
	first   bool   // the list begins here
	next    string // path of the next page; empty on the last

	expiring, unused tally
	retiring         []retiringVersion
	mayReadAccount   bool
}

// keys shows the list. On a plan without API access the keys are still listed, asleep, and a
// notice stands above them.
func (c *Console) keys(v *visit) (answer, error) {
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return answer{}, err
	}
	view := keysView{place: v.place(), self: v.self, query: queryOf(v), first: after == keywright.Cursor{}, mayReadAccount: v.mayReadAccount()}
	keys, next, err := c.keysOf(v, view.query, keywright.Page{After: after, Limit: keysPerPage})
	if err != nil {
		return answer{}, err
	}
	for _, key := range keys {
		row, err := c.keyRow(v, key)
		if err != nil {
			return answer{}, err
		}
		view.keys = append(view.keys, row)
	}
	if next != (keywright.Cursor{}) {
		view.next = view.query.path(view.place, "", "after", next.String())
	}
	if view.filters, err = c.filters(v, view.query); err != nil {
		return answer{}, err
	}
	view.lacks = lacking(c.svc.Policy(), v.self, view.place.kind())
	if err := c.attention(v, &view); err != nil {
		return answer{}, err
	}
	return show(view.place.title, keysPage(view)), nil
}

// keysOf are the keys that a query means.
func (c *Console) keysOf(v *visit, q listQuery, page keywright.Page) ([]keywright.Key, keywright.Cursor, error) {
	filter, err := q.asked().Filter(v.now)
	if err != nil {
		return nil, keywright.Cursor{}, err
	}
	return c.svc.Keys(v.Context(), v.by(), filter, page)
}

// lacking is what the account's plan has not for keys of a kind; nil: nothing.
func lacking(p *policy.Policy, self keywright.Self, kind keywright.KeyKind) *keywright.NotEntitledError {
	var lacks *keywright.NotEntitledError
	errors.As(keywright.NotEntitled(p, self.Account.Plan, kind), &lacks)
	return lacks
}

// empty reports whether there has never been a key.
func (view keysView) empty() bool {
	return view.first && len(view.keys) == 0 && !view.query.chosen(view.place)
}

// summary is the line under the title: how many keys there are, which need attention, and what for.
func (view keysView) summary() string {
	text := "Keys let other software act for " + view.self.Account.Slug + "."
	if view.place.own {
		text = "Personal keys act as you in " + view.self.Account.Slug + ", with what your role allows at that moment."
	}
	if view.empty() || view.place.own {
		return text
	}
	n := strconv.Itoa(view.self.Account.ActiveKeys)
	if view.lacks != nil {
		return text + " " + n + " asleep"
	}
	text += " " + n + " active"
	if view.expiring.n > 0 {
		text += " · " + view.expiring.String() + " expiring"
	}
	if view.unused.n > 0 {
		text += " · " + view.unused.String() + " unused"
	}
	return text
}

// listName is what the list is, for those who hear it.
func (view keysView) listName() string {
	if view.place.own {
		return "Your personal keys"
	}
	return "API keys of " + view.self.Account.Slug
}

// tickable reports whether keys can be ticked, to delete several at once.
func (view keysView) tickable() bool { return len(view.keys) > 1 }

package console

import (
	"net/url"
	"strconv"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// keysPerPage keeps a page under a screenful of scrolling and far under 100 kB.
const keysPerPage = 50

// keysView is the API Access page: the list of keys, or what stands in its place.
type keysView struct {
	self  keywright.Self
	need  []policy.Plan // plans with API access, when the account's has none (F2)
	keys  []keyRow
	first bool   // the list begins here
	older string // path of the next page; empty on the last

	mayReadAccount bool
}

// keyRow is a key as lists show it (F14).
type keyRow struct {
	keywright.Key
	path     string
	state    stateView
	retiring string // what is to be said of its version
	now      time.Time
}

// keys shows the list. On a plan without API access the keys are still listed, asleep, and a
// notice stands above them.
func (c *Console) keys(v *visit) (answer, error) {
	after, err := keywright.ParseCursor(v.URL.Query().Get("after"))
	if err != nil {
		return answer{}, err
	}
	keys, next, err := c.svc.Keys(v.Context(), v.by(), keywright.KeyFilter{}, keywright.Page{After: after, Limit: keysPerPage})
	if err != nil {
		return answer{}, err
	}
	view := keysView{self: v.self, first: after == keywright.Cursor{}, mayReadAccount: v.mayReadAccount()}
	if !v.self.Plan.APIAccess {
		view.need = c.svc.Policy().PlansWithAPIAccess()
	}
	for _, key := range keys {
		version, _ := c.svc.Policy().Version(key.Version)
		view.keys = append(view.keys, keyRow{key, keyPath(key.ID), stateOf(key, v.self.Plan, v.now), retiring(version), v.now})
	}
	if next != (keywright.Cursor{}) {
		view.older = "/api-access?" + url.Values{"after": {next.String()}}.Encode()
	}
	return show("API Access", keysPage(view)), nil
}

// empty reports whether the account has never had a key.
func (view keysView) empty() bool { return view.first && len(view.keys) == 0 }

// summary is the line under the title: how many keys there are, and what for.
func (view keysView) summary() string {
	text := "Keys let other software act for " + view.self.Account.Slug + "."
	n := strconv.Itoa(view.self.Account.ActiveKeys)
	switch {
	case view.empty():
		return text
	case !view.self.Plan.APIAccess:
		return text + " " + n + " asleep"
	}
	return text + " " + n + " active"
}

// stateView is a key's state as a word and a shape.
type stateView struct{ word, class string }

// stateOf is what the key is now. A live key of an account whose plan has no API access is
// asleep: it verifies again when the plan does.
func stateOf(key keywright.Key, plan policy.Plan, now time.Time) stateView {
	switch key.State(now) {
	case keywright.KeyRevoked:
		return stateView{"deleted", "state-revoked"}
	case keywright.KeyDisabled:
		return stateView{"disabled", "state-disabled"}
	case keywright.KeyExpired:
		return stateView{"expired", "state-expired"}
	case keywright.KeyNotYetValid:
		return stateView{"not begun", "state-not-yet-valid"}
	case keywright.KeyActive:
	}
	if !plan.APIAccess {
		return stateView{"asleep", "state-paused"}
	}
	return stateView{"active", "state-active"}
}

func keyPath(id keywright.KeyID) string { return "/api-access/" + url.PathEscape(string(id)) }

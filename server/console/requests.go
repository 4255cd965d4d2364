package console

import (
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

const requestsPerPage = 50

// requestsView is the page of requests for keys (F19): for whoever decides the open ones or all,
// for a member his own.
type requestsView struct {
	self    keywright.Self
	decides bool
	all     bool // whoever decides looks at those that are decided, too
	rows    []requestRow
	pager   pagerView
}

// requestRow is a request as lists show it.
type requestRow struct {
	keywright.KeyRequest
	path  string
	state stateView
}

func (c *Console) requests(v *visit) (answer, error) {
	query := v.URL.Query()
	after, err := keywright.ParseCursor(query.Get("after"))
	if err != nil {
		return answer{}, err
	}
	view := requestsView{self: v.self, decides: v.self.Role.May(policy.ManageKeys), all: query.Get("show") == "all"}
	requests, next, err := c.svc.KeyRequests(v.Context(), v.by(), view.decides && !view.all, keywright.Page{After: after, Limit: requestsPerPage})
	if err != nil {
		return answer{}, err
	}
	for _, r := range requests {
		view.rows = append(view.rows, requestRow{r, requestPath(r.ID), requestState(r, v)})
	}
	view.pager = newPager(view.path(), after, next)
	if view.all && view.pager.next != "" {
		view.pager.next = view.path() + "&" + url.Values{"after": {next.String()}}.Encode()
	}
	return show("Requests", requestsPage(view)), nil
}

func (view requestsView) path() string {
	if view.all {
		return "/requests?show=all"
	}
	return "/requests"
}

// summary is the line under the title.
func (view requestsView) summary() string {
	if !view.decides {
		return "Keys that you have asked for. An owner or admin of " + view.self.Account.Slug + " decides."
	}
	return "Members who may not make a key ask here. Whoever asked collects the key; nobody else is shown it."
}

// requestState is what a request is now, in a word and a shape.
func requestState(r keywright.KeyRequest, v *visit) stateView {
	switch r.State(v.now) {
	case keywright.RequestOpen:
		return stateView{"waits for a decision", "state-open"}
	case keywright.RequestApproved:
		if r.MadeBy(v.by()) {
			return stateView{"approved: collect it", "state-approved"}
		}
		return stateView{"approved, not collected", "state-approved"}
	case keywright.RequestDeclined:
		return stateView{"declined", "state-declined"}
	case keywright.RequestWithdrawn:
		return stateView{"withdrawn", "state-revoked"}
	case keywright.RequestCollected:
		return stateView{"collected", "state-active"}
	case keywright.RequestExpired:
	}
	return stateView{"expired", "state-expired"}
}

func requestPath(id keywright.KeyRequestID) string { return "/requests/" + url.PathEscape(string(id)) }

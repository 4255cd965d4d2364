package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// requestView is the page of one request: what was asked for, what came of it, and what the reader
// can do about it.
type requestView struct {
	keywright.KeyRequest
	self  keywright.Self
	path  string
	state stateView
	about []grantChoice // what the key may do, in words
	key   keyView       // once collected

	own     bool
	decides bool // the reader may, and it is open
	barred  bool // by the policy: it is his own
	choices []grantChoice
	scopes  field
	days    field
	reason  field
}

func (view requestView) fields() []field { return []field{view.scopes, view.days, view.reason} }

func (view requestView) collectable() bool { return view.own && view.state.class == "state-approved" }

func (view requestView) withdrawable() bool {
	return view.own && (view.state.class == "state-open" || view.collectable())
}

func (c *Console) findRequest(v *visit, form url.Values, wrong map[string]string) (requestView, error) {
	r, key, err := c.svc.KeyRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")))
	if err != nil {
		return requestView{}, err
	}
	view := requestView{KeyRequest: r, self: v.self, path: requestPath(r.ID), state: requestState(r, v), own: r.MadeBy(v.by())}
	view.about = c.described(view.reach().Scopes)
	if key.ID != "" {
		view.key = keyView{Key: key, state: stateOf(key, v.self.Plan, v.now), path: keyPath(key.ID)}
	}
	view.decides = v.self.Role.May(policy.ManageKeys) && r.State(v.now) == keywright.RequestOpen
	view.barred = view.own && c.svc.Policy().Requests.TwoPeople
	view.choices = c.narrower(r, form)
	fields := filled([]field{
		{name: "scopes", label: "What it may do"},
		{name: "days", label: "How long", value: strconv.Itoa(r.Wanted.Days), options: c.lifeOptions(v, r.Wanted.Days)},
		{name: "reason", label: "Reason", hint: "Whoever asked reads it, such as “use the key of the export team”."},
	}, form, wrong)
	view.scopes, view.days, view.reason = fields[0], fields[1], fields[2]
	return view, nil
}

// reachOf is what the key may do: what was approved, or else what was asked for.
func reachOf(r keywright.KeyRequest) keywright.Reach {
	if r.Granted.Scopes != nil {
		return r.Granted
	}
	return r.Wanted
}

func (view requestView) reach() keywright.Reach { return reachOf(view.KeyRequest) }
func (row requestRow) reach() keywright.Reach   { return reachOf(row.KeyRequest) }

// narrowed reports whether less was approved than was asked for.
func (view requestView) narrowed() bool {
	return view.Granted.Days != view.Wanted.Days || !slices.Equal(view.Granted.Scopes, view.Wanted.Scopes)
}

// described are grants with what the policy says of them.
func (c *Console) described(grants []string) []grantChoice {
	all := make([]grantChoice, len(grants))
	for i, grant := range grants {
		all[i] = grantChoice{name: grant, about: "All scopes that begin with " + strings.TrimSuffix(grant, "*")}
		if grant == everything {
			all[i].about = "Everything that the account may, with full rights"
		}
		if scope, ok := c.svc.Policy().Scope(grant); ok {
			all[i].about = scope.Description
		}
	}
	return all
}

// narrower are what can be approved of a request: what was asked for, and parts of it.
func (c *Console) narrower(r keywright.KeyRequest, form url.Values) []grantChoice {
	all := c.described(r.Wanted.Scopes)
	for i := range all {
		all[i].checked = true
	}
	for _, scope := range c.svc.Policy().Scopes {
		part, within := grantChoice{name: scope.Name, about: scope.Description}, false
		for _, asked := range r.Wanted.Scopes {
			if asked == scope.Name {
				part.name = ""
				break
			}
			within = within || policy.Covers(asked, scope.Name)
		}
		if part.name != "" && within {
			all = append(all, part)
		}
	}
	if form != nil {
		return ticked(all, form)
	}
	return all
}

func (c *Console) request(v *visit) (answer, error) {
	view, err := c.findRequest(v, nil, nil)
	if err != nil {
		return answer{}, err
	}
	return show(view.Description, requestPage(view)).inOneColumn(), nil
}

// approveRequest approves what is ticked. Nothing ticked is no approval of all.
func (c *Console) approveRequest(v *visit) (answer, error) {
	form, err := v.formOf("scopes", "days")
	if err != nil {
		return answer{}, err
	}
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil {
		return answer{}, errFormFields
	}
	if len(form["scopes"]) == 0 {
		return c.undecided(v, form, map[string]string{"scopes": "has nothing that is ticked; to allow nothing, decline"})
	}
	_, err = c.svc.ApproveRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")), keywright.Reach{Scopes: form["scopes"], Days: days})
	return c.decided(v, form, err, "Approved. Whoever asked can collect the key for 7 days.")
}

func (c *Console) declineRequest(v *visit) (answer, error) {
	form, err := v.form("reason")
	if err != nil {
		return answer{}, err
	}
	_, err = c.svc.DeclineRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")), form.Get("reason"))
	return c.decided(v, form, err, "Declined. Whoever asked reads why.")
}

func (c *Console) decided(v *visit, form url.Values, err error, done string) (answer, error) {
	if errors.Is(err, keywright.ErrConflict) || err == nil {
		return goTo("/requests").noting(done), err
	}
	if wrong := fieldErrors(err); wrong != nil {
		if wrong["api_version"] != "" { // there is no field for it: who decides can't change it
			wrong["scopes"] = "can't be approved: the API version " + wrong["api_version"]
		}
		return c.undecided(v, form, wrong)
	}
	return answer{}, err
}

// undecided shows the page with what is wrong.
func (c *Console) undecided(v *visit, form url.Values, wrong map[string]string) (answer, error) {
	if form.Has("reason") { // of the other form
		form = url.Values{"reason": form["reason"]}
	}
	view, err := c.findRequest(v, form, wrong)
	if err != nil {
		return answer{}, err
	}
	if form.Has("reason") {
		view.choices = c.narrower(view.KeyRequest, nil)
	}
	title := wrongTitle(view.Description, view.fields())
	return show(title, requestPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
}

func (c *Console) withdrawRequest(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	r, err := c.svc.WithdrawRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")))
	return goTo("/requests").noting("Your request for “" + r.Description + "” is withdrawn."), err
}

// collectKey makes the key and shows it, in the answer to the form itself, as issueKey does.
func (c *Console) collectKey(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	r, key, text, err := c.svc.CollectRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")))
	if errors.Is(err, keywright.ErrConflict) {
		if view, found := c.findRequest(v, nil, nil); found == nil && view.Reached == keywright.RequestCollected {
			return show("This key was already shown", alreadyCollectedPage(view)).with(http.StatusConflict).inOneColumn(), nil
		}
	}
	if err != nil {
		return answer{}, err
	}
	view := c.revealed(v, key, text)
	view.path = requestPath(r.ID)
	return show("Copy your new API key", revealPage(view)), nil
}

// closeCollected leaves the page that showed the key, as closeKey does.
func (c *Console) closeCollected(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	r, key, err := c.svc.KeyRequest(v.Context(), v.by(), keywright.KeyRequestID(v.PathValue("id")))
	if err != nil {
		return answer{}, err
	}
	if key.ID == "" {
		return answer{}, keywright.ErrNotFound
	}
	return closed(key, requestPath(r.ID)), nil
}

// scopeWords names grants in a sentence.
func scopeWords(grants []string) string {
	words := make([]string, len(grants))
	for i, grant := range grants {
		words[i] = grantWord(grant)
	}
	return strings.Join(words, ", ")
}

func grantWord(grant string) string {
	if grant == everything {
		return "everything"
	}
	return grant
}

// lifeWords is for how long a key is wanted.
func lifeWords(days int) string {
	switch days {
	case 0:
		return "Without end"
	case 1:
		return "1 day"
	case 365:
		return "1 year"
	}
	return strconv.Itoa(days) + " days"
}

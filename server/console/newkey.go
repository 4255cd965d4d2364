package console

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// newKeyView is the form that makes a key (F5 to F8, F18).
type newKeyView struct {
	place       place
	once        string // makes one key of a form that is sent twice
	description field
	versions    []policy.Version
	version     field
	readback    string // what the key will be able to do

	kind         field // what most people leave as it is, from here on
	kinds        []kindCard
	service      field
	member       field // who answers for a service's key
	scopes       scopePicker
	networks     field
	expires      field
	expiresOn    field
	lives        []string // what the plan says of how long keys live
	notBefore    field
	environment  field
	environments []string
	open         bool
}

// fields are those that can be wrong, in the order of the page.
func (view newKeyView) fields() []field {
	return []field{
		view.description, view.version, view.kind, view.service, view.member, view.scopes.field,
		view.networks, view.expires, view.notBefore, view.environment,
	}
}

// newKeyFields are the names of the form's fields but for scopes, which comes once for each.
func newKeyFields() []string {
	return []string{
		"description", "api_version", "kind", "service", "member", "reach", "networks", "expires", "expires_on", "not_before", "environment", "once",
	}
}

func (c *Console) newKeyView(v *visit, form url.Values, wrong map[string]string) (newKeyView, error) {
	p := c.svc.Policy()
	view := newKeyView{
		place: v.place(), once: form.Get("once"), versions: p.OpenVersions(), environments: p.Keys.Environments,
		kinds: c.kindCards(v), scopes: c.scopePicker(v, form, wrong), lives: c.livesOf(v),
	}
	member, err := c.responsible(v)
	if err != nil {
		return view, err
	}
	fields := filled([]field{
		{name: "description", label: "Description", hint: "Name it after who or what will hold it, such as “nightly export”. It can't be changed later."},
		{name: "api_version", label: "API version", value: p.Preselected().Name},
		{name: "kind", label: "Kind", value: string(v.place().kind())},
		{name: "service", label: "Name of the service", hint: "The non-person that the key acts as, such as “billing sync”. Left empty, it is the description.", optional: true},
		member,
		networksField(),
		c.expiresField(v),
		{name: "expires_on", label: "On the day", kind: "date", hint: "It ends as that day begins, in UTC.", optional: true},
		{name: "not_before", label: "Not before", kind: "date", hint: "It begins to work as that day begins, in UTC. Left empty, it works at once.", optional: true},
		{name: "environment", label: "Environment", value: p.Keys.Environments[0]},
	}, form, wrong)
	view.description, view.version, view.kind, view.service, view.member = fields[0], fields[1], fields[2], fields[3], fields[4]
	view.networks, view.expires, view.expiresOn, view.notBefore, view.environment = fields[5], fields[6], fields[7], fields[8], fields[9]
	view.readback = c.newReach(v, form).sentence()
	view.open = anyWrong(view.fields()[2:]) || form.Has("kind") && c.narrowed(v, form)
	return view, nil
}

// narrowed reports whether a form asks for anything but what most people want.
func (c *Console) narrowed(v *visit, form url.Values) bool {
	return cmp.Or(form.Get("service"), form.Get("networks"), form.Get("not_before"), form.Get("expires_on")) != "" ||
		form.Get("kind") != string(v.place().kind()) ||
		form.Get("reach") != reachAll ||
		form.Get("expires") != c.expiresField(v).value ||
		form.Get("environment") != c.svc.Policy().Keys.Environments[0] && form.Has("environment")
}

// kind is what a key is that is made here, unless one chooses.
func (p place) kind() keywright.KeyKind {
	if p.own {
		return keywright.PersonalKey
	}
	return keywright.AccountKey
}

// newKeyTitle is the page's title: the founding page's where it had the button (F4).
func (p place) newKeyTitle() string {
	if p.own {
		return "Create a personal key"
	}
	return "Create New API Key"
}

func (c *Console) newKeyForm(v *visit) (answer, error) {
	if err := keywright.NotEntitled(c.svc.Policy(), v.self.Account.Plan, v.place().kind()); err != nil {
		return answer{}, err
	}
	once, err := c.newOnce()
	if err != nil {
		return answer{}, err
	}
	view, err := c.newKeyView(v, url.Values{"once": {once}}, nil)
	if err != nil {
		return answer{}, err
	}
	return show(v.place().newKeyTitle(), newKeyPage(view)).inOneColumn(), nil
}

// issueKey makes the key and shows it, in the answer to the form itself: no address shows it
// a second time. The same form sent again ends in AlreadyIssuedError.
func (c *Console) issueKey(v *visit) (answer, error) {
	form, err := v.formOf("scopes", newKeyFields()...)
	if err != nil {
		return answer{}, err
	}
	if form.Get("once") == "" { // else a second sending would make a second key
		return answer{}, errFormFields
	}
	key, text, err := c.svc.Issue(v.Context(), v.by(), c.wanted(v, form))
	if wrong := fieldErrors(err); wrong != nil && wrong["once"] == "" {
		return c.newKeyAgain(v, form, wrong)
	}
	if err != nil {
		return answer{}, err
	}
	return show("Copy your new API key", revealPage(c.revealed(v, key, text))), nil
}

// newKeyAgain shows the form as it was filled in, with what is wrong with it.
func (c *Console) newKeyAgain(v *visit, form url.Values, wrong map[string]string) (answer, error) {
	if _, said := wrong["scopes"]; said && form.Get("reach") == reachChosen && len(form["scopes"]) == 0 {
		wrong["scopes"] = "are to be chosen, and none is; choose at least one"
	}
	view, err := c.newKeyView(v, form, wrong)
	if err != nil {
		return answer{}, err
	}
	title := wrongTitle(v.place().newKeyTitle(), view.fields())
	return show(title, newKeyPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
}

// newOnce draws the token of one form: 24 characters, so that no two forms share one.
func (c *Console) newOnce() (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyz234567" // 32, which divides 256
	once := make([]byte, 24)
	if _, err := io.ReadFull(c.options.Random, once); err != nil {
		return "", fmt.Errorf("draw a form token: %w", err)
	}
	for i, b := range once {
		once[i] = letters[b%32]
	}
	return string(once), nil
}

// closeKey leaves the page that showed the key. The answer also throws away what the browser
// may have kept of it to go back to.
func (c *Console) closeKey(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	return closed(view.Key, view.place.path), nil
}

// closed goes on from the page that showed a key.
func closed(key keywright.Key, to string) answer {
	a := goTo(to).noting("“" + key.Description + "” is ready to use. From now on only " + key.Handle() + " is shown.")
	a.clear = `"cache"`
	return a
}

// alreadyIssued answers a form that was sent before: after a reload, after Back, or twice.
func alreadyIssued(v *visit, id keywright.KeyID) answer {
	return show("This key was already shown", alreadyIssuedPage(v.place(), id)).with(http.StatusConflict).inOneColumn()
}

// revealed is the page of a secret that was just made.
func (c *Console) revealed(v *visit, key keywright.Key, text secret.Secret) revealView {
	view := revealView{Key: key, account: v.self.Account.Slug, path: v.place().key(key.ID), text: text}
	if version, ok := c.svc.Policy().Version(key.Version); ok {
		view.curl = curl(c.options.PublicURL, version, text)
	}
	return view
}

package console

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// newKeyView is the form that makes a key (F5 to F8).
type newKeyView struct {
	account     string
	once        string // makes one key of a form that is sent twice
	description field
	versions    []policy.Version
	version     field
	environment field
}

// fields are those that can be wrong, in the order of the page.
func (view newKeyView) fields() []field {
	return []field{view.description, view.version, view.environment}
}

func (c *Console) newKeyView(v *visit, form url.Values, wrong map[string]string) newKeyView {
	p := c.svc.Policy()
	fields := filled([]field{
		{name: "description", label: "Description", hint: "Name it after who or what will hold it, such as “nightly export”. It can't be changed later."},
		{name: "api_version", label: "API version", value: p.Preselected().Name},
		{name: "environment", label: "Environment", value: string(secret.Live)},
	}, form, wrong)
	return newKeyView{
		account: v.self.Account.Slug, once: form.Get("once"),
		description: fields[0], version: fields[1], environment: fields[2], versions: p.OpenVersions(),
	}
}

func (c *Console) newKeyForm(v *visit) (answer, error) {
	if err := keywright.NotEntitled(c.svc.Policy(), v.self.Account.Plan, keywright.AccountKey); err != nil {
		return answer{}, err
	}
	once, err := c.newOnce()
	if err != nil {
		return answer{}, err
	}
	view := c.newKeyView(v, url.Values{"once": {once}}, nil)
	return show("Create New API Key", newKeyPage(view)).inOneColumn(), nil
}

// issueKey makes the key and shows it, in the answer to the form itself: no address shows it
// a second time. The same form sent again ends in AlreadyIssuedError.
func (c *Console) issueKey(v *visit) (answer, error) {
	form, err := v.form("description", "api_version", "environment", "once")
	if err != nil {
		return answer{}, err
	}
	if form.Get("once") == "" { // else a second sending would make a second key
		return answer{}, errFormFields
	}
	key, text, err := c.svc.Issue(v.Context(), v.by(), keywright.NewKey{
		Description: form.Get("description"), Version: form.Get("api_version"),
		Env: secret.Env(form.Get("environment")), Once: form.Get("once"),
	})
	if wrong := fieldErrors(err); wrong != nil && wrong["once"] == "" {
		view := c.newKeyView(v, form, wrong)
		title := wrongTitle("Create New API Key", view.fields())
		return show(title, newKeyPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if err != nil {
		return answer{}, err
	}
	view := revealView{Key: key, account: v.self.Account.Slug, path: keyPath(key.ID), text: text}
	if version, ok := c.svc.Policy().Version(key.Version); ok {
		view.curl = curl(c.options.PublicURL, version, text)
	}
	return show("Copy your new API key", revealPage(view)), nil
}

// readback says what a key will be able to do. The environment is part of its text and of
// nothing else, so a test key gets the same sentence, with that said.
func readback(account, environment string) string {
	sentence := "This key may read and write everything in " + account + ", for ever, from anywhere."
	if environment == string(secret.Test) {
		return sentence + " It is called a test key, and is no weaker than a live one."
	}
	return sentence
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
	key, err := c.svc.Key(v.Context(), v.by(), keywright.KeyID(v.PathValue("id")))
	if err != nil {
		return answer{}, err
	}
	a := goTo("/api-access").noting("“" + key.Description + "” is ready to use. From now on only " + key.Handle() + " is shown.")
	a.clear = `"cache"`
	return a, nil
}

// alreadyIssued answers a form that was sent before: after a reload, after Back, or twice.
func alreadyIssued(id keywright.KeyID) answer {
	return show("This key was already shown", alreadyIssuedPage(keyPath(id))).with(http.StatusConflict).inOneColumn()
}

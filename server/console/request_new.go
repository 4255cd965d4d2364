package console

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// newRequestView is the form that asks for a key.
type newRequestView struct {
	account     string
	once        string // makes one request of a form that is sent twice
	description field
	versions    []policy.Version
	version     field
	scopes      field
	choices     []grantChoice
	days        field
}

func (view newRequestView) fields() []field {
	return []field{view.description, view.version, view.scopes, view.days}
}

// grantChoice is one thing that a key can be asked or approved for.
type grantChoice struct {
	name, about string
	checked     bool
}

func (g grantChoice) id() string { return "scope-" + g.name }

// everything is the grant of all that an account may.
const everything = "*"

// grantChoices are all that can be asked for, in the policy's order.
func (c *Console) grantChoices(form url.Values) []grantChoice {
	var all []grantChoice
	for _, s := range c.svc.Policy().Scopes {
		all = append(all, grantChoice{name: s.Name, about: s.Description})
	}
	all = append(all, grantChoice{name: everything, about: "Everything that the account may, with full rights. Ask for this only if nothing less will do."})
	return ticked(all, form)
}

// ticked sets which choices a form has.
func ticked(all []grantChoice, form url.Values) []grantChoice {
	for i, g := range all {
		all[i].checked = slices.Contains(form["scopes"], g.name)
	}
	return all
}

func (c *Console) newRequest(v *visit, form url.Values, wrong map[string]string) newRequestView {
	p := c.svc.Policy()
	fields := filled([]field{
		{name: "description", label: "What for", hint: "Who or what will hold the key, and what it does, such as “nightly export of incidents”. It becomes the key's description and can't be changed later."},
		{name: "api_version", label: "API version", value: p.Preselected().Name},
		{name: "scopes", label: "What it may do"},
		{name: "days", label: "How long", value: "90", hint: "Counted from when you collect the key.", options: c.lifeOptions(v, 0)},
	}, form, wrong)
	return newRequestView{
		account: v.self.Account.Slug, once: form.Get("once"), versions: p.OpenVersions(), choices: c.grantChoices(form),
		description: fields[0], version: fields[1], scopes: fields[2], days: fields[3],
	}
}

// lifeOptions are for how long a key can be wanted, or approved where so many days were asked for.
func (c *Console) lifeOptions(v *visit, asked int) []option {
	days := []int{7, 30, 90, 365}
	if asked > 0 {
		var all []option
		for _, n := range days {
			if n < asked {
				all = append(all, option{strconv.Itoa(n), lifeWords(n)})
			}
		}
		return append(all, option{strconv.Itoa(asked), lifeWords(asked) + ", as asked"})
	}
	var all []option
	for _, n := range days {
		all = append(all, option{strconv.Itoa(n), lifeWords(n)})
	}
	if life := v.self.Plan.Life(string(keywright.AccountKey)); life.Default > 0 || life.Longest > 0 {
		return append(all, option{"0", "As long as the plan says"})
	}
	return append(all, option{"0", lifeWords(0)})
}

func (c *Console) newRequestForm(v *visit) (answer, error) {
	if !v.self.Plan.APIAccess {
		return answer{}, &keywright.NotEntitledError{Plan: v.self.Plan, Need: c.svc.Policy().PlansWithAPIAccess()}
	}
	once, err := c.newOnce()
	if err != nil {
		return answer{}, err
	}
	return show("Request a key", newRequestPage(c.newRequest(v, url.Values{"once": {once}}, nil))).inOneColumn(), nil
}

func (c *Console) requestKey(v *visit) (answer, error) {
	form, err := v.formOf("scopes", "description", "api_version", "days", "once")
	if err != nil {
		return answer{}, err
	}
	by, err := onceBy(v, form)
	if err != nil {
		return answer{}, err
	}
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil {
		return answer{}, errFormFields
	}
	r, err := c.svc.RequestKey(v.Context(), by, keywright.NewKeyRequest{
		Description: form.Get("description"), Version: form.Get("api_version"), Scopes: form["scopes"], Days: days,
	})
	if wrong := fieldErrors(err); wrong != nil {
		if len(form["scopes"]) == 0 {
			wrong["scopes"] = "has nothing that is ticked"
		}
		view := c.newRequest(v, form, wrong)
		title := wrongTitle("Request a key", view.fields())
		return show(title, newRequestPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(requestPath(r.ID)).noting("Your request is waiting for an owner or admin. You will find the key here once it is approved."), nil
}

// onceBy makes a form that is sent twice take effect once.
func onceBy(v *visit, form url.Values) (keywright.Principal, error) {
	by := v.by()
	if form.Get("once") == "" {
		return by, errFormFields
	}
	by.Once = &keywright.Once{Key: "form " + form.Get("once"), Request: sha256.Sum256([]byte(v.URL.Path + "?" + form.Encode()))}
	return by, nil
}

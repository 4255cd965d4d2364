package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

// limitsView is the page that changes what a key may do, without a new secret.
type limitsView struct {
	keyView
	tag      string // of the key as the form shows it
	scopes   []scopeGroup
	scope    field
	networks field
	expires  field
	on       field
	version  field
	member   field // who answers for a service's key
	shutsOut bool  // the address that used the key last is in none of the networks
}

func (view limitsView) errors() []field {
	return []field{view.version, view.scope, view.networks, view.expires, view.member}
}

// keepEnd leaves a key's end as it is.
const keepEnd = "keep"

func (c *Console) limitsView(v *visit, form url.Values, wrong map[string]string) (limitsView, error) {
	key, err := c.find(v)
	if err != nil {
		return limitsView{}, err
	}
	view := limitsView{keyView: key, tag: key.Tag(), scope: field{name: "scopes", label: "Scopes", why: wrong["scopes"]}}
	if form.Has("tag") {
		view.tag = form.Get("tag")
	}
	has, chosen := key.Scopes, form["scopes"]
	if len(has) == 0 {
		has = []string{"*"}
	}
	if !form.Has("tag") {
		chosen = c.svc.Policy().ScopesOf(has)
	}
	view.scopes = c.scopeGroups(has, chosen)
	member, err := c.responsible(v)
	if err != nil {
		return view, err
	}
	member.value = string(key.Member)
	if !slices.ContainsFunc(member.options, func(o option) bool { return o.value == member.value }) {
		member.options = append(member.options, option{member.value, key.owner})
	}
	networks := networksField()
	networks.value = networkLines(key.Networks)
	fields := filled([]field{
		c.versionChoice(key.Version), networks, c.endChoice(key.Key), member,
		{name: "expires_on", label: "On the day", kind: "date", hint: "It ends as that day begins, in UTC.", optional: true},
	}, form, wrong)
	view.version, view.networks, view.expires, view.member, view.on = fields[0], fields[1], fields[2], fields[3], fields[4]
	return view, nil
}

func networkLines(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, p := range networks {
		texts[i] = networkText(p)
	}
	return strings.Join(texts, "\n")
}

// versionChoice are the versions that the key can be moved to.
func (c *Console) versionChoice(has string) field {
	f := field{name: "api_version", label: "API version", value: has, options: []option{{has, has}}, hint: "Move the key to another version without a new secret. Whoever uses it may have to send it differently."}
	for _, version := range c.svc.Policy().OpenVersions() {
		if version.Name != has {
			f.options = append(f.options, option{version.Name, "Move this key to " + version.Name})
		}
	}
	return f
}

func (c *Console) endChoice(key keywright.Key) field {
	as := "Never, as it is"
	if !key.Expires.IsZero() {
		as = "As it is, " + exact(key.Expires)
	}
	f := field{name: "expires", label: "Expires", value: keepEnd, options: []option{{keepEnd, as}, {"30d", "In 30 days"}, {"90d", "In 90 days"}, {"365d", "In 365 days"}}}
	if !key.Expires.IsZero() {
		f.options = append(f.options, option{keywright.Never, "Never"})
	}
	f.options = append(f.options, option{onDate, "On a day of your own"})
	return f
}

func (c *Console) limitsForm(v *visit) (answer, error) {
	view, err := c.limitsView(v, url.Values{}, nil)
	if err != nil {
		return answer{}, err
	}
	if !view.Revoked.IsZero() {
		return goTo(view.path), nil
	}
	return show("Limits of "+view.Description, limitsPage(view)).inOneColumn(), nil
}

func (c *Console) changeLimits(v *visit) (answer, error) {
	form, err := v.formOf("scopes", "tag", "api_version", "networks", "expires", "expires_on", "member", "sure")
	if err != nil {
		return answer{}, err
	}
	view, err := c.limitsView(v, form, nil)
	if err != nil {
		return answer{}, err
	}
	change := c.changeOf(view, form)
	if networks, err := keywright.ParseNetworks(lines(form.Get("networks"))); err == nil && change.Networks != nil && view.ShutsOut(networks) && form.Get("sure") == "" {
		view.shutsOut = true
		return show("Limits of "+view.Description, limitsPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	key, commit, err := c.svc.Change(v.Context(), v.by(), view.ID, change)
	if wrong := fieldErrors(err); wrong != nil {
		if view, err = c.limitsView(v, form, wrong); err != nil {
			return answer{}, err
		}
		return show(wrongTitle("Limits of "+view.Description, view.errors()), limitsPage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if err != nil {
		return answer{}, err
	}
	if key.Tag() == view.Tag() {
		return goTo(view.path).noting("Nothing is different, so nothing was changed."), nil
	}
	return c.counting(commit, "Changed “"+key.Description+"”. That counts", view.path), nil
}

// changeOf is what a form asks to be different. What it leaves as it is isn't asked for, so that a
// key whose scopes the policy has dropped since can still be given an end.
func (c *Console) changeOf(view limitsView, form url.Values) keywright.KeyChange {
	change := keywright.KeyChange{Tag: form.Get("tag")}
	if version := form.Get("api_version"); version != view.Key.Version {
		change.Version = &version
	}
	has := view.Scopes
	if len(has) == 0 {
		has = []string{"*"}
	}
	if all := c.svc.Policy().ScopesOf(has); !slices.Equal(all, form["scopes"]) {
		scopes := orNone(form["scopes"])
		change.Scopes = &scopes
	}
	if networks := lines(form.Get("networks")); !slices.Equal(networks, lines(networkLines(view.Networks))) {
		change.Networks = &networks
	}
	if end := wantedEnd(form); end != keepEnd {
		change.Expires = &end
	}
	if member := keywright.MemberID(form.Get("member")); view.Kind == keywright.ServiceKey && member != view.Member {
		change.Member = &member
	}
	return change
}

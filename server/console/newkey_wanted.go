package console

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// wanted is the key that a form asks for.
func (c *Console) wanted(v *visit, form url.Values) keywright.NewKey {
	n := keywright.NewKey{
		Description: form.Get("description"), Version: form.Get("api_version"), Env: secret.Env(form.Get("environment")),
		Kind: keywright.KeyKind(form.Get("kind")), Scopes: c.wantedScopes(v, form), Networks: lines(form.Get("networks")),
		NotBefore: form.Get("not_before"), Expires: wantedEnd(form), Once: form.Get("once"),
	}
	if v.place().own {
		n.Kind = keywright.PersonalKey
	}
	if n.Kind == keywright.ServiceKey { // the form has these for every kind, and shows them for this one
		n.Service, n.Member = strings.TrimSpace(form.Get("service")), keywright.MemberID(form.Get("member"))
	}
	return n
}

// onDate is the choice of a day of one's own. Without a day it is sent on as it is, which the
// service says is no date.
const onDate = "date"

func wantedEnd(form url.Values) string {
	if end := form.Get("expires"); end != onDate || form.Get("expires_on") == "" {
		return end
	}
	return form.Get("expires_on")
}

// lines are the entries of a text with one on each line. Commas and spaces part them too, because
// lists are pasted.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ' ' || r == '\t' })
}

func networksField() field {
	return field{
		name: "networks", label: "Allowed networks", kind: "lines", optional: true,
		hint: "Addresses such as 192.0.2.7, and networks such as 192.0.2.0/24 or 2001:db8::/32, one on each line. Left empty, the key works from anywhere.",
	}
}

// networkText is a network as people write it: an address alone without its length.
func networkText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// expiresField is the choice of an end. Where the plan says something of any kind that can be made
// here, that is what is offered first.
func (c *Console) expiresField(v *visit) field {
	f := field{name: "expires", label: "Expires", value: keywright.Never}
	if len(c.livesOf(v)) > 0 {
		f.value = ""
		f.options = append(f.options, option{"", "As the plan says"})
	}
	for _, days := range []string{"30", "90", "365"} {
		f.options = append(f.options, option{days + "d", "In " + days + " days"})
	}
	f.options = append(f.options, option{keywright.Never, "Never"}, option{onDate, "On a day of your own"})
	return f
}

// livesOf says how long the plan lets keys live that can be made here: "Personal keys: 90 days
// unless you choose otherwise, 365 days at most."
func (c *Console) livesOf(v *visit) []string {
	var all []string
	for _, kind := range keywright.KeyKinds() {
		life := v.self.Plan.Life(string(kind))
		if life == (policy.Life{}) || v.place().own && kind != keywright.PersonalKey {
			continue
		}
		text := kindLabel(kind) + " keys: "
		switch {
		case life.Longest == 0:
			text += inWords(life.Default) + " unless you choose otherwise."
		case life.Default == 0 || life.Default == life.Longest:
			text += inWords(life.Longest) + " at most."
		default:
			text += inWords(life.Default) + " unless you choose otherwise, " + inWords(life.Longest) + " at most."
		}
		all = append(all, text)
	}
	return all
}

// inWords is a span of time for people: "90 days", "1 hour and 30 minutes".
func inWords(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if n := int(d / unit.long); n > 0 {
			words = append(words, numbered(n, unit.name))
			d %= unit.long
		}
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// numbered is a number of things: "1 key", "12 keys".
func numbered(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// newReach is what the key that a form asks for will be able to do. What can't be read yet is said
// as it is; whether it can be had, issuing finds out.
func (c *Console) newReach(v *visit, form url.Values) reach {
	n := c.wanted(v, form)
	if n.Kind == "" {
		n.Kind = v.place().kind()
	}
	key := keywright.Key{Kind: n.Kind, Service: n.Service, Env: n.Env, Scopes: n.Scopes}
	key.Networks, _ = keywright.ParseNetworks(n.Networks)
	r := c.reachOf(v, key, "you")
	if len(n.Networks) > 0 && len(key.Networks) == 0 {
		r.from = "from the networks below"
	}
	r.when = c.newSpan(v, n)
	return r
}

// newSpan is for how long a key will work.
func (c *Console) newSpan(v *visit, n keywright.NewKey) string {
	text := ""
	life := v.self.Plan.Life(string(n.Kind))
	d, known := policy.ParseDuration(n.Expires)
	on, err := time.Parse(time.DateOnly, n.Expires)
	switch {
	case known:
		text = "for " + inWords(d)
	case err == nil:
		text = "until " + day(on)
	case n.Expires == "" && life.Default > 0:
		text = "for " + inWords(life.Default)
	case n.Expires == "" && life.Longest > 0:
		text = "for " + inWords(life.Longest)
	case n.Expires == onDate:
		text = "until the day below"
	default:
		text = "for ever"
	}
	if begins, err := time.Parse(time.DateOnly, n.NotBefore); err == nil && begins.After(v.now) {
		text = "from " + day(begins) + " on, " + text
	}
	return text
}

// readNewKeyBack answers the sentence alone, for the script that keeps it in step with the form.
func (c *Console) readNewKeyBack(v *visit) (answer, error) {
	form, err := v.formOf("scopes", newKeyFields()...)
	if err != nil {
		return answer{}, err
	}
	return file("text/plain; charset=utf-8", "", []byte(c.newReach(v, form).sentence())), nil
}

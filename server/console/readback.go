package console

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// reach is what a key may do, for the sentence that says it.
type reach struct {
	account string
	kind    keywright.KeyKind
	service string
	whose   string // as whom a personal key acts: "you", or a name
	does    []string
	all     bool // does is everything there is, or everything that its kind may
	from    string
	when    string
	env     secret.Env
}

// sentence reads a key back: what it may do, for how long, from where.
func (r reach) sentence() string {
	text := r.subject() + " " + r.what() + ", " + r.when + ", " + r.from + "."
	if r.env == secret.Test {
		text += " It is called a test key, and is no weaker than a live one."
	}
	return text
}

func (r reach) subject() string {
	switch r.kind {
	case keywright.PersonalKey:
		return "This key, which acts as " + cmp.Or(r.whose, "its member") + ", may"
	case keywright.ServiceKey:
		if r.service == "" {
			return "This key of a service may"
		}
		return "This key of the service “" + r.service + "” may"
	case keywright.ReadOnlyKey:
		if !r.all {
			return "This key, which only reads, may"
		}
	case keywright.AccountKey:
	}
	return "This key may"
}

func (r reach) what() string {
	in := " in " + r.account
	switch {
	case len(r.does) == 0 && !r.all:
		return "do nothing" + in
	case !r.all:
		return listed(r.does) + in
	case r.kind == keywright.PersonalKey && r.whose == "you":
		return "do what your role allows at that moment" + in
	case r.kind == keywright.PersonalKey:
		return "do what their role allows at that moment" + in
	case r.kind == keywright.ReadOnlyKey:
		return "read everything" + in + " and change nothing"
	}
	return "read and write everything" + in
}

// mostListed is how many things a sentence names; the key's page lists them all.
const mostListed = 3

// listed puts things in a sentence: "see incidents, change schedules, and 2 more things".
func listed(things []string) string {
	words := make([]string, len(things))
	for i, thing := range things {
		words[i] = midSentence(thing)
	}
	if len(words) > mostListed+1 {
		words = append(words[:mostListed], strconv.Itoa(len(words)-mostListed)+" more things")
	}
	if len(words) == 1 {
		return words[0]
	}
	// Some things have an "and" in them.
	return strings.Join(words[:len(words)-1], ", ") + ", and " + words[len(words)-1]
}

// midSentence begins a text in lower case, unless it begins with a name or an abbreviation.
func midSentence(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[n:])
	if unicode.IsUpper(second) {
		return text
	}
	return string(unicode.ToLower(first)) + text[n:]
}

// doing are the things that scopes let do, in the policy's words and order, and whether that is
// everything there is.
func doing(p *policy.Policy, grants []string) (does []string, all bool) {
	names := p.ScopesOf(grants)
	for _, name := range names {
		scope, _ := p.Scope(name)
		if does = append(does, scope.Description); scope.Description == "" {
			does[len(does)-1] = "use " + name
		}
	}
	return does, len(grants) == 0 || len(names) > 0 && len(names) == len(p.Scopes)
}

// reachOf is what a key may do that there is.
func (c *Console) reachOf(v *visit, key keywright.Key, whose string) reach {
	r := reach{account: v.self.Account.Slug, kind: key.Kind, service: key.Service, whose: whose, env: key.Env}
	r.does, r.all = doing(c.svc.Policy(), key.Scopes)
	r.from = "from anywhere"
	switch n := len(key.Networks); {
	case n == 1:
		r.from = "from " + networkText(key.Networks[0]) + " only"
	case n > 1:
		r.from = "from " + strconv.Itoa(n) + " networks only"
	}
	r.when = span(key.NotBefore, key.Expires, v.now)
	return r
}

// span is for how long a key works.
func span(begins, ends, now time.Time) string {
	text := "for ever"
	if !ends.IsZero() {
		text = "until " + day(ends)
	}
	if begins.After(now) {
		return "from " + day(begins) + " on, " + text
	}
	return text
}

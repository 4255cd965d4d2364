package policy

import (
	"slices"
	"time"
)

// Keys is what the policy says of all keys, whatever the plan.
type Keys struct {
	// Environments are those that a key may be made for, live, test or both. Where there is one,
	// forms do not ask.
	Environments []string

	// Grace is how long the old secret works after a rotation that does not say; LongestGrace is
	// the most that one may ask for.
	Grace, LongestGrace time.Duration
}

// DefaultKeys is what counts where the file says nothing of keys.
func DefaultKeys() Keys {
	return Keys{Environments: []string{"live", "test"}, Grace: 24 * time.Hour, LongestGrace: 30 * 24 * time.Hour}
}

// keys reads the part of the file on keys.
func (p *part) keys() Keys {
	keys := DefaultKeys()
	if all := p.texts("environments", false, 2, oneOf("live", "test")); len(all) > 0 {
		keys.Environments = nil
		for _, e := range all {
			keys.Environments = append(keys.Environments, e.text)
		}
		slices.Sort(keys.Environments)
	}
	if longest := p.duration("longest_grace"); longest > 0 {
		keys.LongestGrace = longest
		keys.Grace = min(keys.Grace, longest)
	}
	if grace := p.duration("grace"); grace > 0 {
		if keys.Grace = grace; grace > keys.LongestGrace {
			p.wrong(p.values["grace"], p.at("grace"), "is longer than longest_grace")
		}
	}
	return keys
}

// lives reads how long keys may live on a plan.
func (p *part) lives() []Life {
	var all []Life
	for _, one := range p.parts("lives", false, len(keyKinds())+1, lifeFields()) {
		life := Life{
			Kind:    one.text("kind", false, oneOf(keyKinds()...)),
			Default: one.duration("default"),
			Longest: one.duration("longest"),
		}
		if slices.ContainsFunc(all, func(l Life) bool { return l.Kind == life.Kind }) {
			one.wrong(one.node, one.path, "is for the same kind of keys as one before it")
		}
		if life.Longest > 0 && life.Default > life.Longest {
			one.wrong(one.values["default"], one.at("default"), "is longer than longest")
		}
		if life.Longest == 0 && life.Default == 0 {
			one.wrong(one.node, one.path, "says nothing; give it default, longest or both")
		}
		all = append(all, life)
	}
	return all
}

func keyKinds() []string { return []string{"account", "read_only", "personal", "service"} }

func (p *part) duration(field string) time.Duration {
	d, _ := ParseDuration(p.text(field, false, isDuration))
	return d
}

func isDuration(text string) string {
	if _, ok := ParseDuration(text); !ok {
		return "is no duration; write a whole number and its unit, such as 90d, 12h or 30min"
	}
	return ""
}

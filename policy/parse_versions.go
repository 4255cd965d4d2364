package policy

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

func (p *part) versions() []Version {
	var all []Version
	names, parameters := unique{}, unique{}
	preselected, current := 0, false
	parts := p.parts("versions", true, MaxVersions, versionFields())
	for _, one := range parts {
		v := one.version()
		names.take(one, "name", v.Name)
		parameters.take(one, "accept", v.AcceptParameter)
		if v.Preselected {
			preselected++
			one.mayBePreselected(v, preselected)
		}
		current = current || v.State == Current
		all = append(all, v)
	}
	if len(parts) == 0 {
		return all
	}
	if preselected == 0 {
		p.wrong(p.values["versions"], "versions", "has no version with preselected: true; forms offer it first")
	}
	if !current {
		p.wrong(p.values["versions"], "versions", "has no version with state: current")
	}
	return all
}

func (p *part) mayBePreselected(v Version, preselected int) {
	n := p.values["preselected"]
	if preselected > 1 {
		p.wrong(n, p.at("preselected"), "is true for another version too; forms can offer one first")
	}
	if !v.TakesNewKeys() {
		p.wrong(n, p.at("preselected"), "is true, but no new key may be issued for a version that is "+v.State.String())
	}
}

func (p *part) version() Version {
	v := Version{
		Name:            p.text("name", true, name()),
		Label:           p.text("label", true, words(maxLabel)),
		Hint:            p.text("hint", true, words(maxSentence)),
		Documentation:   p.text("documentation", false, link),
		BasePath:        p.text("base_path", false, formed(baseForm, "a path with a slash at both ends, like /api/v1/")),
		AcceptParameter: p.text("accept", false, formed(acceptForm, "1 to 32 letters, digits, _, - and ., as it stands after version=")),
		Preselected:     p.flag("preselected", false),
		Override:        p.flag("override", true),
		Deprecated:      p.date("deprecated"),
		Sunset:          p.date("sunset"),
		Notice:          p.text("notice", false, absolute),
	}
	v.BasePath = orElse(v.BasePath, "/")
	ways := []string{string(PresentToken), string(PresentBearer), string(PresentHeader), string(PresentBasic)}
	for _, e := range p.texts("presentations", true, len(ways), oneOf(ways...)) {
		v.Presentations = append(v.Presentations, Presentation(e.text))
	}
	if state, ok := p.state(); ok {
		v.State = state
		p.checkDates(v)
	}
	return v
}

func (p *part) state() (VersionState, bool) {
	words := make([]string, len(VersionStates()))
	for i, s := range VersionStates() {
		words[i] = s.String()
	}
	word := p.text("state", false, oneOf(words...))
	i := slices.Index(words, orElse(word, Current.String()))
	return VersionStates()[i], word != "" || p.values["state"] == nil
}

// checkDates holds that what is on its way out says since when, as the header of RFC 9745
// needs it, and that the way has a direction.
func (p *part) checkDates(v Version) {
	if v.State == Current {
		for _, field := range []string{"deprecated", "sunset", "notice"} {
			if n := p.values[field]; n != nil {
				p.wrong(n, p.at(field), "is not for a version that is current; set its state to deprecated")
			}
		}
		return
	}
	if p.values["deprecated"] == nil && v.State != Off {
		p.wrong(p.values["state"], p.at("state"), "needs a deprecated date beside it: answers say since when")
	}
	if !v.Sunset.IsZero() && v.Sunset.Before(v.Deprecated) {
		p.wrong(p.values["sunset"], p.at("sunset"), "is before the deprecated date")
	}
}

// date reads a field that is a day or an instant, in quotes or not.
func (p *part) date(field string) time.Time {
	n := p.value(field, false)
	if n == nil {
		return time.Time{}
	}
	if n.Kind != yaml.ScalarNode {
		p.wrongKind(n, p.at(field), "a date")
		return time.Time{}
	}
	at, ok := readDate(n.Value)
	if !ok {
		p.wrong(n, p.at(field), "is not a date; write 2026-03-01, which begins at midnight UTC, or 2026-03-01T09:00:00+01:00")
	}
	return at
}

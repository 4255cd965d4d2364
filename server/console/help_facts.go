package console

import (
	"slices"
	"strings"

	"github.com/keywright/keywright/policy"
)

// facts write, as Markdown, what the help says about this installation: its roles, plans and
// API versions, and where it is reached.
type facts struct {
	policy  *policy.Policy
	console string // its public address
}

// all finds the facts by the name of the mark at which they stand.
func (f facts) all() map[string]string {
	return map[string]string{
		"roles":       f.roles(),
		"plans":       f.plans(),
		"versions":    f.versions(),
		"differences": f.differences(),
		"ways":        f.ways(),
		"commands":    f.commands(),
		"accept":      f.accept(),
		"form":        fenced("text", exampleKey(f.policy.Product.Brand)),
		"self":        f.self(),
		"refusals":    refusalTable(),
	}
}

// exampleKey is what examples show: the form of a key, with check characters that are wrong
// whatever stands before them, because the first of a real check is never above 4.
func exampleKey(brand string) string {
	return brand + "_live_" + strings.Repeat("EXAMPLE", 6) + "ZZZZZZ"
}

func (f facts) roles() string {
	rows := [][]string{{"Role", "API keys", "What it is for"}}
	for _, r := range f.policy.Roles {
		rows = append(rows, []string{asWords(r.Label), yesNo(r.May(policy.ManageKeys)), asWords(r.About)})
	}
	return tableOf(rows)
}

func (f facts) plans() string {
	rows := [][]string{{"Plan", "API access"}}
	for _, p := range f.policy.Plans {
		rows = append(rows, []string{asWords(p.Label), yesNo(p.APIAccess)})
	}
	return tableOf(rows)
}

func (f facts) versions() string {
	rows := [][]string{{"Version", "When to choose it"}}
	for _, v := range f.policy.Versions {
		label := asWords(v.Label)
		switch {
		case v.Name == f.policy.Preselected().Name:
			label += " (offered first)"
		case !v.TakesNewKeys():
			label += " (takes no new keys)"
		}
		rows = append(rows, []string{label, asWords(v.Hint)})
	}
	return tableOf(rows)
}

// differences sets the versions side by side.
func (f facts) differences() string {
	rows := [][]string{{"What differs"}, {"When to choose it"}, {"Base path"}, {"Asked for in `Accept`"}}
	for _, v := range f.policy.Versions {
		parameter := "nothing"
		if v.AcceptParameter != "" {
			parameter = "`version=" + v.AcceptParameter + "`"
		}
		for i, cell := range []string{asWords(v.Label), asWords(v.Hint), "`" + v.BasePath + "`", parameter} {
			rows[i] = append(rows[i], cell)
		}
	}
	if state := f.outlooks(); state != nil {
		rows = append(rows, state)
	}
	for _, way := range f.everyWay() {
		row := []string{"Takes `" + shortName(way) + "`"}
		for _, v := range f.policy.Versions {
			row = append(row, yesNo(v.Takes(way)))
		}
		rows = append(rows, row)
	}
	return tableOf(rows)
}

// outlooks is the row for versions on their way out, if there are any.
func (f facts) outlooks() []string {
	row, any := []string{"How long it lasts"}, false
	for _, v := range f.policy.Versions {
		cell := outlook(v)
		if any = any || cell != ""; cell == "" {
			cell = "No end is planned."
		}
		if v.State > policy.Current && v.Notice != "" {
			cell += " [What to do](" + v.Notice + ")"
		}
		row = append(row, cell)
	}
	if !any {
		return nil
	}
	return row
}

// everyWay lists the ways in which any version takes a key.
func (f facts) everyWay() []policy.Presentation {
	var ways []policy.Presentation
	for _, v := range f.policy.Versions {
		for _, way := range v.Presentations {
			if !slices.Contains(ways, way) {
				ways = append(ways, way)
			}
		}
	}
	return ways
}

// takenBy names the versions that take a key in this way.
func (f facts) takenBy(way policy.Presentation) string {
	var names []string
	for _, v := range f.policy.Versions {
		if v.Takes(way) {
			names = append(names, asWords(v.Name))
		}
	}
	return strings.Join(names, ", ")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// tableOf writes a table, of which the first row is the head.
func tableOf(rows [][]string) string {
	var lines []string
	for i, row := range rows {
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
		if i == 0 {
			lines = append(lines, strings.Repeat("| --- ", len(row))+"|")
		}
	}
	return strings.Join(lines, "\n")
}

// asWords keeps an operator's text a text: on one line, and no markup.
func asWords(text string) string {
	return strings.NewReplacer("\n", " ", `\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`").Replace(text)
}

func fenced(language string, lines ...string) string {
	return "```" + language + "\n" + strings.Join(lines, "\n") + "\n```"
}

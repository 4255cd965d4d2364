package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reader turns nodes of the file into values and keeps what is wrong with them.
type reader struct{ mistakes Mistakes }

func (r *reader) wrong(n *yaml.Node, path, why string) {
	if len(r.mistakes) < MaxMistakes {
		r.mistakes = append(r.mistakes, Mistake{max(n.Line, 1), max(n.Column, 1), path, why})
	}
}

// refuseSharing reports anchors, aliases, merge keys and tags: what one sees in a review shall
// be what counts, and no file shall be larger than it looks.
func (r *reader) refuseSharing(n *yaml.Node, path string) {
	switch {
	case n.Kind == yaml.AliasNode:
		r.wrong(n, path, "is an alias (*); write the value out, or put a text that begins with * in quotes")
		return
	case n.Anchor != "":
		r.wrong(n, path, "has an anchor (&); write the value out wherever it is needed")
	case n.Style&yaml.TaggedStyle != 0:
		r.wrong(n, path, "has a tag (!); leave it out")
	}
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			r.refuseSharing(child, fmt.Sprintf("%s[%d]", path, i))
		case i%2 == 1:
			r.refuseSharing(child, join(path, shown(n.Content[i-1].Value, "?")))
		case child.ShortTag() == "!!merge":
			r.wrong(child, path, "has a merge key (<<); write the fields out")
		default:
			r.refuseSharing(child, path)
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// part is one set of fields of the file, such as versions[1].
type part struct {
	*reader
	node   *yaml.Node
	path   string
	values map[string]*yaml.Node
}

// part opens a node that must have fields, of which known are all that there are. Where it has
// none, the part is nil.
func (r *reader) part(n *yaml.Node, path string, known []string) *part {
	if n.Kind != yaml.MappingNode {
		r.wrongKind(n, path, fmt.Sprintf("fields, such as %s:", known[0]))
		return nil
	}
	p := &part{r, n, path, make(map[string]*yaml.Node)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		first, twice := p.values[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.wrongKind(key, path, "the name of a field")
		case key.ShortTag() == "!!merge": // refuseSharing has said it
		case !slices.Contains(known, key.Value):
			r.wrong(key, join(path, shown(key.Value, "?")), "is no field of a policy"+didYouMean(key.Value, known))
		case twice:
			r.wrong(key, join(path, key.Value), fmt.Sprintf("stands here a second time; the first is in line %d", first.Line))
		default:
			p.values[key.Value] = value
		}
	}
	return p
}

// wrongKind reports a node that is of another kind than wanted.
func (r *reader) wrongKind(n *yaml.Node, path, want string) {
	if n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 { // refuseSharing has said it
		return
	}
	is := map[string]string{
		"!!map": "has fields", "!!seq": "is a list", "!!null": "has no value", "!!str": "is a text",
		"!!bool": "is true or false", "!!int": "is a number", "!!float": "is a number", "!!timestamp": "is a date",
	}[n.ShortTag()]
	r.wrong(n, path, orElse(is, "is of another kind")+"; it takes "+want)
}

func (p *part) at(name string) string { return join(p.path, name) }

// value finds a field. It is nil when it is not there, which is a mistake if it is needed.
func (p *part) value(name string, needed bool) *yaml.Node {
	n := p.values[name]
	switch {
	case n == nil && needed:
		p.wrong(p.node, p.at(name), "is required")
	case n != nil && n.ShortTag() == "!!null":
		p.wrong(n, p.at(name), "has no value; give it one, or leave the line out")
		return nil
	}
	return n
}

// text reads a field that is one text and obeys the rule. It is "" where it does not.
func (p *part) text(name string, needed bool, obey rule) string {
	n := p.value(name, needed)
	if n == nil {
		return ""
	}
	return p.reader.text(n, p.at(name), obey)
}

func (r *reader) text(n *yaml.Node, path string, obey rule) string {
	if n.ShortTag() != "!!str" || n.Kind != yaml.ScalarNode {
		want := "a text"
		if n.Kind == yaml.ScalarNode {
			want = "a text; put quotes around it"
		}
		r.wrongKind(n, path, want)
		return ""
	}
	if why := obey(n.Value); why != "" {
		r.wrong(n, path, why)
		return ""
	}
	return n.Value
}

// flag reads a field that is true or false.
func (p *part) flag(name string, otherwise bool) bool {
	n := p.value(name, false)
	if n == nil {
		return otherwise
	}
	if n.ShortTag() != "!!bool" || n.Kind != yaml.ScalarNode {
		p.wrongKind(n, p.at(name), "true or false")
		return otherwise
	}
	return strings.EqualFold(n.Value, "true")
}

// number reads a field that is a whole number from 1 to most; 0 where it is not there.
func (p *part) number(name string, most int) int {
	n := p.value(name, false)
	if n == nil {
		return 0
	}
	count, err := strconv.Atoi(n.Value)
	if n.ShortTag() != "!!int" || err != nil || count < 1 || count > most {
		p.wrongKind(n, p.at(name), fmt.Sprintf("a whole number from 1 to %d", most))
		return 0
	}
	return count
}

// list reads a field that is a list of at most most entries; with needed, of one at least.
func (p *part) list(name string, needed bool, most int) []*yaml.Node {
	n := p.value(name, needed)
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode:
		p.wrongKind(n, p.at(name), "a list, even of one: lines that begin with -, or [ ]")
		return nil
	case needed && len(n.Content) == 0:
		p.wrong(n, p.at(name), "has no entry; it needs one at least")
	case len(n.Content) > most:
		p.wrong(n, p.at(name), fmt.Sprintf("has more than %d entries", most))
		return nil
	}
	return n.Content
}

// parts reads a field that is a list of sets of fields.
func (p *part) parts(name string, needed bool, most int, known []string) []*part {
	var all []*part
	for i, n := range p.list(name, needed, most) {
		if one := p.part(n, fmt.Sprintf("%s[%d]", p.at(name), i), known); one != nil {
			all = append(all, one)
		}
	}
	return all
}

// entry is one text of a list.
type entry struct {
	text, path string
	node       *yaml.Node
}

// texts reads a field that is a list of different texts.
func (p *part) texts(name string, needed bool, most int, obey rule) []entry {
	var all []entry
	for i, n := range p.list(name, needed, most) {
		e := entry{path: fmt.Sprintf("%s[%d]", p.at(name), i), node: n}
		if e.text = p.reader.text(n, e.path, obey); e.text == "" {
			continue
		}
		if slices.ContainsFunc(all, func(other entry) bool { return other.text == e.text }) {
			p.wrong(n, e.path, "stands in this list already")
			continue
		}
		all = append(all, e)
	}
	return all
}

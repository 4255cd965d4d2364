package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// MaxSize is the most bytes that a policy file can have.
const MaxSize = 1 << 20

// maxDepth is how deep lists and fields may be nested; a policy needs 4.
const maxDepth = 16

// document reads text as one YAML document. Where it can't, it says why: what is not YAML ends
// the reading, so of these mistakes there are few at a time.
func document(text []byte) (*yaml.Node, Mistakes) {
	if len(text) > MaxSize {
		return nil, Mistakes{{1, 1, "", fmt.Sprintf("has more than %d bytes", MaxSize)}}
	}
	if wrong := unreadable(text); wrong != nil {
		return nil, wrong
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, Mistakes{{1, 1, "", "can't be read: " + err.Error()}}
	}
	var first, second yaml.Node
	err = loader.Load(&first)
	if errors.Is(err, io.EOF) || err == nil && isNull(first.Content) {
		return nil, Mistakes{{1, 1, "", "is empty; begin with a copy of the built-in policy"}}
	}
	if err == nil {
		if err = loader.Load(&second); errors.Is(err, io.EOF) {
			return first.Content[0], nil
		}
	}
	if err == nil {
		return nil, Mistakes{{second.Line, second.Column, "", "has a second document here; one file holds one policy"}}
	}
	return nil, syntaxMistakes(err, text)
}

func isNull(content []*yaml.Node) bool { return len(content) == 0 || content[0].ShortTag() == "!!null" }

// unreadable finds what is no text. The YAML library refuses most of it too, but without
// saying where.
func unreadable(text []byte) Mistakes {
	line, column := 1, 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return Mistakes{{line, column, "", "is not UTF-8 text here; save it as UTF-8"}}
		case r == '\n':
			line, column = line+1, 0
		case r == '\r' && bytes.HasPrefix(rest, []byte("\r\n")), r == '\t':
		case r == '\uFEFF' && len(rest) == len(text): // a byte order mark
			column--
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029', r == '\uFEFF':
			return Mistakes{{line, column, "", "has a control character here, or a line end that is none in YAML; remove it"}}
		}
		rest, column = rest[size:], column+1
	}
	return nil
}

// syntaxMistakes says in our words where the text is not YAML.
func syntaxMistakes(err error, text []byte) Mistakes {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return Mistakes{{1, 1, "", "is not YAML"}}
	}
	line, column := max(load.Mark.Line, 1), max(load.Mark.Column, 1)
	if tabs := tabMistakes(text, line); tabs != nil {
		return tabs
	}
	why := "is not YAML: " + load.Message
	switch {
	case strings.HasPrefix(load.Message, "unknown anchor"), strings.Contains(load.ContextMsg, "scanning an alias"):
		why = "has an alias (*) here; put a text that begins with * in quotes"
	case strings.HasPrefix(load.Message, "exceeded max depth"):
		why = fmt.Sprintf("is nested deeper than %d", maxDepth)
	case load.ContextMsg != "" && load.ContextMark.Line > 0 && load.ContextMark.Line < line:
		why += fmt.Sprintf(" (%s that begins at %d:%d)", load.ContextMsg, load.ContextMark.Line, load.ContextMark.Column)
	case load.ContextMsg != "":
		why += fmt.Sprintf(" (%s)", load.ContextMsg)
	}
	return Mistakes{{line, column, "", why}}
}

// tabMistakes names every line that a tab indents, if the line where the reading ended is one.
func tabMistakes(text []byte, stopped int) Mistakes {
	var tabs Mistakes
	guilty := false
	number := 0
	for line := range bytes.Lines(text) {
		number++
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if i := bytes.IndexByte(indent, '\t'); i >= 0 && len(tabs) < MaxMistakes {
			tabs = append(tabs, Mistake{number, i + 1, "", "is indented with a tab here; YAML wants spaces"})
			guilty = guilty || number == stopped
		}
	}
	if !guilty {
		return nil
	}
	return tabs
}

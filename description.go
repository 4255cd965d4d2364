package keywright

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/keywright/keywright/secret"
)

// The lengths of what people write, in characters (code points) after trimming.
const (
	MaxDescription = 200
	MaxName        = 100
	MaxReason      = 200
)

// line brings a line of text that a person wrote to the form in which it is kept: trimmed,
// at most most characters, in any language. It refuses what would let two lines look alike
// or turn a line around: control characters, line ends, bidirectional controls, and text
// that shows nothing.
func line(field, text string, most int) (string, error) {
	return written(field, text, most, false)
}

// passage is line for a text of several lines, which people also paste into: it refuses a key.
func passage(field, text string, most int) (string, error) {
	for word := range strings.FieldsFuncSeq(text, notOfAKey) {
		if _, err := secret.Parse(word); err == nil {
			return "", &InvalidError{Field: field, Why: "holds an API key; take it out, and delete that key, because others may have seen it by now"}
		}
	}
	return written(field, strings.ReplaceAll(text, "\r\n", "\n"), most, true)
}

func notOfAKey(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }

func written(field, text string, most int, lines bool) (string, error) {
	invalid := func(why string) error { return &InvalidError{Field: field, Why: why} }
	if !utf8.ValidString(text) {
		return "", invalid("is not valid UTF-8 text")
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", invalid("is required")
	}
	if n := utf8.RuneCountInString(text); n > most {
		return "", &InvalidError{Field: field, Why: tooLong(n, most)}
	}
	visible := false
	for _, r := range text {
		switch {
		case lines && r == '\n':
		case unicode.Is(unicode.Bidi_Control, r):
			return "", invalid("holds an invisible character that turns the direction of text; remove it")
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			if lines {
				return "", invalid("holds a control character; remove it")
			}
			return "", invalid("holds a control character or a line end; write it on one line")
		case unicode.Is(unicode.Co, r), r == '\uFEFF', r == utf8.RuneError:
			return "", invalid("holds a character that no font shows; remove it")
		}
		visible = visible || unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.M, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
	}
	if !visible {
		return "", invalid("shows nothing; write at least one letter or digit")
	}
	return text, nil
}

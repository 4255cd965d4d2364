package policy

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rule says what is wrong with a text and how to write it; "" when it is right.
type rule func(text string) (why string)

// The lengths of texts, in characters.
const (
	maxLabel    = 60
	maxSentence = 300
	maxLink     = 500
)

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,31}$`)
	vendorForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,62}$`)
	brandForm  = regexp.MustCompile(`^[a-z][a-z0-9]{1,9}$`) // two less than a text takes: OperatorSuffix
	acceptForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)
	baseForm   = regexp.MustCompile(`^/([A-Za-z0-9_.~-]+/)*$`)
	scopeForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*(:[a-z0-9][a-z0-9_.-]*)*$`)
	linkForm   = regexp.MustCompile(`^[!#-;=?-\[\]_a-z~]+$`) // what RFC 3986 lets stand in a URL
)

// formed is the rule that a text is of a form, which like shows.
func formed(form *regexp.Regexp, like string) rule {
	return func(text string) string {
		if form.MatchString(text) {
			return ""
		}
		return "is not written right; write " + like
	}
}

func name() rule {
	return formed(nameForm, "1 to 32 lower-case letters, digits, _, - and ., a letter or digit first")
}

// words is the rule for what people read: one line that shows something.
func words(most int) rule {
	return func(text string) string {
		visible := func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) }
		hidden := func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Co, r) || r == utf8.RuneError
		}
		switch {
		case !strings.ContainsFunc(text, visible) || text != strings.TrimSpace(text):
			return "is empty, or has blanks around it"
		case strings.ContainsFunc(text, hidden):
			return "has a line end or a character that does not show; write it on one line"
		case utf8.RuneCountInString(text) > most:
			return fmt.Sprintf("has more than %d characters", most)
		}
		return ""
	}
}

// oneOf is the rule that a text is one of the words.
func oneOf(all ...string) rule {
	return func(text string) string {
		if slices.Contains(all, text) {
			return ""
		}
		return "is not one of " + strings.Join(all, ", ") + didYouMean(text, all)
	}
}

// absolute is the rule for links that leave the console, and may stand in a header.
func absolute(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || !linkForm.MatchString(text) || len(text) > maxLink {
		return "is not a link; write one that begins with https://"
	}
	return ""
}

// link is the rule for links on the console's pages.
func link(text string) string {
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") && linkForm.MatchString(text) && len(text) <= maxLink {
		return ""
	}
	if absolute(text) != "" {
		return "is not a link; write one that begins with https://, or with / for a page of the console"
	}
	return ""
}

func scopeName(text string) string {
	switch {
	case text == "none":
		return `is what routes say that need no scope; choose another name`
	case len(text) > 64 || !scopeForm.MatchString(text):
		return "is not written right; write it like incidents:read, at most 64 lower-case letters, digits, _, - and . with a colon between parts"
	}
	return ""
}

// filled is the rule for what is looked at closer elsewhere.
func filled(text string) string {
	if text == "" {
		return "is empty"
	}
	return ""
}

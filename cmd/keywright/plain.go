package main

import (
	"strings"
	"unicode"
)

// plain makes text harmless to a terminal: what would move its cursor, change its colours or
// turn a line around shows as U+FFFD. Descriptions and names come from strangers.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if hostile(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// hostile reports whether a terminal could take r for a command, or show a line out of order.
func hostile(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

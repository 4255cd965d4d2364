package policy

// readPath finds the part of a request's path that routes are matched with: without its first
// slash and the query. ok is false when the path could mean one thing here and another behind
// the gateway, so that a narrowed key could slip through:
//
//   - an empty segment, "." or "..", encoded or not;
//   - an encoded slash, an encoded percent sign, a backslash, encoded or not;
//   - path parameters (;), which some servers cut off before they match;
//   - a fragment, blanks, control characters, and bytes that never occur in UTF-8, such as
//     those of overlong encodings;
//   - percent signs that encode nothing, and what does not begin with a slash.
func readPath(path string) (clean string, encoded, ok bool) {
	if path == "" || path[0] != '/' {
		return "", false, false
	}
	length, dots := 0, 0 // of the segment so far
	for i := 1; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '?':
			return path[1:i], encoded, length == 0 || !isDots(length, dots)
		case c == '/':
			if isDots(length, dots) {
				return "", false, false
			}
			length, dots = 0, 0
			continue
		case c == '%':
			var decoded bool
			if c, decoded = unescape(path[i:]); !decoded || c == '/' || c == '%' || !allowed(c, true) {
				return "", false, false
			}
			encoded = true
			i += 2
		case !allowed(c, false):
			return "", false, false
		}
		length++
		if c == '.' {
			dots++
		}
	}
	return path[1:], encoded, length == 0 || !isDots(length, dots)
}

// isDots reports whether a segment is empty, "." or "..".
func isDots(length, dots int) bool { return length == dots && length <= 2 }

// allowed reports whether a byte, as it stands or encoded, can have one meaning only.
func allowed(c byte, encoded bool) bool {
	switch c {
	case '\\', 0x7f, 0xc0, 0xc1:
		return false
	case ';', '#', ' ':
		return encoded
	}
	return c >= ' ' && c < 0xf5
}

// unescape reads "%41".
func unescape(text string) (byte, bool) {
	if len(text) < 3 {
		return 0, false
	}
	high, low := hexDigit(text[1]), hexDigit(text[2])
	return high<<4 | low, high < 16 && low < 16
}

// hexDigit is the value of a hexadecimal digit, 255 for any other byte.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

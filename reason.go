package keywright

import (
	"slices"
	"strings"
)

// Whys are the usual reasons for which a key ends, in the order in which forms show them. One of
// them, or one with more behind it as in "leaked: in a log", is what a reason begins with; any other
// text is a reason as well.
func Whys() []string { return []string{"lost", "leaked", "replaced", "leaver", "other"} }

// Why joins a usual reason and what else there is to say. Either may be empty.
//
// Errors: *InvalidError (reason_kind).
func Why(kind, text string) (string, error) {
	switch text = strings.TrimSpace(text); {
	case kind == "":
		return text, nil
	case !slices.Contains(Whys(), kind):
		return "", &InvalidError{Field: "reason_kind", Why: "is none of " + strings.Join(Whys(), ", ")}
	case text == "":
		return kind, nil
	}
	return kind + ": " + text, nil
}

// WhyKind is the usual reason that a reason begins with; empty: none.
func WhyKind(why string) string {
	kind, _, _ := strings.Cut(why, ":")
	if slices.Contains(Whys(), kind) {
		return kind
	}
	return ""
}

// reason checks why something is done: nothing, or a line.
func reason(why string) (string, error) {
	if strings.TrimSpace(why) == "" {
		return "", nil
	}
	return line("reason", why, MaxReason)
}

// because is what the audit log tells of a reason.
func because(why string) map[string]string {
	if why == "" {
		return nil
	}
	return map[string]string{"why": why}
}

package console

import "github.com/keywright/keywright/policy"

// retiring is a word for a version on its way out, to stand beside its name; empty for a current one.
func retiring(v policy.Version) string {
	switch v.State {
	case policy.Current:
	case policy.Deprecated:
		return "deprecated"
	case policy.Closed:
		return "closed"
	case policy.Off:
		return "switched off"
	}
	return ""
}

// outlook says what the state of a version means to whoever has a key for it, in a sentence or
// two; empty for a current one. When a date comes, nothing happens by itself: the operator moves
// the version on, so a date in the past is no promise that was kept.
func outlook(v policy.Version) string {
	until := ""
	if !v.Sunset.IsZero() {
		until = " It is to be switched off on " + day(v.Sunset) + "."
	}
	switch v.State {
	case policy.Current:
	case policy.Deprecated:
		return "Deprecated since " + day(v.Deprecated) + "." + until
	case policy.Closed:
		return "Deprecated since " + day(v.Deprecated) + ", and closed to new keys." + until
	case policy.Off:
		return "Switched off. A request with a key for it is refused, unless it asks for another version."
	}
	return ""
}

package policy

import "slices"

// VersionState is how far an API version is on its way out. The zero VersionState is Current,
// and each state refuses what the one before it refuses.
type VersionState uint8

// The states. A key outlives its version: in every state it stays as it is, and works for the
// other versions that it may ask for.
const (
	Current    VersionState = iota
	Deprecated              // works, and every answer says since when and until when
	Closed                  // likewise, and no new key is issued for it
	Off                     // no key verifies for it
)

// VersionStates lists every state, from Current to Off.
func VersionStates() []VersionState { return []VersionState{Current, Deprecated, Closed, Off} }

// String is the state's word in the policy file.
func (s VersionState) String() string {
	switch s {
	case Current:
		return "current"
	case Deprecated:
		return "deprecated"
	case Closed:
		return "closed"
	case Off:
		return "off"
	}
	return "unknown"
}

// TakesNewKeys reports whether a key may be issued for the version.
func (v Version) TakesNewKeys() bool { return v.State < Closed }

// OpenVersions lists the versions for which a key may be issued, in the order of forms.
func (p *Policy) OpenVersions() []Version {
	return slices.DeleteFunc(slices.Clone(p.Versions), func(v Version) bool { return !v.TakesNewKeys() })
}

// Verifies reports whether keys verify for the version.
func (v Version) Verifies() bool { return v.State < Off }

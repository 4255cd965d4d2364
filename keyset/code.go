package keyset

// Code is the verdict in one word. The zero Code is none.
type Code uint8

// The codes, in the order of the checks: the first check that fails answers. Their words are
// stable API. Those after Unknown are told only to one who proved that he holds the key.
const (
	Valid Code = iota + 1
	NoCredential
	AmbiguousCredential // said by whoever reads the request's headers, never by Verify
	Malformed
	Stale
	Unknown
	Revoked
	Disabled
	NotYetValid
	Expired
	AccountSuspended
	PlanNotEntitled
	MemberInactive
	NetworkNotAllowed
	EnvironmentNotAllowed
	VersionNotAllowed
	VersionOff
	ReadOnly
	OutOfScope
	OverLimit
	OverQuota // said by whoever counts quotas, never by Verify
)

// String is the code's word, "" for none.
func (c Code) String() string {
	switch c {
	case Valid:
		return "valid"
	case NoCredential:
		return "no_credential"
	case AmbiguousCredential:
		return "ambiguous_credential"
	case Malformed:
		return "malformed"
	case Stale:
		return "stale"
	case Unknown:
		return "unknown"
	case Revoked:
		return "revoked"
	case Disabled:
		return "disabled"
	case NotYetValid:
		return "not_yet_valid"
	case Expired:
		return "expired"
	case AccountSuspended:
		return "account_suspended"
	case PlanNotEntitled:
		return "plan_not_entitled"
	case MemberInactive:
		return "member_inactive"
	case NetworkNotAllowed:
		return "network_not_allowed"
	case EnvironmentNotAllowed:
		return "environment_not_allowed"
	case VersionNotAllowed:
		return "version_not_allowed"
	case VersionOff:
		return "version_off"
	case ReadOnly:
		return "read_only"
	case OutOfScope:
		return "out_of_scope"
	case OverLimit:
		return "over_limit"
	case OverQuota:
		return "over_quota"
	}
	return ""
}

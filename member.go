package keywright

import (
	"strings"
	"time"
	"unicode"
)

// Member is a person in an account.
type Member struct {
	ID      MemberID
	Account AccountID
	Email   string // lower case; unique among the account's members that were not removed
	Name    string // for people, 1 to 100 characters
	Role    string // a role's name in the policy
	State   MemberState
	Created time.Time

	// Deactivated is when he was last deactivated, also if he is active again: sessions that began
	// before are over. Zero: never.
	Deactivated time.Time
}

// MemberState says whether a member may sign in.
type MemberState string

// The states of a member. A removed member stays as a row, so that the history of keys and
// events goes on naming him; the same address can be added anew.
const (
	MemberInvited     MemberState = "invited" // has a link to choose a password
	MemberActive      MemberState = "active"
	MemberDeactivated MemberState = "deactivated"
	MemberRemoved     MemberState = "removed"
)

// NewMember is what it takes to add a member.
type NewMember struct {
	Email, Name, Role string

	// Password makes the member active at once; empty leaves him invited, to choose one
	// himself through a one-time link.
	Password string
}

// normalEmail brings an address to the one spelling that is stored and looked up: trimmed
// and in lower case. It refuses what cannot be an address (RFC 5321 limits: 64 octets
// before the @, 254 in all); whether mail arrives there is for mail to find out.
func normalEmail(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	local, domain, ok := strings.Cut(email, "@")
	bad := func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsGraphic(r) || strings.ContainsRune(`<>()[],;:\"`, r)
	}
	switch {
	case email == "":
		return "", &InvalidError{Field: "email", Why: "is required"}
	case len(email) > 254 || len(local) > 64:
		return "", &InvalidError{Field: "email", Why: "is longer than an e-mail address can be (254 characters)"}
	case !ok || local == "" || domain == "" || strings.ContainsRune(domain, '@') || strings.ContainsFunc(email, bad):
		return "", &InvalidError{Field: "email", Why: "is not an e-mail address; write it like name@example.com"}
	case strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, ".."):
		return "", &InvalidError{Field: "email", Why: "has a domain that cannot be; write it like name@example.com"}
	}
	return email, nil
}

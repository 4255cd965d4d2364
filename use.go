package keywright

import (
	"net/netip"
	"strings"
	"time"
)

// Use is one successful verification.
type Use struct {
	At   time.Time
	From netip.Addr // the end client's address; zero: it was not told
}

// SecretID names one of the two secrets that a key has during a grace period, without saying anything
// of its text.
type SecretID string

// OlderSecret is the one that is about to end.
func OlderSecret(id KeyID) SecretID { return SecretID(id.Public() + "-") }

// NewerSecret is the one that has replaced it.
func NewerSecret(id KeyID) SecretID { return SecretID(id.Public() + "+") }

// Of is the key that has the secret, and whether it is the newer one.
func (id SecretID) Of() (key KeyID, newer bool) {
	public, newer := strings.CutSuffix(string(id), "+")
	return KeyIDOf(strings.TrimSuffix(public, "-")), newer
}

package keywright

import (
	"io"
	"strings"
	"time"
)

// Ids begin with the kind of thing that they name and are never secret: log them freely.
type (
	// AccountID is acct_… and sorts by time.
	AccountID string

	// MemberID is mem_… and sorts by time.
	MemberID string

	// KeyRequestID is req_… and sorts by time.
	KeyRequestID string

	// SupportID is sup_… and sorts by time.
	SupportID string

	// EventID is aud_… and sorts by time.
	EventID string

	// KeyID is "key_" and the 12 public characters inside the key's own text, so that a
	// leak report, a log line and the list all name a key alike. Unlike the other ids it
	// does not sort by time: it is drawn at random, because it is what a verification
	// looks up.
	KeyID string

	// OperatorTokenID is "tok_" and the 12 public characters inside the token's own text, for
	// the same reasons.
	OperatorTokenID string
)

const (
	keyIDPrefix   = "key_"
	tokenIDPrefix = "tok_"
)

// KeyIDOf is the id of the key whose text carries these 12 public characters.
func KeyIDOf(public string) KeyID { return KeyID(keyIDPrefix + public) }

// Public is the 12 characters of the id that stand in the key's text; "" for an id of
// another form.
func (id KeyID) Public() string { return public(string(id), keyIDPrefix) }

// OperatorTokenIDOf is the id of the token whose text carries these 12 public characters.
func OperatorTokenIDOf(public string) OperatorTokenID { return OperatorTokenID(tokenIDPrefix + public) }

// Public is the 12 characters of the id that stand in the token's text; "" for an id of
// another form.
func (id OperatorTokenID) Public() string { return public(string(id), tokenIDPrefix) }

func public(id, prefix string) string {
	if rest, ok := strings.CutPrefix(id, prefix); ok && len(rest) == 12 {
		return rest
	}
	return ""
}

const (
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	timeWidth = 8  // base62 digits of milliseconds since 1970: enough until the year 8888
	randWidth = 12 // base62 characters, 71 bits: two ids of one millisecond differ
)

// newID makes an id that sorts by the time it was made: 8 digits of milliseconds, then 12
// random characters.
func newID(prefix string, now time.Time, random io.Reader) (string, error) {
	id := make([]byte, len(prefix)+timeWidth+randWidth)
	copy(id, prefix)
	ms := now.UnixMilli()
	for i := len(prefix) + timeWidth - 1; i >= len(prefix); i-- {
		id[i] = base62[ms%62]
		ms /= 62
	}
	tail := id[len(prefix)+timeWidth:]
	if _, err := io.ReadFull(random, tail); err != nil {
		return "", err
	}
	for i, b := range tail {
		// 256 is not a multiple of 62, so some characters are a little likelier. Ids need
		// to differ, not to be unguessable; secrets are drawn in package secret, evenly.
		tail[i] = base62[b%62]
	}
	return string(id), nil
}

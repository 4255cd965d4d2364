package mark

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/keywright/keywright"
)

// line is a restriction as the journal has it.
type line struct {
	Revision uint64    `json:"revision"`
	Stamp    string    `json:"stamp"`
	When     time.Time `json:"at"`

	Token   keywright.OperatorTokenID `json:"token,omitempty"`
	Key     keywright.KeyID           `json:"key,omitempty"`
	Member  keywright.MemberID        `json:"member,omitempty"`
	Account keywright.AccountID       `json:"account,omitempty"`

	Plan     string    `json:"plan,omitempty"`
	Role     string    `json:"role,omitempty"`
	State    string    `json:"state,omitempty"`
	Disabled time.Time `json:"disabled,omitzero"`
	Enables  time.Time `json:"enables,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`
	Rotated  time.Time `json:"rotated,omitzero"`
	Scopes   []string  `json:"scopes,omitempty"`
	Revoked  time.Time `json:"revoked,omitzero"`
	By       actor     `json:"by,omitzero"`
	Why      string    `json:"why,omitempty"`
}

type actor struct {
	Kind keywright.PrincipalKind `json:"kind"`
	ID   string                  `json:"id,omitempty"`
	Name string                  `json:"name,omitempty"`
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	sumStart   = []byte(`,"sum":"`)
	errLine    = errors.New("not a whole line of a journal")
)

// sumLength is that of a line's end: its sum is of everything before.
const sumLength = len(`,"sum":"00000000"}`)

// appendLine writes a restriction at the end of buf, as one line with its sum.
func appendLine(buf []byte, r keywright.Restriction) ([]byte, error) {
	encoded, err := json.Marshal(line{
		Revision: r.At.Revision, Stamp: formatStamp(r.At.Stamp), When: r.When,
		Token: r.Token, Key: r.Key, Member: r.Member, Account: r.Account, Plan: r.Plan, Role: r.Role, State: r.State,
		Disabled: r.Disabled, Enables: r.Enables, Expires: r.Expires, Rotated: r.Rotated, Scopes: r.Scopes, Revoked: r.Revoked, By: actor(r.RevokedBy), Why: r.WhyRevoked,
	})
	if err != nil {
		return buf, err
	}
	encoded = encoded[:len(encoded)-1] // without the brace
	sum := crc32.Checksum(encoded, castagnoli)
	return fmt.Appendf(append(buf, encoded...), "%s%08x\"}\n", sumStart, sum), nil
}

// parseLine reads what appendLine wrote, without the line end.
func parseLine(text []byte) (keywright.Restriction, error) {
	at := len(text) - sumLength
	if at < 0 || !bytes.HasPrefix(text[at:], sumStart) {
		return keywright.Restriction{}, errLine
	}
	if fmt.Sprintf("%08x\"}", crc32.Checksum(text[:at], castagnoli)) != string(text[at+len(sumStart):]) {
		return keywright.Restriction{}, errLine
	}
	var l line
	if err := json.Unmarshal(append(text[:at:at], '}'), &l); err != nil {
		return keywright.Restriction{}, errLine
	}
	stamp, err := parseStamp(l.Stamp)
	if err != nil {
		return keywright.Restriction{}, errLine
	}
	return keywright.Restriction{
		At: keywright.Point{Revision: l.Revision, Stamp: stamp}, When: l.When,
		Token: l.Token, Key: l.Key, Member: l.Member, Account: l.Account, Plan: l.Plan, Role: l.Role, State: l.State,
		Disabled: l.Disabled, Enables: l.Enables, Expires: l.Expires, Rotated: l.Rotated, Scopes: l.Scopes, Revoked: l.Revoked, RevokedBy: keywright.Actor(l.By), WhyRevoked: l.Why,
	}, nil
}

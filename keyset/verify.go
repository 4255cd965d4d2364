package keyset

import (
	"net/netip"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// Request is what a key is to be good for.
type Request struct {
	// Way is how the key was presented; empty when it came without a request, so that the
	// ways of the version do not matter.
	Way policy.Presentation

	Version string // the version that the request names; empty: the key's own
	Method  string // "GET"; a read-only key is refused when this is empty

	Scopes   []string   // all of them must be in the key's reach
	ClientIP netip.Addr // of the end client; the zero Addr is in no network

	Env secret.Env // that the key must be for; empty: either

	Cost int // what it takes from the rate limit; 0: 1, less than 0: nothing

	// Token asks for an operator's token that may do what this kind of token may. Keys are then
	// unknown, as tokens are when it is empty.
	Token Kind

	// MinRevision makes the answer Stale unless the Set has reached it.
	MinRevision uint64
}

// A key's text has 54 fixed characters, of which the last 48 begin with the id, and a brand of 2
// to 12: package secret has the form.
const (
	bodyLen    = 48
	minTextLen = 54 + 2
	maxTextLen = 54 + 12
)

// Verify answers whether the key with this text is good for the request. It makes the checks in
// the order of the codes, and the first that fails answers.
//
// now is for what begins and expires. uptime is for the lease: a reading of a clock that only
// goes forward, of any origin, also while the machine sleeps; the one that Extend was given.
//
// It does not look at the form of a text that has the length of one: an equal MAC proves every
// character of it, and only a refusal must tell what is malformed from what is unknown.
func (s *Set) Verify(text string, r Request, now time.Time, uptime time.Duration) (verdict Verdict) {
	age, leased := s.age(uptime) // before the view, which is then no older than this says
	if len(text) < minTextLen || len(text) > maxTextLen {
		code := Malformed
		if text == "" {
			code = NoCredential
		}
		return Verdict{Code: code, Revision: s.Revision(), Age: age, Overdue: !leased}
	}
	var see sight
	s.look(keyIDOf(text[len(text)-bodyLen:]), &see)
	verdict.Revision, verdict.Age, verdict.Overdue = see.view.revision, age, !leased
	if !leased && !s.overdue() || r.MinRevision > see.view.revision {
		verdict.Code = unless(text, Stale)
		return verdict
	}
	proof, proved := s.prove(&see, text)
	if !proved || see.key.has(tokenFlag) != (r.Token != "") {
		verdict.Code = unless(text, Unknown)
		return verdict
	}
	verdict.tell(&see, proof, text)
	verdict.Code = see.check(&verdict, proof, &r, now)
	return verdict
}

// unless is Malformed for a text that is no key's, else code.
func unless(text string, code Code) Code {
	if _, ok := secret.Split(text); !ok {
		return Malformed
	}
	return code
}

// proof is which of a key's seals the text is that of.
type proof struct {
	ends   int64
	pepper int
}

// prove computes the MAC of the text under the pepper of each of the key's seals, and compares. For
// an id that is not there it does the same with what look found instead, so that the time does
// not tell which ids are.
func (s *Set) prove(see *sight, text string) (proof, bool) {
	pepper, second := see.key.pepper(), see.rare.pepper()
	mac, made := s.mac(see, pepper, text)
	isFirst, isSecond := made && see.key.hasMAC(&mac), false
	if second != 0 {
		if second != pepper {
			mac, made = s.mac(see, second, text)
		}
		isSecond = made && see.rare.hasMAC(&mac)
	}
	switch {
	case !see.known:
	case isFirst:
		return proof{see.rare.firstEnds(), pepper}, true
	case isSecond:
		return proof{see.rare.ends(), second}, true
	}
	return proof{}, false
}

// mac computes one MAC also when the keyring has no such pepper.
func (s *Set) mac(see *sight, pepper int, text string) (secret.MAC, bool) {
	var buffer [maxAccountID]byte
	account := buffer[:see.key.accountID(&buffer)]
	mac, ok := s.keyring.MAC(pepper, string(account), text)
	if !ok {
		mac, _ = s.keyring.MAC(s.keyring.Current(), string(account), text)
	}
	return mac, ok
}

package keywright

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// MaxSearch is how many characters can be searched for.
const MaxSearch = 200

// KeyQuery is a KeyFilter as someone writes it down: in a form, in a URL or on the command line.
// What is empty does not matter.
type KeyQuery struct {
	State, Kind, Version, Environment string

	Member  string // an id, or me
	Creator string // an id

	Expiring string // a duration from now such as 30d, a date or an instant: what ends before that
	Unused   string // a duration before now such as 90d, a date or an instant: what was not used since

	Scope, Network, Search string

	Sort string // newest, description, last_used or expires; empty: newest
}

// Filter reads what was written down.
//
// Errors: *InvalidError (state, kind, environment, expiring, unused, network, search, sort;
// several joined).
func (q KeyQuery) Filter(now time.Time) (KeyFilter, error) {
	var wrong []error
	f := KeyFilter{
		State: KeyState(q.State), Kind: KeyKind(q.Kind), Version: q.Version, Env: secret.Env(q.Environment),
		Member: MemberID(q.Member), Creator: q.Creator, Scope: strings.TrimSpace(q.Scope), Search: strings.TrimSpace(q.Search),
	}
	say := func(field, why string) { wrong = append(wrong, &InvalidError{Field: field, Why: why}) }
	if q.State != "" && !slices.Contains(KeyStates(), f.State) {
		say("state", "is none of active, not_yet_valid, disabled, expired and revoked")
	}
	if q.Kind != "" && !slices.Contains(KeyKinds(), f.Kind) {
		say("kind", "is none of account, read_only, personal and service")
	}
	if q.Environment != "" && f.Env != secret.Live && f.Env != secret.Test {
		say("environment", "is neither live nor test")
	}
	var err error
	if q.Expiring != "" {
		if f.ExpiringBefore, err = when("expiring", q.Expiring, now); err != nil {
			wrong = append(wrong, err)
		}
	}
	if q.Unused != "" {
		if f.UnusedSince, err = before("unused", q.Unused, now); err != nil {
			wrong = append(wrong, err)
		}
	}
	if q.Network != "" {
		if f.Network, err = network(strings.TrimSpace(q.Network)); err != nil {
			say("network", err.Error())
		}
	}
	if f.Order, err = order(q.Sort); err != nil {
		wrong = append(wrong, err)
	}
	if n := len([]rune(f.Search)); n > MaxSearch {
		say("search", tooLong(n, MaxSearch))
	}
	return f, errors.Join(wrong...)
}

// before is when for what lies in the past: a duration is one before now.
func before(field, text string, now time.Time) (time.Time, error) {
	if d, ok := policy.ParseDuration(strings.TrimSpace(text)); ok {
		return now.Add(-d), nil
	}
	return when(field, text, now)
}

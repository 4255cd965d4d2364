package keywright

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// KeyChange is what is to be different of a key, without a new secret. What is nil stays.
type KeyChange struct {
	Version *string // another version that takes new keys

	Scopes   *[]string // fewer than before: more are for a new key
	Networks *[]string // as ParseNetworks reads them; none: anywhere

	NotBefore, Expires *string   // as in NewKey; Never ends it never, where the plan lets it
	Member             *MemberID // who answers for a service's key

	// Tag, if not empty, is that of the key as whoever changes it saw it. Has it been changed
	// since, nothing is changed.
	Tag string
}

// Tag differs between a key before a change and after it. Its use is none.
func (k Key) Tag() string {
	k.LastUsed, k.Reminded = time.Time{}, 0
	text, _ := json.Marshal(k) // which has nothing that does not encode
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Change changes a key that keeps its secret. Scopes can only be narrowed: more are for a new key.
// Networks change either way, where by may manage all keys. An end may move nearer or, within what
// the plan lets such a key live, away. by needs the right policy.ManageKeys, or policy.OwnKeys for a
// personal key of his.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, ErrChanged, *ForbiddenError, *InvalidError
// (api_version, scopes, networks, not_before, expires, member; several joined).
func (s *Service) Change(ctx context.Context, by Principal, id KeyID, c KeyChange) (Key, Commit, error) {
	return s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		if c.Tag != "" && c.Tag != key.Tag() {
			return false, ErrChanged
		}
		before := *key
		if err := s.apply(ctx, tx, who, c, key, now); err != nil {
			return false, err
		}
		details := before.differences(*key)
		if len(details) == 0 {
			return false, nil
		}
		if !key.Expires.Equal(before.Expires) {
			key.Reminded = 0
		}
		if err := tx.ChangeKey(ctx, *key); err != nil {
			return false, err
		}
		return true, s.record(ctx, tx, now, key.Account, who.actor, KeyChanged, key.subject(), details)
	})
}

// apply sets what is to be different, if it may be.
func (s *Service) apply(ctx context.Context, tx Tx, who admitted, c KeyChange, key *Key, now time.Time) error {
	var wrong []error
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	if c.Version != nil && *c.Version != key.Version {
		note(s.takesNewKeys(*c.Version))
		key.Version = *c.Version
	}
	if c.Scopes != nil {
		scopes, err := s.narrower(key.Scopes, *c.Scopes)
		note(err)
		key.Scopes = scopes
	}
	if c.Networks != nil {
		networks, err := ParseNetworks(*c.Networks)
		note(err)
		if err == nil && !who.may(policy.ManageKeys) && !inside(networks, key.Networks) {
			note(s.notAll(who))
		}
		key.Networks = networks
	}
	if c.NotBefore != nil || c.Expires != nil {
		begin, end, err := s.otherLifespan(who.account, *key, c, now)
		note(err)
		key.NotBefore, key.Expires = begin, end
	}
	if c.Member != nil && *c.Member != key.Member {
		note(s.anotherAnswers(ctx, tx, key, *c.Member))
	}
	return errors.Join(wrong...)
}

// narrower checks that a key would be narrowed further.
func (s *Service) narrower(has, grants []string) ([]string, error) {
	if slices.Equal(has, grants) {
		return has, nil
	}
	scopes, err := s.scopes(grants)
	if err != nil {
		return has, err
	}
	if len(has) == 0 {
		has = []string{"*"}
	}
	if within(scopes, has) != nil || len(scopes) == 0 {
		return has, &InvalidError{Field: "scopes", Why: "are more than the key has, which are " + strings.Join(has, ", ") + "; a key can only be narrowed, and widening needs a new key"}
	}
	return scopes, nil
}

// otherLifespan is when a key begins and ends with a change.
func (s *Service) otherLifespan(a Account, key Key, c KeyChange, now time.Time) (begin, end time.Time, _ error) {
	begins, ends := "", Never
	if !key.NotBefore.IsZero() {
		begins = key.NotBefore.Format(time.RFC3339Nano)
	}
	if !key.Expires.IsZero() {
		ends = key.Expires.Format(time.RFC3339Nano)
	}
	life := s.planOf(a).Life(string(key.Kind))
	if c.Expires == nil {
		life = policy.Life{} // what it has it keeps, whatever the plan has become
	}
	if c.NotBefore != nil {
		begins = *c.NotBefore
	}
	if c.Expires != nil {
		ends = *c.Expires
	}
	if ends == "" {
		return begin, end, &InvalidError{Field: "expires", Why: "is empty; write a duration from now such as 90d, a date, an instant, or never"}
	}
	if c.NotBefore != nil && strings.TrimSpace(begins) == "" {
		begins = "" // from now on
	}
	begin, end, err := lifespan(begins, ends, life, key.Created, now)
	if c.NotBefore == nil {
		begin = key.NotBefore
	}
	return begin, end, err
}

// inside reports whether none of the networks has an address that the others have not. None are all.
func inside(networks, others []netip.Prefix) bool {
	for _, p := range networks {
		if !slices.ContainsFunc(others, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) }) && len(others) > 0 {
			return false
		}
	}
	return len(networks) > 0 || len(others) == 0
}

// anotherAnswers makes another member answer for a service's key.
func (s *Service) anotherAnswers(ctx context.Context, tx Tx, key *Key, id MemberID) error {
	if key.Kind != ServiceKey {
		return &InvalidError{Field: "member", Why: "can be changed of a service's key only; a personal key stays its member's"}
	}
	m, err := s.activeMember(ctx, tx, key.Account, id)
	key.Member = m.ID
	return err
}

// differences is what the audit log tells of a change: each thing as it is now.
func (k Key) differences(now Key) map[string]string {
	d := map[string]string{}
	say := func(name, before, after, none string) {
		if before == after {
			return
		}
		if d[name] = after; after == "" {
			d[name] = none
		}
	}
	end := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return dated(at)
	}
	say("version", k.Version, now.Version, "")
	say("scopes", strings.Join(k.Scopes, ", "), strings.Join(now.Scopes, ", "), "all")
	say("networks", joined(k.Networks), joined(now.Networks), "anywhere")
	say("not_before", end(k.NotBefore), end(now.NotBefore), "now")
	say("expires", end(k.Expires), end(now.Expires), Never)
	say("member", string(k.Member), string(now.Member), "")
	return d
}

func joined(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, p := range networks {
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}

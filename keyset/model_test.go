package keyset

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/secret"
)

// world is a database: what a Set must answer for, kept in the plainest way.
type world struct {
	revision uint64
	rules    Rules
	accounts map[string]Account
	members  map[string]Member
	keys     map[string]Key
	texts    map[string][]string // of a key, in the order of its seals
}

// verdict is the model: the code that a text gets, and the scope that is missing.
func (w *world) verdict(text string, r Request, now time.Time) (Code, string) {
	key, ends, known := w.keyOf(text)
	account, member := w.accounts[key.Account], w.members[key.Member]
	plan := named(w.rules.Plans, account.Plan, func(p Plan) string { return p.Name })
	version := named(w.rules.Versions, cmp.Or(r.Version, key.Version), func(v Version) string { return v.Name })
	_, formed := secret.Split(text)
	missing := slices.IndexFunc(r.Scopes, func(scope string) bool { return !w.reaches(key, scope) })
	token := isToken(key)
	for _, check := range []struct {
		fails bool
		code  Code
	}{
		{text == "", NoCredential},
		{!formed, Malformed},
		{r.MinRevision > w.revision, Stale},
		{!known || token != (r.Token != ""), Unknown},
		{!token && version.Name != "" && r.Way != "" && !slices.Contains(version.Ways, r.Way), NoCredential},
		{key.Revoked, Revoked},
		{key.Disabled && !isOver(key.Enables, now), Disabled},
		{now.Before(key.NotBefore), NotYetValid},
		{isOver(key.Expires, now) || isOver(ends, now), Expired},
		{token && r.Token == OperateToken && key.Kind == VerifyToken, OutOfScope},
		{token, Valid},
		{account.Suspended, AccountSuspended},
		{!plan.APIAccess || key.Kind == PersonalKey && !plan.PersonalKeys, PlanNotEntitled},
		{key.Kind == PersonalKey && !member.Active, MemberInactive},
		{len(key.Networks) > 0 && !contain(key.Networks, r.ClientIP), NetworkNotAllowed},
		{r.Env != "" && !strings.Contains(text, "_"+string(r.Env)+"_"), EnvironmentNotAllowed},
		{version.Name == "", VersionNotAllowed},
		{version.Off, VersionOff},
		{key.Kind == ReadOnlyKey && !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, r.Method), ReadOnly},
		{missing >= 0, OutOfScope},
	} {
		switch {
		case check.fails && check.code == OutOfScope && !token:
			return OutOfScope, r.Scopes[missing]
		case check.fails:
			return check.code, ""
		}
	}
	return Valid, ""
}

func (w *world) keyOf(text string) (Key, time.Time, bool) {
	for id, texts := range w.texts {
		if i := slices.Index(texts, text); i >= 0 {
			return w.keys[id], w.keys[id].Seals[i].Ends, true
		}
	}
	return Key{}, time.Time{}, false
}

// reaches reports whether the scope is there, and in the key's reach.
func (w *world) reaches(k Key, scope string) bool {
	matches := func(pattern string) bool {
		return pattern == scope || pattern == "*" || strings.HasSuffix(pattern, ":*") && strings.HasPrefix(scope, pattern[:len(pattern)-1])
	}
	role := named(w.rules.Roles, w.members[k.Member].Role, func(r Role) string { return r.Name })
	return slices.Contains(w.rules.Scopes, scope) &&
		(len(k.Scopes) == 0 || slices.ContainsFunc(k.Scopes, matches)) &&
		(k.Kind != PersonalKey || slices.ContainsFunc(role.Scopes, matches))
}

// contain is the reference for networks.
func contain(prefixes []netip.Prefix, client netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return p.Contains(client.Unmap().WithZone(""))
	})
}

func isToken(k Key) bool { return k.Kind == VerifyToken || k.Kind == OperateToken }

func isOver(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

// named finds what has the name, else the zero value.
func named[T any](list []T, name string, of func(T) string) (none T) {
	if i := slices.IndexFunc(list, func(item T) bool { return of(item) == name }); i >= 0 {
		return list[i]
	}
	return none
}

// snapshot is all records of the world.
func (w *world) snapshot() Snapshot {
	return Snapshot{Revision: w.revision, Keys: len(w.keys), Records: func(yield func(Change, error) bool) {
		_ = each(w.accounts, yield) && each(w.members, yield) && each(w.keys, yield)
	}}
}

func each[T Change](records map[string]T, yield func(Change, error) bool) bool {
	for _, record := range records {
		if !yield(record, nil) {
			return false
		}
	}
	return true
}

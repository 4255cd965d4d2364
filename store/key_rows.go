package store

import (
	"net/netip"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

func key(row queries.Key) keywright.Key {
	return keywright.Key{
		ID: keywright.KeyID(row.ID), Account: keywright.AccountID(row.AccountID), Kind: keywright.KeyKind(row.Kind),
		Member: keywright.MemberID(row.MemberID), Service: row.Service,
		Description: row.Description, Version: row.Version, Brand: row.Brand, Env: secret.Env(row.Env), LastFour: row.LastFour,
		Scopes: grants(row.Scopes), Networks: prefixes(row.Networks),
		Created: instant(row.CreatedAt), CreatedBy: actor(row.CreatedByKind, row.CreatedByID, row.CreatedByName),
		NotBefore: nullInstant(row.NotBefore), Expires: nullInstant(row.ExpiresAt), Rotated: nullInstant(row.RotatedAt), Reminded: int(row.Reminded),
		Disabled: nullInstant(row.DisabledAt), DisabledBy: actor(row.DisabledByKind, row.DisabledByID, row.DisabledByName),
		WhyDisabled: row.WhyDisabled, Enables: nullInstant(row.EnablesAt),
		Revoked: nullInstant(row.RevokedAt), RevokedBy: actor(row.RevokedByKind, row.RevokedByID, row.RevokedByName),
		WhyRevoked: row.WhyRevoked, LastUsed: nullInstant(row.LastUsedAt), LastUsedFrom: address(row.LastUsedFrom),
	}
}

// address is one that was kept, the zero Addr for none.
func address(text string) netip.Addr {
	a, _ := netip.ParseAddr(text)
	return a
}

func actor(kind, id, name string) keywright.Actor {
	return keywright.Actor{Kind: keywright.PrincipalKind(kind), ID: id, Name: name}
}

// grants are the scopes in a row; nil for none.
func grants(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Fields(text)
}

func networks(list []netip.Prefix) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, " ")
}

// prefixes are those that networks wrote. A text that is none becomes a prefix that holds no
// address: a key is never let in because its row can't be read.
func prefixes(text string) []netip.Prefix {
	var list []netip.Prefix
	for _, one := range strings.Fields(text) {
		p, err := netip.ParsePrefix(one)
		if err != nil {
			p = netip.PrefixFrom(netip.IPv6Unspecified(), 128)
		}
		list = append(list, p)
	}
	return list
}

// seal is one of a key whose newest text ends with lastFour.
func seal(row queries.SealsRow, id keywright.KeyID, mac secret.MAC, lastFour string) keywright.Seal {
	if row.LastFour != "" {
		lastFour = row.LastFour
	}
	return keywright.Seal{
		Key: id, MAC: mac, Pepper: int(row.Pepper), Created: instant(row.CreatedAt),
		Ends: nullInstant(row.EndsAt), LastFour: lastFour, LastUsed: nullInstant(row.LastUsedAt),
	}
}

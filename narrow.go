package keywright

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/keywright/keywright/policy"
)

// MaxNetworks is how many allowed networks a key can have.
const MaxNetworks = 100

// scopes checks what a key is narrowed to: grants that give something, each once, in the order in
// which they were given.
func (s *Service) scopes(grants []string) ([]string, error) {
	var list []string
	p := s.Policy()
	for _, grant := range grants {
		grant = strings.TrimSpace(grant)
		switch {
		case slices.Contains(list, grant):
		case len(list) == policy.MaxScopes:
			return nil, &InvalidError{Field: "scopes", Why: fmt.Sprintf("are more than %d", policy.MaxScopes)}
		case grant == "*", len(p.ScopesOf([]string{grant})) > 0:
			list = append(list, grant)
		default:
			return nil, &InvalidError{Field: "scopes", Why: "hold one that there is not; choose from " + names(p.Scopes, func(s policy.Scope) string { return s.Name })}
		}
	}
	return list, nil
}

// within checks that what a key is narrowed to is nothing that its creator lacks. To be narrowed
// to nothing is to have everything.
func within(grants, creators []string) error {
	if len(grants) == 0 {
		grants = []string{"*"}
	}
	for _, grant := range grants {
		if !slices.ContainsFunc(creators, func(has string) bool { return policy.Covers(has, grant) }) {
			if grant == "*" {
				return &InvalidError{Field: "scopes", Why: "are all that there are, which is more than you may hand out; choose from those that you have"}
			}
			return &InvalidError{Field: "scopes", Why: "hold " + grant + ", which is more than you may hand out"}
		}
	}
	return nil
}

// ParseNetworks reads allowed networks: addresses, and prefixes such as 192.0.2.0/24 or
// 2001:db8::/32. Each comes once. Those of mapped addresses are IPv4's.
//
// Errors: *InvalidError (networks).
func ParseNetworks(texts []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for i, text := range texts {
		p, err := network(strings.TrimSpace(text))
		if err != nil {
			return nil, &InvalidError{Field: "networks", Why: fmt.Sprintf("has as its entry %d one that %s", i+1, err.Error())}
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
		if len(list) > MaxNetworks {
			return nil, &InvalidError{Field: "networks", Why: fmt.Sprintf("has more than %d entries; join neighbours to larger networks", MaxNetworks)}
		}
	}
	return list, nil
}

func network(text string) (netip.Prefix, error) {
	if strings.Contains(text, "%") {
		return netip.Prefix{}, errors.New("has a zone, which means something on one machine only; leave it out")
	}
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errors.New("is no network; write an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/32")
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, errors.New("is a network of mapped addresses that holds others too; write it as IPv4")
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("is an address within a network; write %s for all of it, or leave /%d out for the one address", p.Masked(), p.Bits())
	}
	return p, nil
}

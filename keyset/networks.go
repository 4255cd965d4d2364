package keyset

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// networks is a list of prefixes as the addresses they span: intervals in order, none touching
// the next, so that a search in halves finds the only one that can hold an address. IPv4 and
// IPv6 are apart, as in netip: ::/0 holds no IPv4 address.
type networks struct{ four, six []interval }

type interval struct{ first, last address }

// address is the 16 bytes of an address as a number.
type address struct{ high, low uint64 }

func (a address) less(b address) bool { return a.high < b.high || a.high == b.high && a.low < b.low }

// before reports whether b is the address after a.
func (a address) before(b address) bool {
	low := a.low + 1
	return b.low == low && (low != 0 && b.high == a.high || low == 0 && b.high == a.high+1 && b.high != 0)
}

func addressOf(a netip.Addr) address {
	b := a.As16()
	return address{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// compileNetworks takes valid prefixes. An IPv4 prefix that is written as ::ffff:10.0.0.0/104 is
// the IPv4 prefix.
func compileNetworks(prefixes []netip.Prefix) *networks {
	var n networks
	for _, p := range prefixes {
		addr, bits := p.Addr(), p.Bits()
		if addr.Is4In6() && bits >= 96 {
			addr, bits = addr.Unmap(), bits-96
		}
		first, hosts := addressOf(netip.PrefixFrom(addr, bits).Masked().Addr()), addr.BitLen()-bits
		span := interval{first, address{first.high | ones(hosts-64), first.low | ones(hosts)}}
		if addr.Is4() {
			n.four = append(n.four, span)
		} else {
			n.six = append(n.six, span)
		}
	}
	n.four, n.six = merged(n.four), merged(n.six)
	return &n
}

// ones is a word whose lowest bits are set: none for a number below 0, all for 64 and more.
func ones(bits int) uint64 { return 1<<min(max(bits, 0), 64) - 1 }

func merged(spans []interval) []interval {
	slices.SortFunc(spans, func(a, b interval) int {
		if a.first.less(b.first) {
			return -1
		}
		return 1
	})
	out := spans[:0]
	for _, span := range spans {
		if end := len(out) - 1; end >= 0 && !(out[end].last.less(span.first) && !out[end].last.before(span.first)) {
			if out[end].last.less(span.last) {
				out[end].last = span.last
			}
			continue
		}
		out = append(out, span)
	}
	return slices.Clip(out)
}

// hold reports whether the address is in one of the networks. One in the form ::ffff:10.0.0.1 is
// 10.0.0.1, a zone does not matter, and the zero Addr, which is no address, is nowhere.
func (n *networks) hold(client netip.Addr) bool {
	if !client.IsValid() {
		return false
	}
	client = client.Unmap()
	spans := n.six
	if client.Is4() {
		spans = n.four
	}
	a := addressOf(client)
	i := sort.Search(len(spans), func(i int) bool { return !spans[i].last.less(a) })
	return i < len(spans) && !a.less(spans[i].first)
}

// text tells one list from another, whatever its order and spelling was.
func (n *networks) text() string {
	text := binary.BigEndian.AppendUint64(nil, uint64(len(n.four)))
	for _, span := range slices.Concat(n.four, n.six) {
		for _, word := range [...]uint64{span.first.high, span.first.low, span.last.high, span.last.low} {
			text = binary.BigEndian.AppendUint64(text, word)
		}
	}
	return string(text)
}

package keyset

import (
	"net/netip"
	"slices"
	"testing"
)

func TestNetworks(t *testing.T) {
	for name, c := range map[string]struct {
		prefixes []string
		in, out  []string
	}{
		"no prefix at all": {nil, nil, []string{"192.0.2.1", "2001:db8::1"}},
		"one network": {
			[]string{"192.0.2.0/24"},
			[]string{"192.0.2.0", "192.0.2.255", "::ffff:192.0.2.7"},
			[]string{"192.0.1.255", "192.0.3.0", "::192.0.2.7"},
		},
		"host bits do not matter":      {[]string{"192.0.2.77/24"}, []string{"192.0.2.1"}, []string{"192.0.3.1"}},
		"one address":                  {[]string{"192.0.2.7/32"}, []string{"192.0.2.7"}, []string{"192.0.2.6", "192.0.2.8"}},
		"all of IPv4 and none of IPv6": {[]string{"0.0.0.0/0"}, []string{"0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"}, []string{"::", "::1.2.3.4"}},
		"all of IPv6 and none of IPv4": {[]string{"::/0"}, []string{"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, []string{"0.0.0.0", "::ffff:1.2.3.4"}},
		"IPv4 written as IPv6": {
			[]string{"::ffff:10.0.0.0/104"}, []string{"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"}, []string{"9.255.255.255", "11.0.0.0"},
		},
		"a zone does not matter": {[]string{"fe80::/10"}, []string{"fe80::1%eth0", "fe80::1"}, []string{"fec0::1%eth0"}},
		"across the middle of an address": {
			[]string{"2001:db8::/64", "2001:db8:0:1::/64"},
			[]string{"2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::"},
			[]string{"2001:db7:ffff::", "2001:db8:0:2::"},
		},
		"one within the other": {[]string{"10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/16"}, []string{"10.0.0.1", "10.1.2.3", "10.255.0.0"}, []string{"11.0.0.0"}},
		"neighbours":           {[]string{"10.0.0.0/25", "10.0.0.128/25"}, []string{"10.0.0.127", "10.0.0.128"}, []string{"9.255.255.255", "10.0.1.0"}},
		"the last address":     {[]string{"ffff::/16", "255.0.0.0/8"}, []string{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "255.255.255.255"}, []string{"254.0.0.0"}},
	} {
		n := compileNetworks(prefixes(c.prefixes))
		for _, text := range c.in {
			if !n.hold(netip.MustParseAddr(text)) {
				t.Errorf("%s: %s is not in it", name, text)
			}
		}
		for _, text := range c.out {
			if n.hold(netip.MustParseAddr(text)) {
				t.Errorf("%s: %s is in it", name, text)
			}
		}
		if n.hold(netip.Addr{}) {
			t.Errorf("%s: no address at all is in it", name)
		}
	}
}

// One set of addresses has one text, however it is written, so that it is kept once.
func TestNetworksThatAreTheSameHaveOneText(t *testing.T) {
	same := [][]string{
		{"10.0.0.0/24", "2001:db8::/32"},
		{"2001:db8::/32", "10.0.0.0/24"},
		{"10.0.0.9/24", "2001:db8::1/32", "2001:db8:1::/48"},
		{"10.0.0.0/25", "2001:db8::/33", "10.0.0.128/25", "2001:db8:8000::/33"},
		{"::ffff:10.0.0.0/120", "2001:db8::/32"},
	}
	want := compileNetworks(prefixes(same[0])).text()
	for _, list := range same[1:] {
		if got := compileNetworks(prefixes(list)).text(); got != want {
			t.Errorf("%v has another text than %v", list, same[0])
		}
	}
	for _, list := range [][]string{{"10.0.0.0/24"}, {"2001:db8::/32"}, {"10.0.0.0/23", "2001:db8::/32"}} {
		if compileNetworks(prefixes(list)).text() == want {
			t.Errorf("%v has the text of %v", list, same[0])
		}
	}
}

// FuzzNetworks reads prefixes of 17 bytes and an address, and compares with netip.
func FuzzNetworks(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x0a\x00\x00\x00\x68"), []byte("\x0a\x00\x00\x01"))
	f.Add([]byte("\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x88"), []byte("\x0a\x00\x00\x01"))
	f.Add([]byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20"), []byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, list, client []byte) {
		addr, ok := netip.AddrFromSlice(client)
		if !ok {
			return
		}
		var all []netip.Prefix
		for chunk := range slices.Chunk(list, 17) {
			if len(chunk) < 17 {
				break
			}
			of := netip.AddrFrom16([16]byte(chunk))
			if chunk[16] > 128 { // an IPv4 prefix
				of = netip.AddrFrom4([4]byte(chunk))
			}
			if p := netip.PrefixFrom(of, int(chunk[16])%(of.BitLen()+1)); p.IsValid() {
				all = append(all, p)
			}
		}
		n := compileNetworks(all)
		clients := []netip.Addr{addr}
		for _, p := range all { // and where it is likeliest to be wrong
			first := p.Masked().Addr()
			clients = append(clients, first, first.Prev(), first.Next())
		}
		for _, c := range clients {
			if got, want := n.hold(c), contain(all, c); got != want {
				t.Errorf("%v holds %s: got %t, want %t", all, c, got, want)
			}
		}
		for _, spans := range [][]interval{n.four, n.six} {
			for i := range len(spans) - 1 {
				if !spans[i].last.less(spans[i+1].first) || spans[i].last.before(spans[i+1].first) {
					t.Errorf("%v: intervals %d and %d could be one", all, i, i+1)
				}
			}
		}
	})
}

func prefixes(texts []string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

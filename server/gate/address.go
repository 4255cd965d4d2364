package gate

import (
	"net/netip"
	"strings"
)

// client is the address of the end client: the entry of X-Forwarded-For that the outermost of
// the trusted proxies added, counted from the right. What is left of it anybody can have
// written. It is the zero Addr, which no key with allowed networks takes, when no proxy is
// trusted, the chain is shorter than that, or the entry is no address.
//
// Each part between commas counts, an empty one too: left out, it would shift the count.
func client(chain []string, hops int) netip.Addr {
	for i := len(chain) - 1; i >= 0 && hops > 0; i-- {
		for rest, more := chain[i], true; more; hops-- {
			var entry string
			comma := strings.LastIndexByte(rest, ',')
			if more = comma >= 0; more {
				rest, entry = rest[:comma], rest[comma+1:]
			} else {
				entry = rest
			}
			if hops == 1 {
				return readHop(strings.Trim(entry, " \t"))
			}
		}
	}
	return netip.Addr{}
}

// readHop reads one entry, an address as proxies write it: some add the port, and some put
// brackets around IPv6.
func readHop(text string) netip.Addr {
	if address, ok := readAddress(text); ok {
		return address
	}
	if strings.HasSuffix(text, "]") {
		text += ":0"
	}
	withPort, err := netip.ParseAddrPort(text)
	if err != nil || withPort.Addr().Zone() != "" {
		return netip.Addr{}
	}
	return withPort.Addr().Unmap()
}

// readAddress reads one address strictly: 010.0.0.1, which some take for 8.0.0.1, is none, nor
// is 10.1, nor one with a zone, which says nothing on another machine. ::ffff:10.0.0.1 is
// 10.0.0.1: servers that listen on both write it so.
func readAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Addr{}, false
	}
	return address.Unmap(), true
}

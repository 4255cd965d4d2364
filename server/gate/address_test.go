package gate

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// D9: the chain of X-Forwarded-For. What stands left of the entry that a trusted proxy made is
// never looked at, and what that one made is an address or nothing.
func TestTheClientIsCountedFromTheRight(t *testing.T) {
	type chain = []string
	thousand := strings.Repeat("198.51.100.1, ", 999) + "192.0.2.7"
	for name, c := range map[string]struct {
		chain chain
		hops  int
		want  string // empty: none
	}{
		"nobody is trusted":                          {chain{"192.0.2.7"}, 0, ""},
		"fewer than nobody":                          {chain{"192.0.2.7"}, -1, ""},
		"no chain":                                   {nil, 1, ""},
		"an empty chain":                             {chain{""}, 1, ""},
		"blanks alone":                               {chain{" \t "}, 1, ""},
		"the gateway's entry":                        {chain{"192.0.2.7"}, 1, "192.0.2.7"},
		"one forged before it":                       {chain{"10.0.0.1, 192.0.2.7"}, 1, "192.0.2.7"},
		"junk before it":                             {chain{"<script>, 1.2.3.4.5,,, 192.0.2.7"}, 1, "192.0.2.7"},
		"a line of its own before it":                {chain{"10.0.0.1", "192.0.2.7"}, 1, "192.0.2.7"},
		"two proxies":                                {chain{"10.0.0.1, 192.0.2.7, 203.0.113.1"}, 2, "192.0.2.7"},
		"two proxies, a line each":                   {chain{"10.0.0.1", "192.0.2.7", "203.0.113.1"}, 2, "192.0.2.7"},
		"two proxies, lines cut anywhere":            {chain{"10.0.0.1, 192.0.2.7", "203.0.113.1"}, 2, "192.0.2.7"},
		"three of four":                              {chain{"10.0.0.1, 192.0.2.7", "203.0.113.1, 203.0.113.2"}, 3, "192.0.2.7"},
		"fewer entries than proxies":                 {chain{"192.0.2.7"}, 2, ""},
		"far fewer entries than proxies":             {chain{"192.0.2.7", "192.0.2.8"}, 1 << 62, ""},
		"an entry that a trusted proxy made of junk": {chain{"192.0.2.7, unknown"}, 1, ""},
		"what a later proxy made of a socket":        {chain{"192.0.2.7, unix:"}, 2, "192.0.2.7"},
		"an empty entry counts":                      {chain{"192.0.2.7,"}, 1, ""},
		"an empty entry counts, as the one before":   {chain{"192.0.2.7,"}, 2, "192.0.2.7"},
		"an empty line counts":                       {chain{"192.0.2.7", ""}, 1, ""},
		"a thousand entries":                         {chain{thousand}, 1, "192.0.2.7"},
		"a thousand entries, all trusted":            {chain{thousand}, 1000, "198.51.100.1"},
		"a thousand entries and one more":            {chain{thousand}, 1001, ""},
		"a thousand lines":                           {append(slices.Repeat(chain{"198.51.100.1"}, 999), "192.0.2.7"), 2, "198.51.100.1"},
		"no blank after the comma":                   {chain{"10.0.0.1,192.0.2.7"}, 1, "192.0.2.7"},
		"many blanks and tabs":                       {chain{"10.0.0.1 ,\t  192.0.2.7 \t"}, 1, "192.0.2.7"},
		"a port":                                     {chain{"192.0.2.7:54321"}, 1, "192.0.2.7"},
		"IPv6":                                       {chain{"2001:db8::7"}, 1, "2001:db8::7"},
		"IPv6 in capitals":                           {chain{"2001:DB8:0::7"}, 1, "2001:db8::7"},
		"IPv6 in brackets":                           {chain{"[2001:db8::7]"}, 1, "2001:db8::7"},
		"IPv6 in brackets with a port":               {chain{"[2001:db8::7]:443"}, 1, "2001:db8::7"},
		"IPv4 as IPv6":                               {chain{"::ffff:192.0.2.7"}, 1, "192.0.2.7"},
		"IPv4 as IPv6, in brackets with a port":      {chain{"[::ffff:192.0.2.7]:80"}, 1, "192.0.2.7"},
		"IPv6 with what looks like a port":           {chain{"2001:db8::7:443"}, 1, "2001:db8::7:443"},
		"a zone":                                     {chain{"fe80::1%eth0"}, 1, ""},
		"a zone in brackets":                         {chain{"[fe80::1%eth0]:80"}, 1, ""},
		"IPv4 in brackets":                           {chain{"[192.0.2.7]"}, 1, ""},
		"IPv4 in brackets with a port":               {chain{"[192.0.2.7]:80"}, 1, ""},
		"half a bracket":                             {chain{"[2001:db8::7"}, 1, ""},
		"the other half":                             {chain{"2001:db8::7]"}, 1, ""},
		"two brackets":                               {chain{"[[2001:db8::7]]"}, 1, ""},
		"a port that is none":                        {chain{"192.0.2.7:"}, 1, ""},
		"a port that can't be":                       {chain{"192.0.2.7:65536"}, 1, ""},
		"a negative port":                            {chain{"192.0.2.7:-1"}, 1, ""},
		"two ports":                                  {chain{"192.0.2.7:80:80"}, 1, ""},
		"octets with a zero before":                  {chain{"010.0.0.1"}, 1, ""},
		"three octets":                               {chain{"1.2.3"}, 1, ""},
		"one number":                                 {chain{"3221225991"}, 1, ""},
		"hexadecimal":                                {chain{"0xc0.0.2.7"}, 1, ""},
		"a network":                                  {chain{"192.0.2.7/32"}, 1, ""},
		"a name":                                     {chain{"localhost"}, 1, ""},
		"as RFC 7239 has it":                         {chain{`for="192.0.2.7"`}, 1, ""},
		"in quotes":                                  {chain{`"192.0.2.7"`}, 1, ""},
		"a semicolon":                                {chain{"10.0.0.1; 192.0.2.7"}, 1, ""},
		"full-width digits":                          {chain{"１９２.0.2.7"}, 1, ""},
		"a no-break space":                           {chain{"\u00a0192.0.2.7"}, 1, ""},
		"a NUL":                                      {chain{"192.0.2.7\x00"}, 1, ""},
	} {
		var want netip.Addr
		if c.want != "" {
			want = netip.MustParseAddr(c.want)
		}
		if got := client(c.chain, c.hops); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// FuzzClient: whatever an end client wrote before what the gateway adds, the gateway's entry is
// the one that counts; and alone it is an address or nothing.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{"", "1.2.3.4", "1.2.3.4, ", ",,,", "[::1]:80, ::ffff:1.2.3.4", "fe80::1%eth0", "010.0.0.1", strings.Repeat("1.1.1.1,", 1000)} {
		f.Add(seed, 1)
		f.Add(seed, 3)
	}
	want := netip.MustParseAddr("192.0.2.7")
	f.Fuzz(func(t *testing.T, forged string, hops int) {
		if got := client([]string{forged + ", 192.0.2.7"}, 1); got != want {
			t.Errorf("%q before it: got %v, want %v", forged, got, want)
		}
		if got := client([]string{forged, "192.0.2.7"}, 1); got != want {
			t.Errorf("%q in a line before it: got %v, want %v", forged, got, want)
		}
		got := client([]string{forged}, hops)
		if got != (netip.Addr{}) && (got.Zone() != "" || got.Is4In6() || netip.MustParseAddr(got.String()) != got) {
			t.Errorf("%q: got %v", forged, got)
		}
		parts := strings.Split(forged, ",") // the same in one more way
		if got.IsValid() && (hops < 1 || hops > len(parts) || !mentions(parts[len(parts)-hops], got)) {
			t.Errorf("%q with %d hops: got %v, which is not what stands there", forged, hops, got)
		}
	})
}

// mentions reports whether an entry is the address in one of the forms that proxies write.
func mentions(entry string, address netip.Addr) bool {
	text := strings.Trim(entry, " \t[]")
	if a, err := netip.ParseAddr(text); err == nil && a.Unmap() == address {
		return true
	}
	host, _, _ := strings.Cut(text, "]")
	if i := strings.LastIndexByte(text, ':'); host == text && i >= 0 {
		host = text[:i]
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap() == address
}

func TestTheClientIsFoundWithoutAllocating(t *testing.T) {
	chain := []string{strings.Repeat("198.51.100.1, ", 1000) + "192.0.2.7"}
	if n := testing.AllocsPerRun(100, func() { client(chain, 2) }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

package console

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func from(address string) *http.Request { return &http.Request{RemoteAddr: address} }

func TestOneAddressCannotTryManyAccounts(t *testing.T) {
	th, now := newThrottle(), start()
	let := 0
	for i := range 1000 {
		if _, ok := th.try(from("203.0.113.7:1"), fmt.Sprintf("someone%d@acme.example", i), now); ok {
			let++
		}
	}
	if let != addressRate().Burst {
		t.Errorf("%d tries, want %d", let, addressRate().Burst)
	}
	if wait, ok := th.try(from("203.0.113.7:2"), "x@acme.example", now); ok || wait != addressRate().Every {
		t.Errorf("got %v, %v; want to wait %v", wait, ok, addressRate().Every)
	}
	if _, ok := th.try(from("203.0.113.8:1"), "x@acme.example", now); !ok {
		t.Error("the neighbour may not try")
	}
}

// TestRefusedTriesDoNotUseUpTheAddress: colleagues behind the same address go on.
func TestRefusedTriesDoNotUseUpTheAddress(t *testing.T) {
	th, now := newThrottle(), start()
	for range 1000 {
		th.try(from("203.0.113.7:1"), "stuck@acme.example", now)
	}
	if _, ok := th.try(from("203.0.113.7:1"), "colleague@acme.example", now); !ok {
		t.Error("the colleague may not try")
	}
}

func TestAnAddressIsOneCustomer(t *testing.T) {
	for name, c := range map[string]struct {
		one, other string
		same       bool
	}{
		"two ports of one address":         {"192.0.2.1:1", "192.0.2.1:2", true},
		"two IPv4 addresses":               {"192.0.2.1:1", "192.0.2.2:1", false},
		"IPv4 and the same within IPv6":    {"192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		"two addresses of one IPv6 /64":    {"[2001:db8::1]:1", "[2001:db8::ffff:2]:1", true},
		"two IPv6 /64":                     {"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false},
		"a link-local address with a zone": {"[fe80::1%eth0]:1", "[fe80::2%eth1]:1", true},
	} {
		if same := network(from(c.one)) == network(from(c.other)); same != c.same {
			t.Errorf("%s: %s and %s", name, network(from(c.one)), network(from(c.other)))
		}
	}
	forged := from("192.0.2.1:1")
	forged.Header = http.Header{"X-Forwarded-For": {"10.0.0.1"}, "X-Real-Ip": {"10.0.0.1"}, "Forwarded": {"for=10.0.0.1"}}
	if got := network(forged); got != "192.0.2.1" {
		t.Errorf("a header chose the address: %s", got)
	}
}

func TestTheThrottleIsBounded(t *testing.T) {
	th, now := newThrottle(), start()
	for i := range maxBuckets {
		th.try(from(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)), "x", now)
	}
	if n := len(th.buckets); n > maxBuckets+1 {
		t.Errorf("%d buckets, want at most %d", n, maxBuckets+1)
	}
	if _, ok := th.try(from("192.0.2.1:1"), "owner@acme.example", now); !ok {
		t.Error("an attack with many addresses locks the owner out")
	}
}

func TestForgivingGivesBackOneTry(t *testing.T) {
	th, now := newThrottle(), start()
	for range 50 {
		if _, ok := th.try(from("192.0.2.1:1"), "x", now); !ok {
			t.Fatal("a forgiven try was counted")
		}
		th.forgive(from("192.0.2.1:1"), "x")
	}
	for range pairRate().Burst {
		th.try(from("192.0.2.1:1"), "x", now)
	}
	if _, ok := th.try(from("192.0.2.1:1"), "x", now); ok {
		t.Error("forgiving gave more than it took")
	}
}

func TestTheWaitIsToldInWholeUnitsRoundedUp(t *testing.T) {
	for wait, want := range map[time.Duration][2]string{
		time.Millisecond:               {"1", "1 s"},
		time.Second:                    {"1", "1 s"},
		1500 * time.Millisecond:        {"2", "2 s"},
		time.Minute:                    {"60", "60 s"},
		time.Minute + time.Millisecond: {"61", "2 min"},
		5 * time.Minute:                {"300", "5 min"},
	} {
		if got := [2]string{(&tooManyTries{wait}).seconds(), roughly(wait)}; got != want {
			t.Errorf("%v: got %v, want %v", wait, got, want)
		}
	}
}

package secret_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/keywright/keywright/secret"
)

func TestMACDependsOnEveryPartOfIt(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	seen := map[secret.MAC]string{}
	for version := 1; version <= 2; version++ {
		for _, in := range []struct{ account, text string }{
			{"acct_1", "text"},
			{"acct_2", "text"},
			{"acct_1", "texu"},
			{"acct_1", "tex"},
			{"acct_1", "text "},
			{"acct_1t", "ext"},
			{"acct_", "1text"},
			{"", "acct_1text"},
			{"acct_1text", ""},
			{"", ""},
			{"acct_1\x00\x00\x00\x04text", ""},
			{"ACCT_1", "text"},
		} {
			name := fmt.Sprintf("version %d, %q, %q", version, in.account, in.text)
			mac, ok := k.MAC(version, in.account, in.text)
			if !ok {
				t.Fatalf("%s: no MAC", name)
			}
			if other, clash := seen[mac]; clash {
				t.Errorf("%s has the MAC of %s", name, other)
			}
			seen[mac] = name
		}
	}
}

// One keyed HMAC serves one MAC after the other: nothing may stay in it from the one before.
func TestMACIsTheSameForManyAtOnce(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				version := 1 + (g+i)%2
				account := fmt.Sprintf("acct_%d", g)
				text := strings.Repeat("x", i)
				got, ok := k.MAC(version, account, text)
				want := referenceMAC(fill(byte(version)), account, text)
				if !ok || !bytes.Equal(got[:], want) {
					t.Errorf("MAC(%d, %q, %d x): got %x, want %x", version, account, i, got[:], want)
				}
			}
		})
	}
	wg.Wait()
}

func TestUnknownVersionHasNoMAC(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	for _, version := range []int{-1, 0, 3, 1 << 40} {
		if mac, ok := k.MAC(version, "acct_1", "text"); ok || mac != (secret.MAC{}) {
			t.Errorf("MAC of version %d: got %x, %t", version, mac[:], ok)
		}
		if check, ok := k.Check(version); ok || check != [32]byte{} {
			t.Errorf("Check of version %d: got %x, %t", version, check, ok)
		}
		if key, ok := k.DeriveFrom(version, "session"); ok || key != nil {
			t.Errorf("DeriveFrom version %d: got %x, %t", version, key, ok)
		}
	}
}

func TestEqual(t *testing.T) {
	k := keyring(t, fill(1))
	a, _ := k.MAC(1, "acct_1", "text")
	if !secret.Equal(a, a) {
		t.Error("a MAC is not equal to itself")
	}
	for i := range a {
		b := a
		b[i] ^= 1
		if secret.Equal(a, b) {
			t.Errorf("equal, but byte %d differs", i)
		}
	}
}

func TestCheckTellsPeppersApart(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	one, _ := k.Check(1)
	two, _ := k.Check(2)
	if one == two {
		t.Error("two peppers have one check value")
	}
	if again, _ := keyring(t, fill(1)).Check(1); again != one {
		t.Errorf("the same pepper: got %x, want %x", again, one)
	}
}

func TestDerive(t *testing.T) {
	k := keyring(t, fill(1), fill(2))
	old, ok := k.DeriveFrom(1, "session")
	if want := keyring(t, fill(1)).Derive("session"); !ok || !bytes.Equal(old, want) {
		t.Errorf("from version 1: got %x, want what it was when 1 was current, %x", old, want)
	}
	current, _ := k.DeriveFrom(2, "session")
	if got := k.Derive("session"); !bytes.Equal(got, current) {
		t.Errorf("got %x, want what version 2, the current, gives: %x", got, current)
	}
	check, _ := k.Check(2)
	seen := map[string]bool{string(fill(2)): true, string(check[:]): true, string(old): true}
	for _, purpose := range []string{"session", "idempotency", "audit", "sessio", "session ", ""} {
		key := k.Derive(purpose)
		if len(key) != 32 || seen[string(key)] {
			t.Errorf("Derive(%q): got %s, want 32 bytes not seen before", purpose, hex.EncodeToString(key))
		}
		seen[string(key)] = true
	}
}

func fill(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

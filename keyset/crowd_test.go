package keyset

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/policy"
)

// crowd is a population with its texts at hand, in the order in which they were issued, and a million
// questions about keys at random: they come from all over the memory, for Verify and for its
// floor alike.
type crowd struct {
	population
	set      *Set   // nil until load
	texts    string // of textLen bytes each
	accounts []string
	asked    []int // a power of two of them
	request  Request
}

const textLen = 56

func newCrowd(b *testing.B, keys int) *crowd {
	c := &crowd{population: population{keys, testKeyring(b)}, request: Request{
		Way: policy.PresentBearer, Method: "GET", Scopes: []string{"incidents:read"}, ClientIP: netip.MustParseAddr("192.0.2.7"),
	}}
	var texts strings.Builder
	texts.Grow(keys * textLen)
	for i := range keys {
		texts.WriteString(c.text(b, i))
		if i%keysPerAccount == 0 {
			c.accounts = append(c.accounts, c.accountID(i))
		}
	}
	c.texts = texts.String()
	random := rand.New(chance(9))
	for range 1 << 20 {
		c.asked = append(c.asked, random.IntN(keys))
	}
	return c
}

// question is the key that the i-th question is about.
func (c *crowd) question(i int) int { return c.asked[i&(len(c.asked)-1)] }

func (c *crowd) textOf(key int) string { return c.texts[key*textLen:][:textLen] }

func (c *crowd) verify(b *testing.B, text string, now time.Time, want Code) {
	if v := c.set.Verify(text, c.request, now, 0); v.Code != want {
		b.Fatalf("got %s, want %s", v.Code, want)
	}
}

// mac is the floor: what cannot be left out of a verdict.
func (c *crowd) mac(b *testing.B, key int) {
	if _, ok := c.keyring.MAC(1, c.accounts[key/keysPerAccount], c.textOf(key)); !ok {
		b.Fatal("no MAC")
	}
}

// others are texts of keys that are not there.
func (c *crowd) others(b *testing.B) (texts []string) {
	for i := range 1 << 16 {
		texts = append(texts, c.population.text(b, c.keys+i))
	}
	return texts
}

func (c *crowd) typos() (texts []string) {
	for i := range 1 << 16 {
		texts = append(texts, mistyped(c.textOf(c.question(i)), 8+i%48))
	}
	return texts
}

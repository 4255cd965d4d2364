package keyset

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"github.com/keywright/keywright/secret"
)

// Records are words without pointers, so that the garbage collector does not look at them. Each
// word is read and written atomically, so that a reader may come upon one that is being written:
// view.go says how it finds out. Number 0 of each kind of thing means none.

// keyWords is a Key in 112 bytes that lie together, with all that its MAC takes at the beginning:
//
//	0      the first 8 characters of its id
//	1      the last 4 | flags, 8 bits | length of the account's id, 8 bits | pepper, 16 bits
//	2…5    the account's id: elsewhere it would be one more miss of the processor's caches
//	6…9    the MAC of its first seal
//	10     expires, 48 bits | version, 16 bits
//	11     account | member
//	12     narrowing | what is rare
//	13     its bucket of the rate limit, which readers write: never part of a change
type keyWords [recordLen]uint64

const (
	recordLen   = 14
	accountWord = 2
	macWord     = 6
	bucketWord  = 13
)

// The flags: three bits for the kind, of which the third is set for tokens, then one each.
const (
	kindBits     = 0b111
	tokenFlag    = 1 << 2
	disabledFlag = 1 << 3
	revokedFlag  = 1 << 4
)

func (k *keyWords) id() keyID            { return keyID{k[0], low(k[1])} }
func (k *keyWords) kind() Kind           { return kinds()[k[1]>>32&kindBits] }
func (k *keyWords) has(flag uint64) bool { return k[1]>>32&flag != 0 }
func (k *keyWords) pepper() int          { return numberOf(k[1]) }
func (k *keyWords) expires() int64       { return instantOf(k[10]) }
func (k *keyWords) version() int         { return numberOf(k[10]) }
func (k *keyWords) account() uint32      { return low(k[11]) }
func (k *keyWords) member() uint32       { return high(k[11]) }
func (k *keyWords) narrowing() uint32    { return low(k[12]) }
func (k *keyWords) rare() uint32         { return high(k[12]) }

// hasMAC reports whether that is the MAC of the first seal.
func (k *keyWords) hasMAC(mac *secret.MAC) bool { return isMAC(k[macWord:macWord+macWords], mac) }

const (
	maxAccountID   = 32
	usualAccountID = 25 // "acct_" and 20 more
)

// accountID puts the account's id into the buffer and gives its length. In a place without a key
// there is one of the usual length, so that a MAC takes its usual time.
func (k *keyWords) accountID(buffer *[maxAccountID]byte) int {
	for i := range maxAccountID / 8 {
		binary.LittleEndian.PutUint64(buffer[8*i:], k[accountWord+i])
	}
	if n := int(k[1] >> 40 & 0xff); n > 0 {
		return min(n, maxAccountID)
	}
	return usualAccountID
}

func (k *keyWords) setAccountID(id string) {
	var buffer [maxAccountID]byte
	k[1] |= uint64(copy(buffer[:], id)) << 40
	for i := range maxAccountID / 8 {
		k[accountWord+i] = binary.LittleEndian.Uint64(buffer[8*i:])
	}
}

func kinds() [6]Kind {
	return [6]Kind{AccountKey, ReadOnlyKey, PersonalKey, ServiceKey, VerifyToken, OperateToken}
}

// kindNumber is more than kindBits for a kind that is none.
func kindNumber(kind Kind) uint64 {
	all := kinds()
	return uint64(slices.Index(all[:], kind))
}

// rareWords is what most keys do not have:
//
//	0…3    the MAC of a second seal
//	4      its end, 48 bits | its pepper, 16 bits; 0: there is none
//	5      the end of the first
//	6      not before
//	7      when a key that is disabled is no longer
type rareWords [8]uint64

func (r *rareWords) ends() int64      { return instantOf(r[4]) }
func (r *rareWords) pepper() int      { return numberOf(r[4]) }
func (r *rareWords) firstEnds() int64 { return int64(r[5]) }
func (r *rareWords) notBefore() int64 { return int64(r[6]) }
func (r *rareWords) enables() int64   { return int64(r[7]) }

// hasMAC reports whether that is the MAC of the second seal.
func (r *rareWords) hasMAC(mac *secret.MAC) bool { return isMAC(r[:macWords], mac) }

// accountState is an Account in one word, which changes at once: its plan, 16 bits, flags, 16 bits,
// and its slug, 32 bits.
type accountState uint64

const (
	presentFlag   accountState = 1 << 16 // it was not removed
	suspendedFlag accountState = 1 << 17
)

func (a accountState) plan() int                  { return int(uint16(a)) }
func (a accountState) slug() uint32               { return high(uint64(a)) }
func (a accountState) has(flag accountState) bool { return a&flag != 0 }

// memberState is a Member in one word: his role, 16 bits, a flag, and his account, 32 bits.
type memberState uint64

const activeFlag memberState = 1 << 16

func (m memberState) role() int       { return int(uint16(m)) }
func (m memberState) active() bool    { return m&activeFlag != 0 }
func (m memberState) account() uint32 { return high(uint64(m)) }

func load(to, from []uint64) {
	for i := range to {
		to[i] = atomic.LoadUint64(&from[i])
	}
}

func store(to, from []uint64) {
	for i := range from {
		atomic.StoreUint64(&to[i], from[i])
	}
}

func low(word uint64) uint32          { return uint32(word) }
func high(word uint64) uint32         { return uint32(word >> 32) }
func pair(low, high uint32) uint64    { return uint64(high)<<32 | uint64(low) }
func instantOf(word uint64) int64     { return int64(word & maxInstant) }
func numberOf(word uint64) int        { return int(word >> 48) }
func timed(at int64, n uint16) uint64 { return uint64(n)<<48 | uint64(at) }

const macWords = 4

func wordsOf(mac secret.MAC) (words [macWords]uint64) {
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(mac[8*i:])
	}
	return words
}

// isMAC compares in constant time, and without making a MAC of the words first: secret.Equal takes
// 30 ns more.
func isMAC(words []uint64, mac *secret.MAC) bool {
	var differ uint64
	for i, word := range words {
		differ |= word ^ binary.LittleEndian.Uint64(mac[8*i:])
	}
	return differ == 0
}

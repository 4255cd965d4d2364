package keyset

import (
	"encoding/binary"
	"math/bits"
)

const idLen = 12

// keyID is the 12 public characters of a key's id.
type keyID struct {
	first uint64
	last  uint32
}

func keyIDOf(public string) keyID {
	var b [idLen]byte
	copy(b[:], public)
	return keyID{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint32(b[8:])}
}

// hash needs no seed: ids are drawn at random by us, not chosen by whoever presents them.
func (id keyID) hash() uint64 {
	high, low := bits.Mul64(id.first^0x9e37_79b9_7f4a_7c15, uint64(id.last)^0xd1b5_4a32_d192_ed03)
	h := (high ^ low) * 0x9e37_79b9_7f4a_7c15
	return h ^ h>>32
}

package keyset

import "hash/maphash"

// directory gives each text, such as an account's id, a number from 1, for good.
type directory struct {
	seed   maphash.Seed
	byHash map[uint64]uint32 // should two texts have one hash, the later one is under the next
	last   uint32
	texts  *texts
	refs   table[uint64] // textRef by number, which is what readers see of it
}

func newDirectory(t *texts) *directory {
	return &directory{seed: maphash.MakeSeed(), byHash: map[uint64]uint32{}, texts: t}
}

// find gives 0 for a text that is not there.
func (d *directory) find(text string) uint32 {
	n, _ := d.look(text)
	return n
}

// number enters a text that is not there.
func (d *directory) number(text string) uint32 {
	n, hash := d.look(text)
	if n == 0 {
		d.last++
		n = d.last
		d.byHash[hash] = n
		d.refs.reach(n)
		*d.refs.at(n) = uint64(d.texts.add(text))
	}
	return n
}

func (d *directory) look(text string) (uint32, uint64) {
	for hash := maphash.String(d.seed, text); ; hash++ {
		n := d.byHash[hash]
		if n == 0 || d.texts.at(textRef(*d.refs.at(n))) == text {
			return n, hash
		}
	}
}

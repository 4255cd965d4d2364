package keyset

// A table holds records of words under numbers, and nothing under number 0. It grows by a slab, so
// that nothing is copied and no reader is disturbed.
type table[R any] struct{ slabs []*[slabLen]R }

const slabLen = 1024

func (t table[R]) at(n uint32) *R { return &t.slabs[n/slabLen][n%slabLen] }

// reach makes room for number n. A view of before does not have it, and has no need to.
func (t *table[R]) reach(n uint32) {
	for int(n/slabLen) >= len(t.slabs) {
		t.slabs = append(t.slabs, new([slabLen]R))
	}
}

// numbers hands out numbers from 1, and those again that were given back.
type numbers struct {
	last uint32
	free []uint32
}

func (n *numbers) take() uint32 {
	if end := len(n.free) - 1; end >= 0 {
		number := n.free[end]
		n.free = n.free[:end]
		return number
	}
	n.last++
	return n.last
}

func (n *numbers) give(number uint32) { n.free = append(n.free, number) }

// used counts the numbers that are out.
func (n *numbers) used() int { return int(n.last) - len(n.free) }

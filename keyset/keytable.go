package keyset

import "sync/atomic"

// keyTable finds a key's record by its id: a hash table with open addressing. A search goes over
// tags, 16 to a cache line, and then to one record, which lies where its tag does: an index to
// records that lie elsewhere would be one more miss of the processor's caches, and with a
// million keys each of them costs more than the MAC.
//
// It is in parts, so that growing one takes a fraction of a millisecond. Readers notice nothing
// of it: they have the old one until the next view. A part is between 80 and 90 % full.
type keyTable [parts]keyPart

const parts = 256

type keyPart struct {
	tags  []uint32
	words []uint64 // the records, one after the other
}

func (p *keyPart) record(at int) *keyWords { return (*keyWords)(p.words[at*recordLen:]) }

// A tag is 32 bits of the id's hash; unused is where a search ends, and removed where it goes on.
// Nothing moves within a part: a reader might miss it.
const (
	unused = iota
	removed
	firstTag
)

func tagOf(hash uint64) uint32 { return max(uint32(hash), firstTag) }

func (t *keyTable) part(hash uint64) *keyPart { return &t[hash>>56] }

// home is where a search begins.
func (p *keyPart) home(hash uint64) int { return int(hash << 8 >> 32 * uint64(len(p.tags)) >> 32) }

func (p *keyPart) after(at int) int {
	if at++; at < len(p.tags) {
		return at
	}
	return 0
}

// find gives the place of the record with this id, below 0 when there is none.
func (p *keyPart) find(id keyID, hash uint64) int {
	for at := p.home(hash); ; at = p.after(at) {
		switch atomic.LoadUint32(&p.tags[at]) {
		case tagOf(hash):
			record := p.record(at)
			if atomic.LoadUint64(&record[0]) == id.first && low(atomic.LoadUint64(&record[1])) == id.last {
				return at
			}
		case unused:
			return -1
		}
	}
}

// free gives the place for a key that is not there.
func (p *keyPart) free(hash uint64) int {
	at := p.home(hash)
	for p.tags[at] >= firstTag {
		at = p.after(at)
	}
	return at
}

// keys is the writer's side of a keyTable.
type keys struct {
	table *keyTable
	live  [parts]int
	used  [parts]int // live, and the removed ones

	advise func([]uint64)
}

// newKeys has room for so many keys, and for more once it grows.
func newKeys(expected int, advise func([]uint64)) *keys {
	k := &keys{table: new(keyTable), advise: advise}
	for i := range k.table {
		k.table[i] = k.newPart(expected / parts)
	}
	return k
}

func (k *keys) newPart(live int) keyPart {
	size := live*5/4 + 4
	words := make([]uint64, size*recordLen)
	if k.advise != nil {
		k.advise(words)
	}
	return keyPart{make([]uint32, size), words}
}

// put writes a key's record over the one that was there, if any, and gives that.
func (k *keys) put(words *keyWords) (old keyWords) {
	id := words.id()
	hash := id.hash()
	i := hash >> 56
	at := k.table[i].find(id, hash)
	if at >= 0 {
		load(old[:], k.table[i].record(at)[:])
	} else {
		if 10*(k.used[i]+1) > 9*len(k.table[i].tags) {
			k.renew(i)
		}
		at = k.table[i].free(hash)
		if k.table[i].tags[at] == unused {
			k.used[i]++
		}
		k.live[i]++
	}
	part := &k.table[i]
	store(part.record(at)[:bucketWord], words[:bucketWord])
	atomic.StoreUint32(&part.tags[at], tagOf(hash))
	return old
}

// remove gives the record that was there, which is zero when there was none.
func (k *keys) remove(id keyID) (old keyWords) {
	hash := id.hash()
	part := k.table.part(hash)
	if at := part.find(id, hash); at >= 0 {
		load(old[:], part.record(at)[:])
		atomic.StoreUint32(&part.tags[at], removed)
		store(part.record(at)[:], new(keyWords)[:])
		k.live[hash>>56]--
	}
	return old
}

// renew makes a part anew with room for more and without what was removed, in a table of its own
// for the next view.
func (k *keys) renew(i uint64) {
	table, old := *k.table, k.table[i]
	part := k.newPart(k.live[i] + 1)
	for at, tag := range old.tags {
		if tag >= firstTag {
			hash := old.record(at).id().hash()
			to := part.free(hash)
			part.tags[to] = tag
			load(part.record(to)[:], old.record(at)[:]) // what is spent of its bucket from now on is not counted
		}
	}
	table[i] = part
	k.table, k.used[i] = &table, k.live[i]
}

func (k *keys) count() (n int) {
	for _, live := range k.live {
		n += live
	}
	return n
}

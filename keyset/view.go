package keyset

import "sync/atomic"

// view is the whole Set at one revision, as readers see it. It never changes, but the tables that
// it leads to do: the writer writes the records of revision R+1 over those of R. No reader ever
// sees a mixture, and none ever waits:
//
//  1. The writer publishes the view of R+1 with the new records in its overlay. This one store
//     makes all of them visible at once. A view with an overlay is read through it, so the
//     records under it may be in any state.
//  2. It writes them into the tables.
//  3. It publishes the view of R+1 again, now without the overlay.
//
// A reader takes the view, reads what it needs, and looks whether the view is still the same. If
// so, nothing that it read was being written meanwhile. If not, the writer got on, and the
// reader begins again. What nothing refers to any more as of R+1, such as a place in a table, is
// used again for R+2 at the earliest: readers of R find by then that the view is another one.
//
// A lock or a sequence for each record would let a reader see the key of one revision and the
// account of another, and would make it wait when the writer is descheduled half-way.
type view struct {
	revision uint64
	overlay  *overlay // nil most of the time

	keys       *keyTable
	rare       table[rareWords]
	accounts   table[uint64] // accountState
	members    table[uint64] // memberState
	narrowings shelf[narrowing]
	rules      *compiled

	// For whoever reads a verdict; no check needs them.
	texts                        []string
	accountIDs, slugs, memberIDs table[uint64] // textRef
	versionNames, planNames      []string      // by number
}

// overlay is the records of a revision that are not in the tables yet. A removed key has a zero
// record.
type overlay struct {
	keys     map[keyID]keyWords
	accounts map[uint32]accountState
	members  map[uint32]memberState
}

func newOverlay() *overlay {
	return &overlay{map[keyID]keyWords{}, map[uint32]accountState{}, map[uint32]memberState{}}
}

func (o *overlay) clear() {
	clear(o.keys)
	clear(o.accounts)
	clear(o.members)
}

// sight is what one look at the Set finds: all that belongs to a key, of one revision.
type sight struct {
	view *view

	// known is false for an id that is not there. The rest is then of some other key or of
	// none, so that what follows takes as long as for one that is.
	known bool

	key     keyWords
	rare    rareWords
	account accountState
	member  memberState
	*narrowing
	bucket *uint64
}

// look finds the key with this id.
func (s *Set) look(id keyID, see *sight) {
	for !s.lookUnder(s.view.Load(), id, see) {
	}
}

// lookUnder reports whether the view was still the same in the end. The numbers in a record are
// not followed before that much is known of the record: they may be beyond the view's tables.
func (s *Set) lookUnder(v *view, id keyID, see *sight) bool {
	see.view = v
	v.key(id, see)
	if s.view.Load() != v {
		return false
	}
	v.belongings(see)
	return s.view.Load() == v
}

// key finds the record. It may be half of one revision and half of the next.
func (v *view) key(id keyID, see *sight) {
	hash := id.hash()
	part := v.keys.part(hash)
	at := part.find(id, hash)
	see.known = at >= 0
	if !see.known {
		at = part.home(hash)
	}
	record := part.record(at)
	load(see.key[:bucketWord], record[:bucketWord])
	see.bucket = &record[bucketWord]
	if v.overlay == nil {
		return
	}
	if words, ok := v.overlay.keys[id]; ok {
		if !see.known {
			see.bucket = new(uint64) // it has none before the overlay is gone
		}
		see.known, see.key = words != keyWords{}, words
	}
}

// belongings follows the numbers in the record.
func (v *view) belongings(see *sight) {
	account, member := see.key.account(), see.key.member()
	see.account = accountState(atomic.LoadUint64(v.accounts.at(account)))
	see.member = memberState(atomic.LoadUint64(v.members.at(member)))
	if v.overlay != nil {
		if state, ok := v.overlay.accounts[account]; ok {
			see.account = state
		}
		if state, ok := v.overlay.members[member]; ok {
			see.member = state
		}
	}
	if n := see.key.rare(); n != 0 {
		load(see.rare[:], v.rare.at(n)[:])
	} else {
		see.rare = rareWords{}
	}
	see.narrowing = v.narrowings[see.key.narrowing()].Load()
}

// text finds what a number of one of the view's lists stands for. A number that was published is
// for good, so that this needs no second look.
func (v *view) text(list *table[uint64], number uint32) string {
	return textAt(v.texts, textRef(*list.at(number)))
}

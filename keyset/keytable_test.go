package keyset

import (
	"testing"

	"pgregory.net/rapid"
)

// A keyTable is a map. The ids are few, so that they meet again, and their words do not spread
// them over all parts, so that places collide, are removed and used again.
func TestAKeyTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newKeys(rapid.SampledFrom([]int{0, 0, 0, 5000}).Draw(t, "expected"), nil)
		model := map[keyID]keyWords{}
		ids := idsOfOnePart(rapid.IntRange(1, 60).Draw(t, "ids"))
		for n := range rapid.IntRange(1, 300).Draw(t, "changes") {
			id := rapid.SampledFrom(ids).Draw(t, "id")
			want := model[id]
			want[bucketWord] = 0
			if rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				if old := k.remove(id); old != want {
					t.Fatalf("removed %v, want %v", old, want)
				}
				delete(model, id)
				continue
			}
			words := keyWords{0: id.first, 1: uint64(id.last), 5: uint64(n), 12: uint64(n)}
			if old := k.put(&words); old != want {
				t.Fatalf("replaced %v, want %v", old, want)
			}
			model[id] = words
		}
		for _, id := range ids {
			part := k.table.part(id.hash())
			at := part.find(id, id.hash())
			want, there := model[id]
			if there != (at >= 0) || there && *part.record(at) != want {
				t.Fatalf("%v: found %t, want %t, or another record", id, at >= 0, there)
			}
		}
		if k.count() != len(model) {
			t.Fatalf("got %d keys, want %d", k.count(), len(model))
		}
		for i, part := range k.table {
			if 10*k.used[i] > 9*len(part.tags) || k.live[i] > k.used[i] {
				t.Fatalf("part %d: %d of %d places used, %d live", i, k.used[i], len(part.tags), k.live[i])
			}
		}
	})
}

// A search goes on from the last place of a part to the first.
func TestASearchGoesRound(t *testing.T) {
	k := newKeys(0, nil)
	id := idsOfOnePart(1)[0]
	part := k.table.part(id.hash())
	last := len(part.tags) - 1
	for at := range part.tags {
		part.tags[at] = removed
	}
	part.tags[0] = unused
	if home := part.home(id.hash()); home > last || home < 0 {
		t.Fatalf("home is %d of %d", home, last)
	}
	if at := part.find(id, id.hash()); at >= 0 {
		t.Errorf("found a key that is not there at %d", at)
	}
	if part.after(last) != 0 {
		t.Errorf("after the last place comes %d", part.after(last))
	}
}

// Two ids of one tag are told apart by their records.
func TestIDsWithOneTag(t *testing.T) {
	k := newKeys(0, nil)
	ids := idsOfOnePart(2)
	for _, id := range ids {
		k.put(&keyWords{0: id.first, 1: uint64(id.last)})
	}
	part := k.table.part(ids[0].hash())
	first, second := part.find(ids[0], ids[0].hash()), part.find(ids[1], ids[1].hash())
	part.tags[first], part.tags[second] = tagOf(ids[1].hash()), tagOf(ids[1].hash())
	if at := part.find(ids[1], ids[1].hash()); at != second {
		t.Errorf("found place %d, want %d", at, second)
	}
}

func TestTags(t *testing.T) {
	for hash, want := range map[uint64]uint32{0: firstTag, 1: firstTag, 2: 2, 1 << 32: firstTag, 0xffff_ffff: 0xffff_ffff} {
		if got := tagOf(hash); got != want {
			t.Errorf("tag of %x: got %x, want %x", hash, got, want)
		}
	}
}

// idsOfOnePart finds ids whose hashes begin alike.
func idsOfOnePart(n int) (ids []keyID) {
	for i := uint64(1); len(ids) < n; i++ {
		if id := (keyID{i, 7}); id.hash()>>56 == 3 {
			ids = append(ids, id)
		}
	}
	return ids
}

package keyset

import (
	"slices"
	"strings"
)

// texts keeps many short texts in few long ones: a string each would be a pointer each. What is
// kept stays until the Set is made anew.
type texts struct {
	full []string
	open *strings.Builder
	view []string // full, and what open has so far; nil when that has changed
}

// textRef says where a text is: chunk, 24 bits | offset, 24 bits | length, 16 bits. The zero
// textRef is the empty text.
type textRef uint64

const chunkLen = 1 << 16

func (t *texts) add(text string) textRef {
	if t.open == nil || t.open.Len()+len(text) > t.open.Cap() {
		if t.open != nil {
			t.full = append(t.full, t.open.String())
		}
		t.open = new(strings.Builder)
		t.open.Grow(chunkLen)
	}
	ref := textRef(len(t.full))<<40 | textRef(t.open.Len())<<16 | textRef(len(text))
	t.open.WriteString(text) // within its capacity: what readers have of it stays where it is
	t.view = nil
	return ref
}

// all is what readers take texts from. It does not change, whatever is added.
func (t *texts) all() []string {
	if t.view == nil && t.open != nil {
		t.view = append(slices.Clip(t.full), t.open.String())
	}
	return t.view
}

// at is for the writer, who has no need to make a view of what he adds.
func (t *texts) at(ref textRef) string {
	if ref.chunk() == len(t.full) && t.open != nil {
		return ref.in(t.open.String())
	}
	return textAt(t.full, ref)
}

func textAt(all []string, ref textRef) string {
	if ref == 0 {
		return ""
	}
	return ref.in(all[ref.chunk()])
}

func (r textRef) chunk() int { return int(r >> 40) }

func (r textRef) in(chunk string) string {
	from := r >> 16 & 0xff_ffff
	return chunk[from : from+r&0xffff]
}

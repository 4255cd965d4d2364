package keywright

import (
	"slices"
	"time"
)

// KeyOrder says which keys of a list come first.
type KeyOrder string

// The orders of a list of keys. Keys that are alike come in the order of their ids.
const (
	NewestFirst   KeyOrder = ""
	ByDescription KeyOrder = "description"
	ByLastUse     KeyOrder = "last_used" // the latest first, those that were never used last
	ByEnd         KeyOrder = "expires"   // the next to expire first, those that never do last
)

// KeyOrders lists every order, in the order in which forms show them.
func KeyOrders() []KeyOrder { return []KeyOrder{NewestFirst, ByDescription, ByLastUse, ByEnd} }

// Cursor is where a list in this order goes on after a key. The key's description is not in it: it
// never changes, and is found by the id.
func (o KeyOrder) Cursor(k Key) Cursor {
	at := k.Created
	switch o {
	case NewestFirst:
	case ByDescription:
		at = time.UnixMilli(0).UTC()
	case ByLastUse:
		if at = k.LastUsed; at.IsZero() {
			at = time.UnixMilli(0).UTC()
		}
	case ByEnd:
		if at = k.Expires; at.IsZero() {
			at = latest()
		}
	}
	return Cursor{At: at, ID: string(k.ID)}
}

// order reads what someone wrote.
func order(text string) (KeyOrder, error) {
	if text == "newest" {
		return NewestFirst, nil
	}
	if o := KeyOrder(text); slices.Contains(KeyOrders(), o) {
		return o, nil
	}
	return "", &InvalidError{Field: "sort", Why: "is none of newest, description, last_used and expires"}
}

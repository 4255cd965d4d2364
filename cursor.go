package keywright

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

// String is the cursor as it travels: opaque, safe in a URL; "" for the zero Cursor.
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	raw := binary.BigEndian.AppendUint64(nil, uint64(c.At.UnixMilli()))
	return base64.RawURLEncoding.EncodeToString(append(raw, c.ID...))
}

// ParseCursor reads what String wrote. A forged cursor does no harm: it only says where in
// the caller's own list to go on.
//
// Errors: *InvalidError (cursor).
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < 8 || len(raw) > 8+64 {
		return Cursor{}, &InvalidError{Field: "cursor", Why: "was not made by this service; leave it out to start from the beginning"}
	}
	ms := int64(binary.BigEndian.Uint64(raw))
	c := Cursor{At: time.UnixMilli(ms).UTC(), ID: string(raw[8:])}
	if c.String() != text || ms < 0 || ms > maxMillis || !plain(c.ID) {
		return Cursor{}, &InvalidError{Field: "cursor", Why: "was not made by this service; leave it out to start from the beginning"}
	}
	return c, nil
}

const maxMillis = 253402300799999 // the end of the year 9999

// plain reports whether an id has only the characters that ids are made of.
func plain(id string) bool {
	for _, r := range id {
		if r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

// pageLimit checks how many of a list were asked for; 0 means the default of 50.
func pageLimit(page Page) (Page, error) {
	if page.Limit == 0 {
		page.Limit = 50
	}
	if page.Limit < 1 || page.Limit > MaxPage {
		return page, &InvalidError{Field: "limit", Why: "must be from 1 to 200"}
	}
	return page, nil
}

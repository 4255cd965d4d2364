package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/keywright/keywright/store"
)

// examineDisk looks at the room that is left for a SQLite database, and in any case for the journal
// without which nothing can be taken away.
func examineDisk(e *store.Examination, dir string) {
	var found unix.Statfs_t
	if err := unix.Statfs(dir, &found); err != nil {
		return // the folder is told of already
	}
	const little, low = 16 << 20, 1 << 30
	free := found.Bavail * uint64(found.Bsize)
	health, remedy := store.Worry, ""
	switch {
	case free < little:
		health, remedy = store.Wrong, "make room: soon nothing can be changed, and no key revoked"
	case free < low:
		remedy = "make room before it is full"
	}
	e.Find("disk", fmt.Sprintf("%d MiB free", free>>20), health, remedy)
}

package sqlite

import (
	"golang.org/x/sys/unix"

	"github.com/keywright/keywright/store"
)

// network warns of file systems on which SQLite's locks and its shared memory do not hold
// (sqlite.org/wal.html: all processes must be on one host).
func network(e *store.Examination, dir string) {
	var found unix.Statfs_t
	if err := unix.Statfs(dir, &found); err != nil {
		e.Find("file system", "can't be read", store.Worry, err.Error())
		return
	}
	name, remedy := "local", ""
	switch int64(found.Type) {
	case unix.NFS_SUPER_MAGIC:
		name = "NFS"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		name = "SMB"
	case unix.V9FS_MAGIC:
		name = "9P"
	}
	if name != "local" {
		remedy = "move the data folder to a local disk: on a network file system SQLite can lose what it confirmed"
	}
	e.Find("file system", name, store.Wrong, remedy)
}

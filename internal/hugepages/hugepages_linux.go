package hugepages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	pageSize = 2 << 20 // of a processor whose small pages have 4 KiB
	worth    = 64 << 10
)

// Ask asks for huge pages for the memory that these words lie in. It is for words that nothing was
// written to yet: what has small pages keeps them for a while. It asks for whole pages, and so
// perhaps for what lies beside the words: Go maps its heap in pieces of 64 MiB, so that nothing
// but heap is there. Too little to be worth it is left alone.
func Ask(words []uint64) {
	if 8*len(words) < worth || unix.Getpagesize() != 4096 {
		return
	}
	from := uintptr(unsafe.Pointer(unsafe.SliceData(words))) //nolint:gosec // G103: the kernel wants an address
	to := from + 8*uintptr(len(words))
	from &^= pageSize - 1
	to = (to + pageSize - 1) &^ (pageSize - 1)
	// Where the kernel refuses, there are small pages, as there would be anyway.
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_HUGEPAGE)
}

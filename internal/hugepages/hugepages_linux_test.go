package hugepages_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/keywright/keywright/internal/hugepages"
	"golang.org/x/sys/unix"
)

func TestHugePagesAreAskedForWhereTheyAreWorthIt(t *testing.T) {
	_, err := os.Stat("/sys/kernel/mm/transparent_hugepage")
	given := err == nil && unix.Getpagesize() == 4096
	for name, c := range map[string]struct {
		words int
		asked bool
	}{
		"none":            {0, false},
		"a little":        {1 << 10, false},
		"half a megabyte": {1 << 16, given},
		"much":            {1 << 19, given},
	} {
		words := mapped(t, 1<<20) // 8 MiB
		hugepages.Ask(words[1<<18:][:c.words])
		if got := asked(t, &words[1<<18]); got != c.asked {
			t.Errorf("%s: asked for it %t, want %t", name, got, c.asked)
		}
	}
}

// mapped are words in memory that nothing else has.
func mapped(t *testing.T, words int) []uint64 {
	t.Helper()
	memory, err := unix.Mmap(-1, 0, 8*words, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(memory) })
	return unsafe.Slice((*uint64)(unsafe.Pointer(&memory[0])), words)
}

// asked looks up what the kernel knows of the memory: "hg" is the flag for it.
func asked(t *testing.T, word *uint64) bool {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range bytes.Lines(maps) {
		var from, to uintptr
		if n, _ := fmt.Sscanf(string(line), "%x-%x ", &from, &to); n == 2 {
			at := uintptr(unsafe.Pointer(word))
			inside = from <= at && at < to
		}
		if flags, ok := strings.CutPrefix(string(line), "VmFlags:"); ok && inside {
			return strings.Contains(flags+" ", " hg ")
		}
	}
	t.Fatal("the kernel does not know the memory")
	return false
}

package e2e

import (
	"bytes"
	"debug/elf"
	bits "encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// wallClock is the time of day as one process sees it. Linux has one for all, so the process's own
// copy of the function that reads it (vdso(7)) is replaced: by one that asks the kernel, and adds
// to the time of day, and to no other clock, what it is told to.
type wallClock struct {
	memory *os.File
	added  int64 // where in memory
}

// replacement is clock_gettime(2): the system call, and then for CLOCK_REALTIME, which is 0, the
// addition to the seconds of the number that stands two bytes after its end.
var replacement = []byte{
	0xb8, 0xe4, 0, 0, 0, // mov $228, %eax
	0x0f, 0x05, // syscall
	0x85, 0xff, // test %edi, %edi
	0x75, 0x0a, // jne to the ret
	0x48, 0x8b, 0x0d, 6, 0, 0, 0, // mov 6(%rip), %rcx
	0x48, 0x01, 0x0e, // add %rcx, (%rsi)
	0xc3, // ret
}

// wallClock gives the process a clock that can be stepped.
func (n *node) wallClock(t *testing.T) *wallClock {
	t.Helper()
	pid := n.command.Process.Pid
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	var begin, end int64
	for line := range strings.Lines(string(maps)) {
		if strings.HasSuffix(strings.TrimSpace(line), "[vdso]") {
			if _, err := fmt.Sscanf(line, "%x-%x", &begin, &end); err != nil {
				t.Fatal(err)
			}
		}
	}
	w := &wallClock{}
	if w.memory, err = os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.memory.Close() })
	image := make([]byte, end-begin)
	if _, err := w.memory.ReadAt(image, begin); err != nil {
		t.Fatal(err)
	}
	const room = 64
	if free := image[len(image)-room:]; !bytes.Equal(free, make([]byte, room)) {
		t.Fatalf("there is no room behind the functions: % x", free)
	}
	n.signal(t, syscall.SIGSTOP)
	w.added = end - room + int64(len(replacement)) + 2
	w.write(t, end-room, replacement)
	at := begin + function(t, image, "__vdso_clock_gettime")
	w.write(t, at, bits.LittleEndian.AppendUint32([]byte{0xe9}, uint32(end-room-at-5))) // jmp
	n.signal(t, syscall.SIGCONT)
	return w
}

// function is where in an image a function begins.
func function(t *testing.T, image []byte, name string) int64 {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if s.Name == name {
			return int64(s.Value)
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func (w *wallClock) write(t *testing.T, at int64, text []byte) {
	t.Helper()
	if _, err := w.memory.WriteAt(text, at); err != nil {
		t.Fatal(err)
	}
}

// step steps the time of day to so much after the true one.
func (w *wallClock) step(t *testing.T, d time.Duration) {
	t.Helper()
	w.write(t, w.added, bits.LittleEndian.AppendUint64(nil, uint64(int64(d/time.Second))))
}

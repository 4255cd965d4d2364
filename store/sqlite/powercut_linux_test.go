package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/keywright/keywright"
)

// A file system whose power is cut: ext4 on a file, shut down so that what it has not written
// yet is gone (FS_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, ext4's own means to test this).
const (
	shutdown      = 0x8004587d
	withoutWrites = 2
	cuts          = 150
)

// disk is a file system of the test's own.
type disk struct{ image, at string }

// newDisk makes one. Only root may mount, and not in every container.
func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{filepath.Join(t.TempDir(), "image"), t.TempDir()}
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("a file system can be mounted, and its power cut, by root only; CI must be root")
		}
		t.Skip("a file system can be mounted, and its power cut, by root only")
	}
	for _, c := range [][]string{{"truncate", "-s", "64M", d.image}, {"mkfs.ext4", "-q", d.image}} {
		if said, err := exec.CommandContext(t.Context(), c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c[0], err, said)
		}
	}
	if err := d.on(); err != nil {
		t.Skipf("this machine lets nobody mount a file as a disk: %v", err)
	}
	t.Cleanup(d.off)
	return d
}

func (d *disk) on() error {
	said, err := exec.Command("mount", "-o", "loop", d.image, d.at).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

func (d *disk) off() { _ = unix.Unmount(d.at, 0) }

// cut takes its power away; nothing can be read or written until it is off and on again.
func (d *disk) cut(t *testing.T) {
	t.Helper()
	root, err := os.Open(d.at)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := unix.IoctlSetPointerInt(int(root.Fd()), shutdown, withoutWrites); err != nil {
		t.Fatalf("shut the file system down: %v", err)
	}
}

// What was answered before the power went stands when it is back; with less care than ours on
// the same disk it does not, which shows that the cut is one.
func TestPowerCutLosesNothingThatWasAnswered(t *testing.T) {
	d := newDisk(t)
	answers, lost := 0, 0
	for range cuts {
		dir, answered := d.round(t, "write")
		answers += len(answered)
		checkWhole(t, dir, answered)
		if t.Failed() {
			t.FailNow()
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	const controls = 15
	for range controls {
		dir, answered := d.round(t, "write-normal")
		if missing(t, dir, answered) > 0 {
			lost++
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d power cuts, %d answered keys, none lost; with synchronous=NORMAL, %d of %d cuts lost some", cuts, answers, lost, controls)
	if lost == 0 {
		t.Error("synchronous=NORMAL lost nothing: this test would see no loss")
	}
}

// round lets a process write until the power goes, and answers the folder, there again, and what
// was answered before.
func (d *disk) round(t *testing.T, how string) (string, map[string]string) {
	t.Helper()
	dir, err := os.MkdirTemp(d.at, "d")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, Options{})
	if err := errors.Join(s.Write(t.Context(), func(tx keywright.Tx) error { return insertAcme(t.Context(), tx) }), s.Close()); err != nil {
		t.Fatal(err)
	}
	p := play(t, how, dir)
	var heard sync.Mutex
	answered, cut, ended := map[string]string{}, false, make(chan struct{})
	p.line(t) // it is at work
	go func() {
		defer close(ended)
		for p.lines.Scan() {
			heard.Lock()
			if what, id, ok := strings.Cut(p.lines.Text(), " "); ok && (what == "issued" || what == "revoked") && !cut {
				answered[id] = what
			}
			heard.Unlock()
		}
	}()
	<-time.After(time.Duration(5+rand.IntN(60)) * time.Millisecond)
	heard.Lock()
	cut = true // an answer that comes while the power goes may stand or not
	d.cut(t)
	heard.Unlock()
	_ = p.Process.Kill()
	<-ended
	_ = p.Wait()
	d.off()
	if err := d.on(); err != nil {
		t.Fatal(err)
	}
	return dir, answered
}

// missing counts the answered keys and revocations that are not there.
func missing(t *testing.T, dir string, answered map[string]string) (n int) {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for id, what := range answered {
		k, err := s.Key(t.Context(), acme, keywright.KeyID("key_"+id))
		if err != nil || what == "revoked" && k.Revoked.IsZero() {
			n++
		}
	}
	return n
}

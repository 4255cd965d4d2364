package sqlite

import (
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
)

// A disk on which nothing more can be written: the commit fails with an I/O error, and
// whether it stands is unknown.
func TestCommitOfUnknownOutcomeEndsAllWriting(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, "a", 1)
	revokeFirst := func() error {
		return s.Write(t.Context(), func(tx keywright.Tx) error { return revoke(t.Context(), tx, "a0") })
	}
	select {
	case <-s.Broken():
		t.Fatal("broken before anything happened")
	default:
	}
	withoutRoom(t, filepath.Join(dir, "keywright.db-wal"), func() {
		if err := revokeFirst(); !errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Errorf("the commit: got error %v, want unknown outcome", err)
		}
	})
	select {
	case <-s.Broken():
	default:
		t.Error("Broken is not closed")
	}
	for what, err := range map[string]error{
		"a write":   revokeFirst(),
		"a session": s.Sessions().Commit("token", []byte("x"), time.Now().Add(time.Hour)),
		"a ping":    s.Ping(t.Context()),
	} {
		if !errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Errorf("%s afterwards: got error %v, want unknown outcome", what, err)
		}
	}
	if _, err := s.Sealed(t.Context(), "key_a0"); err != nil {
		t.Errorf("a read afterwards: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, dir, map[string]string{"a0": "issued"})
}

// withoutRoom lets no file grow beyond the size that path has now.
func withoutRoom(t *testing.T, path string, do func()) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = uint64(info.Size())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

// A full disk is no unknown outcome: what did not fit is not there, and once there is room
// the next write goes through.
func TestFullDiskIsSurvived(t *testing.T) {
	s, write := fromParts(t, store.Options{})
	fill(t, s, "a", 1)
	must(t, write, "PRAGMA max_page_count = 1")
	big := strings.Repeat("x", 1<<20)
	save := func() error { return s.Sessions().Commit("token", []byte(big), time.Now().Add(time.Hour)) }
	if err := save(); err == nil || errors.Is(err, keywright.ErrOutcomeUnknown) {
		t.Errorf("no room: got error %v, want a known failure", err)
	}
	if err := s.Write(t.Context(), func(tx keywright.Tx) error { return revoke(t.Context(), tx, "a0") }); err != nil {
		t.Errorf("a revocation, which needs no new page: %v", err)
	}
	must(t, write, "PRAGMA max_page_count = 1000000")
	if err := save(); err != nil {
		t.Errorf("with room: %v", err)
	}
}

// fromParts is a store with other options, and the connection with which it writes.
func fromParts(t *testing.T, o store.Options) (*store.Store, *sql.DB) {
	t.Helper()
	f, err := enter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write, err := writer(t.Context(), f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	read, err := connect(t.Context(), f.dsn(reading()), 2, reading())
	if err != nil {
		t.Fatal(err)
	}
	o.Release = f.leave
	s := store.New(store.Pools{Write: write, Read: read, Follow: read, Nodes: write}, dialect(), o)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, write
}

package postgrestest

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Replicating are the Settings of a server that is to have a standby.
func Replicating() map[string]string {
	return map[string]string{"wal_level": "replica", "max_wal_senders": "4"}
}

// Standby makes and starts a server that follows this one, which was started as Replicating.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	o := &Server{Port: s.Port, bin: s.bin, as: s.as}
	var err error
	if o.folder, err = os.MkdirTemp(place(), "kwpg"); err == nil && o.as != nil {
		err = os.Chown(o.folder, int(o.as.Uid), int(o.as.Gid))
	}
	if err == nil {
		err = o.keep()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.leash.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Follow(t, s)
	return o
}

// Follow starts this server, which is down, as a standby of another: a copy of that one takes the
// place of all that it had.
func (s *Server) Follow(t testing.TB, primary *Server) {
	t.Helper()
	data := filepath.Join(s.folder, "data")
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	backup := exec.Command(filepath.Join(s.bin, "pg_basebackup"), "-D", data, "-h", primary.folder, "-p", fmt.Sprint(primary.Port),
		"-U", "postgres", "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
	backup.Dir, backup.SysProcAttr = "/", &syscall.SysProcAttr{Credential: s.as}
	if out, err := backup.CombinedOutput(); err != nil {
		t.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	if err := s.configure(Options{Settings: Replicating()}); err != nil {
		t.Fatal(err)
	}
	s.Begin(t)
	primary.await(t, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", 1)
}

// Synchronous has this server confirm no commit that its standby has not on its disk.
func (s *Server) Synchronous(t testing.TB) {
	t.Helper()
	if err := s.do(t.Context(), "postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	s.await(t, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", 1)
	// Backends wait for the standby once the checkpointer has read the setting too, which it does
	// before it does anything else: a first checkpoint may have been begun before.
	if err := s.do(t.Context(), "postgres", "CHECKPOINT", "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
}

// Replicated waits until the standby of this server has everything.
func (s *Server) Replicated(t testing.TB) {
	t.Helper()
	s.await(t, "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_flush_lsn()", 1)
}

// Promote makes a primary of a standby.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	if err := s.do(t.Context(), "postgres", "SELECT pg_promote(true, 60)"); err != nil {
		t.Fatal(err)
	}
	s.await(t, "SELECT count(*) WHERE pg_is_in_recovery()", 0)
}

// On is the same database on another server.
func (d *Database) On(s *Server) *Database { return &Database{s, d.Name} }

// await waits until the server answers a question with a number.
func (s *Server) await(t testing.TB, question string, want int) {
	t.Helper()
	db, err := sql.Open("pgx", s.URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var got int
		err := db.QueryRowContext(t.Context(), question).Scan(&got)
		if err == nil && got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s answered %d, %v, want %d", question, got, err, want)
		}
	}
}

package postgrestest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Socket is where the server listens.
func (s *Server) Socket() string { return filepath.Join(s.folder, fmt.Sprint(".s.PGSQL.", s.Port)) }

// Crash ends the server at once, as `pg_ctl stop -m immediate` does: every process of it drops
// what it is doing, and the next start recovers from the log.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.end(t, "QUIT")
}

// Kill kills the server's first process. The others end when they find out, and until then no
// server can be started on their memory, so they are waited for.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	_, others := s.processes(t)
	s.end(t, "KILL")
	for end := time.Now().Add(time.Minute); len(others) > 0; time.Sleep(time.Millisecond) {
		if gone(others[0]) {
			others = others[1:]
		} else if time.Now().After(end) {
			t.Fatal("processes of the server go on without their first")
		}
	}
}

// Freeze stops every process of the server where it is: connections stay, and nothing comes back.
func (s *Server) Freeze(t testing.TB) {
	t.Helper()
	s.all(t, syscall.SIGSTOP)
}

// Thaw lets them go on.
func (s *Server) Thaw(t testing.TB) {
	t.Helper()
	s.all(t, syscall.SIGCONT)
}

// all sends a signal to the first process, so that it starts no others meanwhile, and then to
// those that it has started.
func (s *Server) all(t testing.TB, signal syscall.Signal) {
	t.Helper()
	first, _ := s.processes(t)
	if err := syscall.Kill(first, signal); err != nil {
		t.Fatal(err)
	}
	_, others := s.processes(t)
	for _, pid := range others {
		_ = syscall.Kill(pid, signal) // it may have ended
	}
}

// processes are the server's first and those that it has started.
func (s *Server) processes(t testing.TB) (first int, others []int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.folder, "data", "postmaster.pid"))
	if err == nil {
		line, _, _ := strings.Cut(string(text), "\n")
		first, err = strconv.Atoi(line)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, _ = os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", first, first))
	for _, field := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(field); err == nil {
			others = append(others, pid)
		}
	}
	return first, others
}

// gone reports whether a process has ended, whoever is to take notice of that.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}

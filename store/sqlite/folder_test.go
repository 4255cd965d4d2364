package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantRefusal fails unless dir can't be opened, for a reason that has these words.
func wantRefusal(t *testing.T, dir string, words ...string) {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err == nil {
		_ = s.Close()
		t.Fatal("it was opened")
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("got error %q, want %q in it", err, word)
		}
	}
}

func TestSecondOpenInOneProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, dir, dir, "in use by another keywright process")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, Options{})
}

func TestSecondProcessIsRefusedUntilTheFirstEnds(t *testing.T) {
	dir := t.TempDir()
	first := play(t, "open", dir)
	if line := first.line(t); line != "<nil>" {
		t.Fatalf("the first process: %s", line)
	}
	for range 5 {
		wantRefusal(t, dir, "in use by another keywright process")
	}
	first.kill(t)
	open(t, dir, Options{})
	second := play(t, "open", dir)
	if line := second.line(t); !strings.Contains(line, "in use by another keywright process") {
		t.Errorf("the second process: %s", line)
	}
	second.kill(t)
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	check := func() {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) < 4 {
			t.Errorf("got %d files, want database, log, shared memory and lock", len(entries))
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("%s: got mode %v, %v; want 0600", entry.Name(), info.Mode(), err)
			}
		}
	}
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: got mode %v, %v; want 0700", info.Mode(), err)
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "keywright.db"), 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, dir, Options{})
	check()
}

func TestUnusableFoldersAreRefused(t *testing.T) {
	t.Run("a file where the folder should be", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, path, path, "not a directory")
	})
	t.Run("a folder where the database should be", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "keywright.db"), 0o700); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, dir, "keywright.db", "directory")
	})
	t.Run("a folder that this user may not write to", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		asNobody(t, func() { wantRefusal(t, dir, dir, "not writable by this user") })
	})
	t.Run("a database that this user may not write to", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir, Options{})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for path, mode := range map[string]os.FileMode{"keywright.db": 0o400, "keywright.lock": 0o666, ".": 0o777} {
			if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
				t.Fatal(err)
			}
		}
		asNobody(t, func() { wantRefusal(t, dir, dir, "not writable by this user") })
	})
}

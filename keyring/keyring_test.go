package keyring_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/keywright/keywright/keyring"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
)

// database is a real one, which knows these check values.
func database(t *testing.T, known map[int][]byte) *store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.SaveKeyringChecks(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	return db
}

func known(t *testing.T, db *store.Store) map[int][]byte {
	t.Helper()
	checks, err := db.KeyringChecks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

// chance is a source of bytes that are no more random than a test needs.
func chance(from byte) io.Reader {
	return bytes.NewReader(bytes.Repeat([]byte{from, from + 1, from + 2, from + 3}, 64))
}

// place is a path for a keyring in a folder of its own.
func place(t *testing.T) string { return filepath.Join(t.TempDir(), "keyring") }

func made(t *testing.T, path string, from byte) *secret.Keyring {
	t.Helper()
	k, err := keyring.Make(path, chance(from))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func put(t *testing.T, path string, text []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // past the umask
		t.Fatal(err)
	}
}

func same(a, b *secret.Keyring) bool { return bytes.Equal(a.Encode(), b.Encode()) }

func TestFirstStartMakesAKeyringAndLaterOnesFindIt(t *testing.T) {
	path, db := place(t), database(t, nil)
	first, err := keyring.Open(t.Context(), path, "", db, chance(1))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("got mode %v, %v; want 0600", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("got %d files beside it, %v", len(left)-1, err)
	}
	if check, _ := first.Check(1); !bytes.Equal(known(t, db)[1], check[:]) {
		t.Error("the database did not learn the check value")
	}
	second, err := keyring.Open(t.Context(), path, "", db, chance(9))
	if err != nil || !same(first, second) {
		t.Errorf("the second start has another keyring, %v", err)
	}
}

func TestVariableStandsInForTheFile(t *testing.T) {
	path, db := place(t), database(t, nil)
	k, err := secret.MakeKeyring(chance(1))
	if err != nil {
		t.Fatal(err)
	}
	got, err := keyring.Open(t.Context(), path, string(k.Encode()), db, chance(9))
	if err != nil || !same(k, got) {
		t.Errorf("got another keyring, %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

func TestNewPepperIsAddedToTheDatabase(t *testing.T) {
	path, db := place(t), database(t, nil)
	if _, err := keyring.Open(t.Context(), path, "", db, chance(1)); err != nil {
		t.Fatal(err)
	}
	k, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	next, err := k.Next(chance(9))
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, next.Encode(), 0o600)
	for range 2 {
		if _, err := keyring.Open(t.Context(), path, "", db, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(known(t, db)); got != 2 {
		t.Errorf("the database knows %d peppers, want 2", got)
	}
	put(t, path, k.Encode(), 0o600) // the older backup
	if _, err := keyring.Open(t.Context(), path, "", db, nil); err == nil || !strings.Contains(err.Error(), "lacks pepper 2") {
		t.Errorf("the older keyring: got error %v", err)
	}
}

// Each refusal says what to do and nothing of a pepper, and leaves all as it was.
func TestRefusals(t *testing.T) {
	right, err := secret.MakeKeyring(chance(1))
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.MakeKeyring(chance(9))
	if err != nil {
		t.Fatal(err)
	}
	check, _ := right.Check(1)
	for name, c := range map[string]struct {
		file  []byte
		mode  os.FileMode
		env   string
		words []string
	}{
		"missing, while the database has keys": {nil, 0, "", []string{"is missing", "restore it from your backup", "a new one would make every key fail"}},
		"another one":                          {other.Encode(), 0o600, "", []string{"is not the keyring of this database", "restore the right one"}},
		"another one in the variable":          {nil, 0, string(other.Encode()), []string{"KEYWRIGHT_KEYRING", "is not the keyring of this database"}},
		"readable by everyone":                 {right.Encode(), 0o644, "", []string{"open to other users", "0644", "chmod 600"}},
		"readable by the group":                {right.Encode(), 0o640, "", []string{"open to other users", "chmod 600"}},
		"writable by everyone":                 {right.Encode(), 0o602, "", []string{"open to other users"}},
		"cut short":                            {right.Encode()[:len(right.Encode())-9], 0o600, "", []string{"restore it from your backup"}},
		"empty":                                {[]byte{}, 0o600, "", []string{"restore it from your backup"}},
		"the header alone":                     {[]byte("keywright-keyring-v1\n"), 0o600, "", []string{"no pepper", "restore it from your backup"}},
		"no keyring":                           {[]byte("-----BEGIN PRIVATE KEY-----\n"), 0o600, "", []string{"restore it from your backup"}},
		"no keyring in the variable":           {nil, 0, "hunter2hunter2hunter2", []string{"KEYWRIGHT_KEYRING"}},
		"zeros":                                {[]byte("keywright-keyring-v1\n1 " + strings.Repeat("A", 43) + "=\n"), 0o600, "", []string{"all zeros"}},
	} {
		t.Run(name, func(t *testing.T) {
			path, db := place(t), database(t, map[int][]byte{1: check[:]})
			if c.file != nil {
				put(t, path, c.file, c.mode)
			}
			k, err := keyring.Open(t.Context(), path, c.env, db, chance(5))
			if err == nil || k != nil {
				t.Fatal("it was opened")
			}
			for _, word := range append(c.words, "") {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("got error %q, want %q in it", err, word)
				}
			}
			for _, ring := range []*secret.Keyring{right, other} {
				_, pepper, _ := strings.Cut(string(ring.Encode()), "\n1 ")
				if strings.Contains(err.Error(), pepper[:12]) {
					t.Error("the error holds a part of a pepper")
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error echoes the variable")
			}
			if after, err := os.ReadFile(path); c.file == nil != errors.Is(err, os.ErrNotExist) || !bytes.Equal(after, c.file) {
				t.Errorf("the file was changed, %v", err)
			}
			if after := known(t, db); len(after) != 1 || !bytes.Equal(after[1], check[:]) {
				t.Error("the database's check values were changed")
			}
		})
	}
}

func TestKeyringThatIsNoFileIsRefused(t *testing.T) {
	path := place(t)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(t.Context(), path, "", database(t, nil), chance(1)); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("got error %v", err)
	}
}

func TestDatabaseThatDoesNotAnswerMakesNoKeyring(t *testing.T) {
	path, db := place(t), database(t, nil)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(t.Context(), path, "", db, chance(1)); err == nil {
		t.Error("it was opened")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

func TestSourceOfChanceThatFailsMakesNoKeyring(t *testing.T) {
	for name, random := range map[string]io.Reader{"ends early": strings.NewReader("short"), "gives zeros": bytes.NewReader(make([]byte, 64))} {
		path := place(t)
		if _, err := keyring.Make(path, random); err == nil {
			t.Errorf("%s: a keyring was made", name)
		}
		if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
			t.Errorf("%s: got %d files, %v", name, len(left), err)
		}
	}
}

func TestFolderThatIsNotThereIsSaid(t *testing.T) {
	if _, err := keyring.Make(filepath.Join(t.TempDir(), "none", "keyring"), chance(1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v", err)
	}
}

func TestTwoFirstStartsAgreeOnOneKeyring(t *testing.T) {
	path := place(t)
	rings := make([]*secret.Keyring, 8)
	var starts sync.WaitGroup
	for i := range rings {
		starts.Go(func() {
			k, err := keyring.Make(path, chance(byte(i*8)))
			if err != nil {
				t.Error(err)
				return
			}
			rings[i] = k
		})
	}
	starts.Wait()
	kept, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range rings {
		if k == nil || !same(k, kept) {
			t.Errorf("start %d has another keyring than the file", i)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("got %d files, %v; want 1", len(left), err)
	}
}

func TestOlderFileIsNeverReplaced(t *testing.T) {
	path := place(t)
	first := made(t, path, 1)
	if second := made(t, path, 9); !same(first, second) {
		t.Error("the second Make answers a keyring of its own")
	}
}

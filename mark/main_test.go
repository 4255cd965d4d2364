package mark

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain matches passwords without the work, which these tests are not about.
type plain struct{}

func (plain) Hash(_ context.Context, password string) (string, error) {
	return "plain:" + password, nil
}

func (plain) Match(_ context.Context, password, hash string) (bool, error) {
	return hash == "plain:"+password, nil
}

// house is a Service on a real database, with an account and its owner, and the keeper of a node.
type house struct {
	*keywright.Service
	dir    string
	store  *store.Store
	keeper *Keeper
	owner  keywright.Member
	syncs  atomic.Int64 // of the journal and the mark
}

func build(t testing.TB) *house {
	t.Helper()
	h := move(t, t.TempDir(), t.TempDir())
	_, owner, _, err := h.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme", Plan: "standard",
		Owner: keywright.NewMember{Name: "Zoe", Email: "zoe@acme.example", Password: "a good password"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.owner = owner
	return h
}

// move is a house on the database in one folder, with a mark in another one.
func move(t testing.TB, database, marked string) *house {
	t.Helper()
	ring, err := secret.MakeKeyring(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{dir: database}
	if h.store, err = sqlite.Open(t.Context(), database, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	h.Service = keywright.New(h.store, ring, plain{}, keywright.Options{})
	h.keeper = h.open(t, marked)
	at, err := h.store.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := h.keeper.Mark(); !ok {
		if err := h.keeper.Take(at.Database, at.At); err != nil {
			t.Fatal(err)
		}
	}
	h.syncs.Store(0)
	h.store.Journal(h.keeper.Keep)
	return h
}

func (h *house) open(t testing.TB, dir string) *Keeper {
	t.Helper()
	k, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	k.sync = func(f *os.File) error { h.syncs.Add(1); return f.Sync() }
	return k
}

// copy is the database as it is now, in a folder of its own.
func (h *house) copy(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "keywright.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir := t.TempDir()
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO $1", filepath.Join(dir, "keywright.db")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// back is what becomes of the house when a copy is put in the place of its database.
func (h *house) back(t testing.TB, copied string) *house {
	t.Helper()
	if err := h.keeper.Close(); err != nil {
		t.Fatal(err)
	}
	restored := move(t, copied, h.keeper.dir)
	restored.owner = h.owner
	return restored
}

func (h *house) issue(t testing.TB) keywright.KeyID {
	t.Helper()
	key, _, err := h.Issue(t.Context(), h.owner.By(), keywright.NewKey{Description: "CI"})
	if err != nil {
		t.Fatal(err)
	}
	return key.ID
}

func (h *house) revoke(t testing.TB, id keywright.KeyID) {
	t.Helper()
	if _, _, err := h.Revoke(t.Context(), h.owner.By(), id, "leaked"); err != nil {
		t.Fatal(err)
	}
}

func (h *house) setPlan(t testing.TB, plan string) {
	t.Helper()
	if _, _, err := h.SetPlan(t.Context(), keywright.Operator(h.owner.Account), plan); err != nil {
		t.Fatal(err)
	}
}

// at is where the history of the database is.
func (h *house) at(t testing.TB) keywright.Point {
	t.Helper()
	history, err := h.store.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return history.At
}

func (h *house) examine(t testing.TB, others ...string) Finding {
	t.Helper()
	f, err := h.keeper.Examine(t.Context(), h.store, others...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// missing is what the database lacks, in words.
func (h *house) missing(t testing.TB, f Finding) []keywright.Missing {
	t.Helper()
	all, err := keywright.FindMissing(t.Context(), h.store, policy.Default(), f.Restrictions)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func lacks(all []keywright.Missing) map[keywright.Lack]int {
	n := map[keywright.Lack]int{}
	for _, m := range all {
		n[m.What]++
	}
	return n
}

// journalled are the restrictions in the journal.
func (h *house) journalled(t testing.TB) []keywright.Restriction {
	t.Helper()
	j, err := ReadJournal(filepath.Join(h.keeper.dir, journalFile))
	if err != nil || j.Unreadable > 0 {
		t.Fatalf("journal: %d unreadable, %v", j.Unreadable, err)
	}
	return j.Last
}

func instant(s int) time.Time { return time.Date(2026, 5, 3, 12, 0, s, 123e6, time.UTC) }

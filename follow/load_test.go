package follow_test

import (
	"bytes"
	"database/sql"
	"errors"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/store"
)

func TestNothingVerifiesBeforeItIsLoaded(t *testing.T) {
	h := build(t)
	_, text := h.issue(t)
	f := h.follower(patient())
	h.store.Follow(f.Committed)
	h.issue(t)
	wantCode(t, f, "before", text, keyset.Stale)
	wantReady(t, f, "before", false, "keys are not loaded")
	if f.Applied() != 0 {
		t.Errorf("got revision %d before", f.Applied())
	}
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f, "after", text, keyset.Valid)
	wantReady(t, f, "after", true, "2 keys at revision 3")
}

func TestLoadTellsHowFarItIs(t *testing.T) {
	h := build(t)
	for range 3 {
		h.issue(t)
	}
	var log bytes.Buffer
	var looks atomic.Int64
	f := h.follower(follow.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Clock: func() time.Duration {
		return time.Duration(looks.Add(1)) * 2 * time.Second // each look at the clock is one too many
	}})
	var told []string
	h.line.taking = func(s keyset.Snapshot) keyset.Snapshot {
		s.Keys = 5000
		s.Records = each(s.Records, func(record keyset.Change) []keyset.Change {
			key, ok := record.(keyset.Key)
			if !ok {
				return []keyset.Change{record}
			}
			var many []keyset.Change
			for i := range 1500 {
				key.ID = key.ID[:8] + string([]byte{byte('0' + i/1000), byte('0' + i/100%10), byte('0' + i/10%10), byte('0' + i%10)})
				many = append(many, key)
			}
			_, words := f.Ready()
			told = append(told, words)
			return many
		})
		return s
	}
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(told, ", "); !strings.HasPrefix(got, "loading keys: 0 of about 5000, loading keys: ") {
		t.Errorf("Ready said %q", got)
	}
	for _, words := range []string{
		`"loading keys: 0 of about 5000" revision=4`, `"loading keys: 1000 of about 5000"`, `"loading keys: 4000 of about 5000"`,
		`"keys are loaded" keys=4500 revision=4 took=`,
	} {
		if !strings.Contains(log.String(), words) {
			t.Errorf("the log lacks %s:\n%s", words, &log)
		}
	}
}

// each makes other records of each.
func each(records iter.Seq2[keyset.Change, error], make func(keyset.Change) []keyset.Change) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		for record, err := range records {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, one := range make(record) {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

// after does something once when so many records have gone by.
func after(records iter.Seq2[keyset.Change, error], n int, do func()) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		for record, err := range records {
			if n--; n == 0 {
				do()
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

func TestWhatIsCommittedDuringALoadIsInTheKeyset(t *testing.T) {
	for n := range 4 { // of an account, a member and two keys
		h := build(t)
		id, text := h.issue(t)
		_, second := h.issue(t)
		f := h.follower(patient())
		h.store.Follow(f.Committed)
		var third string
		h.line.taking = func(s keyset.Snapshot) keyset.Snapshot {
			s.Records = after(s.Records, n+1, func() {
				h.revoke(t, id)
				_, third = h.issue(t)
			})
			return s
		}
		for _, what := range []string{"first load", "loaded anew"} {
			if err := f.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantCode(t, f, what+": revoked", text, keyset.Revoked)
			wantCode(t, f, what+": left alone", second, keyset.Valid)
			wantCode(t, f, what+": issued", third, keyset.Valid)
			id, text = h.issue(t)
			wantCode(t, f, what+": issued after it", text, keyset.Valid)
		}
	}
}

// While keys are loaded anew, the keyset goes on as it is, and hears of commits.
func TestKeysetGoesOnWhileItIsLoadedAnew(t *testing.T) {
	h := build(t)
	id, text := h.issue(t)
	f := h.loaded(t)
	h.line.taking = func(s keyset.Snapshot) keyset.Snapshot {
		s.Records = after(s.Records, 2, func() {
			wantCode(t, f, "in the middle", text, keyset.Valid)
			h.revoke(t, id)
			wantCode(t, f, "revoked in the middle", text, keyset.Revoked)
		})
		return s
	}
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f, "afterwards", text, keyset.Revoked)
}

func TestLoadThatFailsLeavesTheKeysetAsItIs(t *testing.T) {
	interrupted := errors.New("interrupted")
	for name, taking := range map[string]func(keyset.Snapshot) keyset.Snapshot{
		"the snapshot is interrupted": func(s keyset.Snapshot) keyset.Snapshot {
			s.Records = func(yield func(keyset.Change, error) bool) { yield(nil, interrupted) }
			return s
		},
		"it is interrupted in the middle": func(s keyset.Snapshot) keyset.Snapshot {
			records, n := s.Records, 0
			s.Records = func(yield func(keyset.Change, error) bool) {
				for record, err := range records {
					if n++; n == 3 {
						yield(nil, interrupted)
						return
					}
					if !yield(record, err) {
						return
					}
				}
			}
			return s
		},
		"a record cannot be": func(s keyset.Snapshot) keyset.Snapshot {
			s.Records = each(s.Records, func(keyset.Change) []keyset.Change {
				return []keyset.Change{nil}
			})
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t)
			_, text := h.issue(t)
			f := h.loaded(t)
			revision := f.Applied()
			h.line.set(func(l *line) { l.taking = taking })
			if err := f.Load(t.Context()); err == nil || strings.Contains(name, "interrupted") && !errors.Is(err, interrupted) {
				t.Errorf("got error %v", err)
			}
			wantCode(t, f, "the key", text, keyset.Valid)
			wantReady(t, f, "afterwards", true, "1 keys at revision 2")
			if f.Applied() != revision {
				t.Errorf("got revision %d, want %d", f.Applied(), revision)
			}
		})
	}
}

// A restored backup has the revoked key alive. It must not come back to life here, nor may
// changes to the backup be taken for those that would have come.
func TestDatabaseThatWentBackwardsIsRefused(t *testing.T) {
	for name, next := range map[string]func(t *testing.T, h *house){
		"as it was":              func(*testing.T, *house) {},
		"and is written to":      func(t *testing.T, h *house) { h.setPlan(t, "basic") },
		"and has gone on beyond": func(t *testing.T, h *house) { pass(time.Second); more(t, h) },
	} {
		t.Run(name, func(t *testing.T) {
			running(t, follow.Options{}, func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string) {
				backup := h.backup(t)
				h.revoke(t, id)
				more(t, h)
				pass(time.Second)
				wantCode(t, f, "revoked", text, keyset.Revoked)
				h.line.set(func(l *line) { l.to = backup })
				next(t, &house{Service: keywright.New(backup, h.keyring, plain{}, keywright.Options{}), owner: h.owner})
				pass(time.Second)
				for range 10 {
					wantCode(t, f, "after the backup", text, keyset.Stale)
					wantReady(t, f, "after the backup", false, "the database went backwards, and nothing more is taken from it; the log says what there is to decide")
					pass(time.Minute)
				}
				f.Committed(keywright.Changes{Since: f.Applied(), Revision: f.Applied() + 1})
				wantCode(t, f, "after a commit to it", text, keyset.Stale)
			})
		})
	}
	t.Run("and it is seen only when keys are loaded anew", func(t *testing.T) {
		h := build(t)
		id, text := h.issue(t)
		backup := h.backup(t)
		h.revoke(t, id)
		f := h.loaded(t)
		h.line.set(func(l *line) { l.to = backup })
		if err := f.Load(t.Context()); !errors.Is(err, keyset.ErrBackwards) {
			t.Errorf("got error %v, want that it went backwards", err)
		}
		wantCode(t, f, "after the backup", text, keyset.Stale)
	})
}

func more(t *testing.T, h *house) {
	t.Helper()
	for range 5 {
		h.issue(t)
	}
}

// backup is a copy of the database as it is now.
func (h *house) backup(t *testing.T) *store.Store {
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
	return open(t, dir)
}

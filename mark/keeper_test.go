package mark

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keywright/keywright"
)

func TestWhatIsTakenAwayIsOnTheDiskBeforeItsAnswer(t *testing.T) {
	h := build(t)
	id := h.issue(t)
	h.syncs.Store(0)
	h.revoke(t, id)
	got := h.journalled(t)
	if len(got) != 1 || got[0].Key != id || got[0].WhyRevoked != "leaked" || got[0].RevokedBy.Name != "Zoe" || got[0].At != h.at(t) {
		t.Errorf("got %+v", got)
	}
	if h.syncs.Load() != 1 {
		t.Errorf("the disk was waited for %d times, want once", h.syncs.Load())
	}
	info, err := os.Stat(filepath.Join(h.keeper.dir, journalFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the journal: %v, %v", info.Mode(), err)
	}
}

// The budget of an issue is two syncs in all, and the database takes one.
func TestAnIssueWaitsForNothing(t *testing.T) {
	h := build(t)
	h.syncs.Store(0)
	for range 20 {
		h.issue(t)
	}
	if h.syncs.Load() != 0 || len(h.journalled(t)) != 0 {
		t.Errorf("20 issues: the disk was waited for %d times", h.syncs.Load())
	}
	if err := h.keeper.look(t.Context(), h.store); err != nil {
		t.Fatal(err)
	}
	if err := h.keeper.look(t.Context(), h.store); err != nil {
		t.Fatal(err)
	}
	if h.syncs.Load() != 1 {
		t.Errorf("to note how far the database is: waited %d times, want once", h.syncs.Load())
	}
}

func TestTheMarkFollowsTheDatabase(t *testing.T) {
	h := build(t)
	id := h.issue(t)
	want := func(what string, at keywright.Point) {
		t.Helper()
		again := h.open(t, h.keeper.dir)
		if m, ok := again.Mark(); !ok || m.At != at || !strings.HasPrefix(m.Database, "db_") {
			t.Errorf("%s: got %+v, %v, want %+v", what, m, ok, at)
		}
	}
	issued := h.at(t)
	if err := h.keeper.look(t.Context(), h.store); err != nil {
		t.Fatal(err)
	}
	want("after an issue and a look", issued)
	h.issue(t)
	want("after another issue: it may lag", issued)
	h.revoke(t, id)
	want("after a revocation: it must not", h.at(t))
	info, err := os.Stat(filepath.Join(h.keeper.dir, file))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mark: %v, %v", info.Mode(), err)
	}
}

func TestRunWritesDownWhatOtherProcessesDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t)
		other := h.another(t)
		ids := []keywright.KeyID{h.issue(t), h.issue(t), h.issue(t)}
		h.revoke(t, ids[0])
		h.revoke(t, ids[1])
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- other.Run(ctx, h.store) }()
		synctest.Wait()
		wanted := []keywright.Point{h.at(t)}
		if j := read1(t, filepath.Join(other.dir, journalFile)); len(j.Last) != 2 || !slices.Equal(j.Points, wanted) {
			t.Errorf("at first: got %+v", j)
		}
		h.revoke(t, ids[2])
		time.Sleep(time.Second)
		synctest.Wait()
		wanted = append(wanted, h.at(t))
		if j := read1(t, filepath.Join(other.dir, journalFile)); len(j.Last) != 3 || !slices.Equal(j.Points, wanted) {
			t.Errorf("a second later: got %+v", j)
		}
		h.issue(t)
		time.Sleep(time.Second)
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if m, _ := h.open(t, other.dir).Mark(); m.At != h.at(t) {
			t.Errorf("at the end: got %+v", m)
		}
	})
}

// another is the keeper of another node, which hears of no commits.
func (h *house) another(t *testing.T) *Keeper {
	t.Helper()
	k := h.open(t, t.TempDir())
	history, err := h.store.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Take(history.Database, history.At); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *Keeper) now() Mark {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mark
}

// A process that has not yet seen what others did writes down its own change at once, and the
// others' with the next look.
func TestACommitBehindOthersIsWrittenDownAtOnce(t *testing.T) {
	h := build(t)
	first := h.issue(t)
	before := h.keeper.now().At
	h.keeper.Keep(keywright.Restrictions{Since: before.Revision + 7, At: keywright.Point{Revision: before.Revision + 8, Stamp: 1}, List: []keywright.Restriction{
		{At: keywright.Point{Revision: before.Revision + 8, Stamp: 1}, When: instant(0), Account: h.owner.Account, Key: first, Revoked: instant(0)},
	}})
	if got := h.journalled(t); len(got) != 1 || got[0].Key != first {
		t.Errorf("got %+v", got)
	}
	if now := h.keeper.now().At; now != before {
		t.Errorf("the mark went on to %+v over what was not written down", now)
	}
	if m, _ := h.keeper.Mark(); m.At.Revision != before.Revision+8 {
		t.Errorf("seen: got %+v", m)
	}
}

func TestAFullDiskKeepsNobodyFromRevoking(t *testing.T) {
	h := build(t)
	var log bytes.Buffer
	h.keeper.options.Log = slog.New(slog.NewTextHandler(&log, nil))
	ids := []keywright.KeyID{h.issue(t), h.issue(t), h.issue(t)}
	sync := h.keeper.sync
	h.keeper.sync = func(*os.File) error { return errors.New("no space left") }
	h.revoke(t, ids[0])
	h.revoke(t, ids[1])
	if got := h.journalled(t); len(got) != 0 {
		t.Errorf("what was not brought to the disk counts: %+v", got)
	}
	if n := strings.Count(log.String(), "can't be written to the journal"); n != 1 {
		t.Errorf("it was said %d times, want once:\n%s", n, log.String())
	}
	h.keeper.sync = sync
	h.revoke(t, ids[2])
	if err := h.keeper.look(t.Context(), h.store); err != nil {
		t.Fatal(err)
	}
	if got := h.journalled(t); len(got) != 3 || !strings.Contains(log.String(), "written to again") {
		t.Errorf("with room again: got %+v\n%s", got, log.String())
	}
	if now := h.keeper.now().At; now != h.at(t) {
		t.Errorf("the mark is at %+v", now)
	}
}

func TestOldLinesAreForgotten(t *testing.T) {
	h := build(t)
	var ids []keywright.KeyID
	for range 3 {
		ids = append(ids, h.issue(t))
		h.revoke(t, ids[len(ids)-1])
	}
	list := h.journalled(t)
	const day = 24 * time.Hour
	start := list[0].When
	list[1].When, list[2].When = start.Add(10*day), start.Add(20*day)
	if err := os.WriteFile(filepath.Join(h.keeper.dir, journalFile), encoded(t, list), 0o600); err != nil {
		t.Fatal(err)
	}
	k := h.open(t, h.keeper.dir)
	for _, c := range []struct {
		after    time.Duration
		left     int
		complete uint64
	}{
		{90 * day, 3, 0},
		{90*day + 23*time.Hour, 3, 0},
		{91 * day, 2, list[0].At.Revision},
		{105 * day, 1, list[1].At.Revision},
		{200 * day, 0, list[2].At.Revision},
	} {
		if err := k.Trim(start.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		j := read1(t, filepath.Join(k.dir, journalFile))
		if len(j.Last) != c.left || k.now().Complete != c.complete {
			t.Errorf("after %s: got %d lines, complete after %d, want %d and %d", c.after, len(j.Last), k.now().Complete, c.left, c.complete)
		}
		again := h.open(t, k.dir)
		if m, _ := again.Mark(); m.Complete != c.complete || m.At.Revision < list[2].At.Revision && c.left > 0 {
			t.Errorf("after %s: opened again, got %+v", c.after, m)
		}
	}
	k.Keep(keywright.Restrictions{List: list[:1]})
	if j := read1(t, filepath.Join(k.dir, journalFile)); len(j.Last) != 1 {
		t.Errorf("written to after it was rewritten: got %+v", j.Last)
	}
}

func TestADamagedMarkIsRefused(t *testing.T) {
	for name, content := range map[string]string{
		"empty":                     "",
		"cut off":                   `{"database":"db_1","revi`,
		"without a database":        `{"revision":7,"stamp":"1"}`,
		"with a stamp of no number": `{"database":"db_1","revision":7,"stamp":"x"}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAGapInTheChangeLogIsAGapInTheJournal(t *testing.T) {
	h := build(t)
	other := h.another(t)
	h.revoke(t, h.issue(t))
	if err := h.store.TrimChanges(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := other.look(t.Context(), h.store); err != nil {
		t.Fatal(err)
	}
	if m, _ := other.Mark(); m.At != h.at(t) || m.Complete != m.At.Revision {
		t.Errorf("got %+v", m)
	}
	if m, _ := h.keeper.Mark(); m.Complete >= m.At.Revision {
		t.Errorf("the one without a gap: %s", fmt.Sprint(m))
	}
}

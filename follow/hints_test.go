package follow_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/keyset"
)

// wire is where hints come from.
type wire struct {
	hints chan error // nil for a hint, else the end of hearing; made in the bubble of its test
	down  atomic.Bool
}

var errWire = errors.New("the wire is down")

func (w *wire) listen(ctx context.Context, hear func()) error {
	if w.down.Load() {
		return errWire
	}
	w.hints = make(chan error)
	for hear(); ; hear() {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.hints:
			if err != nil {
				return err
			}
		}
	}
}

// hinted is running, with hints.
func hinted(t *testing.T, test func(t *testing.T, h *house, f *follow.Follower, w *wire, id keywright.KeyID, text string)) {
	w := &wire{}
	running(t, follow.Options{Listen: w.listen}, func(t *testing.T, h *house, f *follow.Follower, id keywright.KeyID, text string) {
		pass(400 * time.Millisecond) // between two polls
		test(t, h, f, w, id, text)
	})
}

func TestHintMakesItPollAtOnce(t *testing.T) {
	hinted(t, func(t *testing.T, h *house, f *follow.Follower, w *wire, id keywright.KeyID, text string) {
		h.revoke(t, id)
		synctest.Wait()
		wantCode(t, f, "before the hint", text, keyset.Valid)
		w.hints <- nil
		synctest.Wait()
		wantCode(t, f, "after the hint", text, keyset.Revoked)
	})
}

func TestNothingDependsOnAHint(t *testing.T) {
	hinted(t, func(t *testing.T, h *house, f *follow.Follower, _ *wire, id keywright.KeyID, text string) {
		h.revoke(t, id)
		pass(time.Second)
		wantCode(t, f, "without a hint", text, keyset.Revoked)
	})
}

func TestWhileHintsCanNotBeHeardItPollsMoreOften(t *testing.T) {
	hinted(t, func(t *testing.T, h *house, f *follow.Follower, w *wire, _ keywright.KeyID, _ string) {
		w.down.Store(true)
		w.hints <- errWire
		for range 8 {
			_, text := h.issue(t)
			pass(250 * time.Millisecond)
			wantCode(t, f, "a quarter of a second after the issue", text, keyset.Valid)
		}
		w.down.Store(false)
		pass(250 * time.Millisecond)
		_, text := h.issue(t)
		pass(999 * time.Millisecond)
		wantCode(t, f, "when they are heard again, just before the next poll", text, keyset.Unknown)
		pass(time.Millisecond)
		wantCode(t, f, "then", text, keyset.Valid)
	})
}

func TestItPollsWhenHearingBeginsAndWhenItEnds(t *testing.T) {
	hinted(t, func(t *testing.T, h *house, f *follow.Follower, w *wire, _ keywright.KeyID, _ string) {
		_, first := h.issue(t)
		w.hints <- errWire
		synctest.Wait()
		wantCode(t, f, "when hearing ended", first, keyset.Valid)
		pass(249 * time.Millisecond)
		_, second := h.issue(t)
		pass(time.Millisecond)
		wantCode(t, f, "when it began anew", second, keyset.Valid)
	})
}

func TestWhatFailsIsTriedAgainSoon(t *testing.T) {
	hinted(t, func(t *testing.T, h *house, f *follow.Follower, _ *wire, id keywright.KeyID, text string) {
		h.line.sever(true)
		pass(time.Minute)
		wantCode(t, f, "cut off", text, keyset.Stale)
		h.revoke(t, id)
		h.line.sever(false)
		pass(250 * time.Millisecond)
		wantCode(t, f, "a quarter of a second after that is over", text, keyset.Revoked)
	})
}

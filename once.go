package keywright

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
)

// How long an answer is kept for the one who may ask again.
const (
	AnswerLife     = 24 * time.Hour
	ToldSecretLife = time.Hour // the secret in it: the answer is told without it from then on
)

// MinOnceKey is how many characters an idempotency key needs for a secret to be kept under it:
// 22 random characters of base64 are 132 bits, of base62 131. Under a shorter one the answer is
// told again without its secret, as whoever reads the database and the keyring might guess it.
const MinOnceKey = 22

// Once makes a request that is sent again take effect once, and be answered again as it was:
// REST's Idempotency-Key. It comes with who asks, in Principal.Once; each operation that
// writes takes part by what write does. It serves one operation and belongs to one goroutine.
type Once struct {
	// Key is the caller's name for this request, which none of his others has. Nothing of the
	// kept answer can be read without it.
	Key string

	// Request is the SHA-256 of all that he asked for. Something else under the same key is
	// ErrReused.
	Request [sha256.Size]byte

	spent, replayed bool
}

// Replayed reports whether what the operation answered is what it answered the first time.
func (o *Once) Replayed() bool { return o != nil && o.replayed }

// write runs change in one transaction, if by has the right at its beginning, and alone among
// all writers. answer points to what the operation answers, which change sets.
//
// With a Once, the answer is kept in the same transaction. The second time change does not
// run, and answer is set to what it was; that needs the same right, so that a secret is told
// to nobody who may no longer have it. What change refused is not kept: nothing came of it.
//
// Errors: those of authorise and of change, and ErrReused.
func (s *Service) write(ctx context.Context, by Principal, right policy.Right, now time.Time, change func(tx Tx, actor Actor, account Account) error, answer ...any) error {
	return s.writeAs(ctx, by, now, func(tx Tx, who admitted) error { return change(tx, who.actor, who.account) }, []policy.Right{right}, answer...)
}

// writeAs is write for a change that asks more of who he is, and for which one of several rights
// is enough.
func (s *Service) writeAs(ctx context.Context, by Principal, now time.Time, change func(tx Tx, who admitted) error, rights []policy.Right, answer ...any) error {
	return s.writeBy(ctx, by, now, func(tx Tx) (admitted, error) { return s.admit(ctx, tx, by, writes, rights...) }, change, answer...)
}

// writeBy is write for a change that has its own way to find out who may make it.
func (s *Service) writeBy(ctx context.Context, by Principal, now time.Time, admit func(tx Tx) (admitted, error), change func(tx Tx, who admitted) error, answer ...any) error {
	once := by.Once
	if once == nil {
		once = &Once{}
	}
	if once.spent {
		return errors.New("a second operation with one Once: it would be answered like the first")
	}
	once.spent = true
	return s.store.Write(ctx, func(tx Tx) error {
		who, err := admit(tx)
		if err != nil {
			return err
		}
		if by.Once == nil {
			return change(tx, who)
		}
		once.replayed, err = s.replay(ctx, tx, by, now, answer)
		if err != nil || once.replayed {
			return err
		}
		if err := change(tx, who); err != nil {
			return err
		}
		return s.keep(ctx, tx, by, now, answer)
	})
}

// replay sets answer to what was answered the first time; false: this is the first time.
func (s *Service) replay(ctx context.Context, tx Tx, by Principal, now time.Time, answer []any) (bool, error) {
	// Newest first: since the first time the keyring may have got another pepper.
	versions := s.keyring.Versions()
	for i := len(versions) - 1; i >= 0; i-- {
		e := s.envelope(versions[i], by)
		kept, err := tx.Answer(ctx, e.id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		if !now.Before(kept.At.Add(AnswerLife)) { // it was not cleaned out yet
			return false, nil
		}
		if !now.Before(kept.At.Add(ToldSecretLife)) {
			kept.Secret = nil
		}
		return true, e.open(kept, by.Once.Request, answer)
	}
	return false, nil
}

// keep stores the answer for the next time.
func (s *Service) keep(ctx context.Context, tx Tx, by Principal, now time.Time, answer []any) error {
	kept, err := s.envelope(s.keyring.Current(), by).seal(s.options.Random, by.Once.Request, answer)
	if err != nil {
		return fmt.Errorf("seal the answer: %w", err)
	}
	kept.At = now
	return tx.KeepAnswer(ctx, kept)
}

package keywright

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/keywright/keywright/secret"
)

// Answer is what is kept of an operation that came with a Once, written in its transaction.
type Answer struct {
	ID     []byte    // a MAC of who asked and of his idempotency key
	Told   []byte    // sealed: what was asked and what was answered, but for secrets
	Secret []byte    // sealed: those; nil when there are none, or they are no longer kept
	At     time.Time // when it was answered
}

// seal puts in what was asked and what was answered.
func (e envelope) seal(random io.Reader, request [sha256.Size]byte, answer []any) (Answer, error) {
	told, secrets := make([]any, len(answer)), make([]string, len(answer))
	for i, one := range answer {
		if hidden, ok := one.(interface{ Reveal() string }); ok {
			secrets[i] = hidden.Reveal()
		} else {
			told[i] = one
		}
	}
	text, err := json.Marshal(told)
	if err != nil {
		return Answer{}, err
	}
	kept := Answer{ID: e.id}
	if kept.Told, err = e.lock(random, "told", append(request[:], text...)); err != nil {
		return Answer{}, err
	}
	if strings.Join(secrets, "") == "" || !e.guarded {
		return kept, nil
	}
	if text, err = json.Marshal(secrets); err != nil {
		return Answer{}, err
	}
	kept.Secret, err = e.lock(random, "secret", text)
	return kept, err
}

// open sets answer to what is in it. A secret that is not kept stays empty.
//
// Errors: ErrReused.
func (e envelope) open(kept Answer, request [sha256.Size]byte, answer []any) error {
	text, err := e.unlock("told", kept.Told)
	if err != nil {
		return fmt.Errorf("open a kept answer: %w", err)
	}
	text, same := bytes.CutPrefix(text, request[:])
	if !same {
		return ErrReused
	}
	var told []json.RawMessage
	if err := json.Unmarshal(text, &told); err != nil {
		return fmt.Errorf("read a kept answer: %w", err)
	}
	secrets := make([]string, len(told))
	if kept.Secret != nil {
		if text, err = e.unlock("secret", kept.Secret); err == nil {
			err = json.Unmarshal(text, &secrets)
		}
		if err != nil {
			return fmt.Errorf("open the secret of a kept answer: %w", err)
		}
	}
	if len(told) != len(answer) || len(secrets) != len(answer) {
		return errors.New("a kept answer has another form than this operation's")
	}
	for i, one := range answer {
		if err := restore(one, told[i], secrets[i]); err != nil {
			return fmt.Errorf("read a kept answer: %w", err)
		}
	}
	return nil
}

// restore sets one thing that is answered.
func restore(one any, told json.RawMessage, hidden string) (err error) {
	switch one := one.(type) {
	case *secret.Secret:
		if hidden != "" {
			*one, err = secret.Parse(hidden)
		}
	case *Token:
		if hidden != "" {
			*one = Token{&hidden}
		}
	default:
		err = json.Unmarshal(told, one)
	}
	return err
}

package keywright

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// Service is everything that Keywright does. Its methods may be called from many goroutines.
type Service struct {
	store     Store
	keyring   *secret.Keyring
	passwords Passwords
	policy    atomic.Pointer[governing] // replaced as a whole by Govern and Adopt
	options   Options
}

// Passwords hashes and matches passwords, slowly on purpose.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)

	// Match reports whether password made hash. For the empty hash it answers false after
	// the same work, so that an unknown address takes as long as a known one.
	Match(ctx context.Context, password, hash string) (bool, error)
}

// New makes a Service on a store, with the keyring that seals keys. It starts nothing.
func New(store Store, keyring *secret.Keyring, passwords Passwords, o Options) *Service {
	o = o.withDefaults()
	s := &Service{store: store, keyring: keyring, passwords: passwords, options: o}
	s.policy.Store(&governing{o.Policy, 0})
	return s
}

// Policy is what the product offers at this moment. The caller must not change it.
func (s *Service) Policy() *policy.Policy { return s.policy.Load().policy }

// now is the instant of an operation: read once, UTC, in whole milliseconds, as stored.
func (s *Service) now() time.Time { return s.options.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) newID(prefix string, now time.Time) (string, error) {
	id, err := newID(prefix, now, s.options.Random)
	if err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	return id, nil
}

// event begins the audit event of an operation.
func (s *Service) event(now time.Time, account AccountID, actor Actor, action Action, subject Subject, details map[string]string) (Event, error) {
	id, err := s.newID("aud_", now)
	return Event{ID: EventID(id), At: now, Account: account, Actor: actor, Action: action, Subject: subject, Details: details}, err
}

// record appends the audit event of an operation to its transaction.
func (s *Service) record(ctx context.Context, tx Tx, now time.Time, account AccountID, actor Actor, action Action, subject Subject, details map[string]string) error {
	event, err := s.event(now, account, actor, action, subject, details)
	if err != nil {
		return err
	}
	return tx.Append(ctx, event)
}

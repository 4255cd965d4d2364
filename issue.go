package keywright

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// NewKey is what it takes to issue a key.
type NewKey struct {
	Description string     // required, 1 to 200 characters; can't be changed later (F5, F6)
	Version     string     // an API version's name; empty: the policy's preselected one (F7)
	Env         secret.Env // empty: secret.Live

	// Once, if not empty, makes a second Issue with the same value in the same account fail
	// with *AlreadyIssuedError: a form sent twice makes one key. At most 64 characters.
	Once string
}

// Issue makes a key for by's account and answers its record and its secret. The secret is
// answered here and never again (F12). by needs the right policy.ManageKeys, and the
// account's plan needs API access.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *NotEntitledError,
// *InvalidError (description, api_version, environment; several joined), *AlreadyIssuedError.
func (s *Service) Issue(ctx context.Context, by Principal, n NewKey) (Key, secret.Secret, error) {
	now := s.now()
	key, err := s.newKey(by, n, now)
	invalid := err
	var text secret.Secret
	err = s.write(ctx, by, policy.ManageKeys, now, func(tx Tx, actor Actor, account Account) error {
		if err := s.entitled(account); err != nil {
			return err
		}
		if invalid != nil { // said only to those who may issue: others learn why they may not
			return invalid
		}
		if err := alreadyIssued(ctx, tx, by.Account, n.Once); err != nil {
			return err
		}
		if text, err = secret.Make(key.Brand, key.Env, s.options.Random); err != nil {
			return fmt.Errorf("draw a secret: %w", err)
		}
		key.ID, key.LastFour, key.CreatedBy = KeyIDOf(text.ID()), text.LastFour(), actor
		seal := Seal{Key: key.ID, Pepper: s.keyring.Current(), Created: now}
		seal.MAC, _ = s.keyring.MAC(seal.Pepper, string(key.Account), text.Reveal())
		if err := tx.InsertKey(ctx, key, seal, n.Once); err != nil {
			return err
		}
		return s.record(ctx, tx, now, key.Account, actor, KeyIssued, key.subject(), map[string]string{"version": key.Version})
	}, &key, &text)
	if err != nil {
		return Key{}, secret.Secret{}, fmt.Errorf("issue a key: %w", err)
	}
	return key, text, nil
}

// newKey checks what was asked for and begins the key's record.
func (s *Service) newKey(by Principal, n NewKey, now time.Time) (Key, error) {
	var wrong []error
	description, err := line("description", n.Description, MaxDescription)
	if err != nil {
		wrong = append(wrong, err)
	}
	if n.Version == "" {
		n.Version = s.Policy().Preselected().Name
	}
	open := names(s.Policy().OpenVersions(), func(v policy.Version) string { return v.Name })
	if version, ok := s.Policy().Version(n.Version); !ok {
		wrong = append(wrong, &InvalidError{Field: "api_version", Why: "is not one of " + open})
	} else if !version.TakesNewKeys() {
		wrong = append(wrong, &InvalidError{Field: "api_version", Why: "is " + version.State.String() + ", which takes no new keys; choose from " + open})
	}
	if n.Env == "" {
		n.Env = secret.Live
	}
	if n.Env != secret.Live && n.Env != secret.Test {
		wrong = append(wrong, &InvalidError{Field: "environment", Why: "is neither live nor test"})
	}
	if len(n.Once) > 64 || !plain(n.Once) {
		wrong = append(wrong, &InvalidError{Field: "once", Why: "must be at most 64 letters and digits"})
	}
	return Key{
		Account: by.Account, Kind: AccountKey, Description: description, Version: n.Version,
		Brand: s.Policy().Product.Brand, Env: n.Env, Created: now,
	}, errors.Join(wrong...)
}

func alreadyIssued(ctx context.Context, tx Tx, account AccountID, once string) error {
	if once == "" {
		return nil
	}
	id, err := tx.KeyByOnce(ctx, account, once)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return &AlreadyIssuedError{Key: id}
}

func (k Key) subject() Subject { return Subject{Kind: "key", ID: string(k.ID), Name: k.Description} }

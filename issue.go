package keywright

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// NewKey is what it takes to issue a key.
type NewKey struct {
	Description string     // required, 1 to 200 characters; can't be changed later (F5, F6)
	Version     string     // an API version's name; empty: the policy's preselected one (F7)
	Env         secret.Env // empty: secret.Live, if the policy offers it
	Kind        KeyKind    // empty: AccountKey

	// Member is whom a personal key acts as, empty for who asks; or who answers for a service's
	// key, empty for who asks, or for an owner where the operator does. Other kinds have none.
	Member  MemberID
	Service string // the name of the non-person that a service's key acts as; empty: the description

	Scopes   []string // scopes of the policy, "incidents:*" or "*"; none: all that its kind may
	Networks []string // where it may be used from, as ParseNetworks reads them; none: anywhere

	// NotBefore and Expires are a duration from now such as 90d, a date such as 2027-01-01, or an
	// instant of RFC 3339. Empty: from now on, and until the plan's default for the kind. A key
	// that shall not end Expires Never.
	NotBefore, Expires string

	// Once, if not empty, makes a second Issue with the same value in the same account fail
	// with *AlreadyIssuedError: a form sent twice makes one key. At most 64 characters.
	Once string
}

// Issue makes a key for by's account and answers its record and its secret. The secret is
// answered here and never again (F12). by needs the right policy.ManageKeys, or policy.OwnKeys for
// a personal key of his own; the account's plan needs API access, and room for one more key. No key
// may do more than its creator.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *NotEntitledError,
// *TooManyKeysError, *TooFastError, *AlreadyIssuedError, *InvalidError (description, api_version,
// environment, kind, member, service, scopes, networks, not_before, expires; several joined).
func (s *Service) Issue(ctx context.Context, by Principal, n NewKey) (Key, secret.Secret, error) {
	now := s.now()
	var key Key
	var text secret.Secret
	rights := []policy.Right{policy.ManageKeys}
	if n.Kind == PersonalKey {
		rights = []policy.Right{policy.OwnKeys}
	}
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if err := s.entitled(who.account, n.Kind); err != nil {
			return err
		}
		if key, err = s.newKey(ctx, tx, who, n, now); err != nil {
			return err
		}
		if err := alreadyIssued(ctx, tx, by.Account, n.Once); err != nil {
			return err
		}
		text, err = s.issue(ctx, tx, who, &key, n.Once, now, key.details())
		return err
	}, rights, &key, &text)
	if err != nil {
		return Key{}, secret.Secret{}, fmt.Errorf("issue a key: %w", err)
	}
	return key, text, nil
}

// issue gives a key that was checked its text, keeps it and writes it down, if the account has room.
func (s *Service) issue(ctx context.Context, tx Tx, who admitted, key *Key, once string, now time.Time, details map[string]string) (secret.Secret, error) {
	if err := s.room(ctx, tx, who.account, now); err != nil {
		return secret.Secret{}, err
	}
	text, err := secret.Make(key.Brand, key.Env, s.options.Random)
	if err != nil {
		return secret.Secret{}, fmt.Errorf("draw a secret: %w", err)
	}
	key.ID, key.LastFour, key.CreatedBy = KeyIDOf(text.ID()), text.LastFour(), who.actor
	if err := tx.InsertKey(ctx, *key, s.seal(*key, text, now), once); err != nil {
		return secret.Secret{}, err
	}
	return text, s.record(ctx, tx, now, key.Account, who.actor, KeyIssued, key.subject(), details)
}

// seal is what is kept of a key's text (F12).
func (s *Service) seal(key Key, text secret.Secret, now time.Time) Seal {
	seal := Seal{Key: key.ID, Pepper: s.keyring.Current(), Created: now, LastFour: text.LastFour()}
	seal.MAC, _ = s.keyring.MAC(seal.Pepper, string(key.Account), text.Reveal())
	return seal
}

// room takes one from what the account's plan allows of new keys.
func (s *Service) room(ctx context.Context, tx Tx, account Account, now time.Time) error {
	if err := s.full(account); err != nil {
		return err
	}
	plan := s.planOf(account)
	if plan.NewKeys.Burst == 0 {
		return nil
	}
	bucket, err := tx.NewKeys(ctx, account.ID)
	if err != nil {
		return err
	}
	decision, next := limit.Spend(bucket, plan.NewKeys, now, 1)
	if !decision.OK {
		return &TooFastError{What: "new keys", Retry: decision.RetryAfter}
	}
	return tx.SetNewKeys(ctx, account.ID, next)
}

// full refuses one key more than the account's plan allows.
func (s *Service) full(account Account) error {
	if plan := s.planOf(account); plan.KeysMax > 0 && account.ActiveKeys >= plan.KeysMax {
		return &TooManyKeysError{Plan: plan, Have: account.ActiveKeys}
	}
	return nil
}

// newKey checks what was asked for and begins the key's record. It is said only to those who may
// issue: others learn why they may not.
func (s *Service) newKey(ctx context.Context, r Reader, who admitted, n NewKey, now time.Time) (Key, error) {
	var wrong []error
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	key := Key{Account: who.account.ID, Kind: n.Kind, Version: n.Version, Brand: s.Policy().Product.Brand, Env: n.Env, Created: now}
	var err error
	key.Description, err = line("description", n.Description, MaxDescription)
	note(err)
	if key.Version == "" {
		key.Version = s.Policy().Preselected().Name
	}
	note(s.takesNewKeys(key.Version))
	environments := s.Policy().Keys.Environments
	if key.Env == "" {
		key.Env = secret.Env(environments[0])
	}
	if !slices.Contains(environments, string(key.Env)) {
		note(&InvalidError{Field: "environment", Why: "is not " + strings.Join(environments, " or ")})
	}
	if key.Kind == "" {
		key.Kind = AccountKey
	}
	if !slices.Contains(KeyKinds(), key.Kind) {
		note(&InvalidError{Field: "kind", Why: "is none of account, read_only, personal and service"})
		return key, errors.Join(wrong...)
	}
	note(s.belong(ctx, r, who, n, &key))
	key.Scopes, err = s.scopes(n.Scopes)
	note(err)
	if err == nil && key.Kind != PersonalKey { // whose member's role bounds it
		note(within(key.Scopes, who.grants))
	}
	key.Networks, err = ParseNetworks(n.Networks)
	note(err)
	key.NotBefore, key.Expires, err = lifespan(n.NotBefore, n.Expires, s.planOf(who.account).Life(string(key.Kind)), now, now)
	note(err)
	if len(n.Once) > 64 || !plain(n.Once) {
		note(&InvalidError{Field: "once", Why: "must be at most 64 letters and digits"})
	}
	return key, errors.Join(wrong...)
}

// takesNewKeys checks that keys can be made for a version.
func (s *Service) takesNewKeys(name string) error {
	open := names(s.Policy().OpenVersions(), func(v policy.Version) string { return v.Name })
	version, ok := s.Policy().Version(name)
	switch {
	case !ok:
		return &InvalidError{Field: "api_version", Why: "is not one of " + open}
	case !version.TakesNewKeys():
		return &InvalidError{Field: "api_version", Why: "is " + version.State.String() + ", which takes no new keys; choose from " + open}
	}
	return nil
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

package keywright

import (
	"context"
	"fmt"
	"time"

	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/secret"
)

// OperatorToken is the record of a token of the operator's own, never its text. It is no API
// key: it belongs to no account, and opens nothing of the product that we verify keys for.
type OperatorToken struct {
	ID          OperatorTokenID
	Use         TokenUse
	Description string // 1 to 200 characters, chosen when issued, never changed
	Brand       string // begins the text
	LastFour    string // the end of the text, which is of its check digits

	Created    time.Time
	CreatedBy  Actor
	Expires    time.Time // zero: never; the first instant at which it no longer works
	Revoked    time.Time // zero: not revoked
	RevokedBy  Actor
	WhyRevoked string

	// LastUsed is the last time that it was accepted, exact to the meter's flush interval (1 s
	// by default). Zero: never used.
	LastUsed time.Time
}

// TokenUse says what a token opens.
type TokenUse string

// The uses of tokens. A gateway gets one for UseVerify: whoever breaks into it can ask which
// keys are good, and make none.
const (
	UseVerify  = TokenUse(keyset.VerifyToken)  // ask the data plane for verdicts
	UseOperate = TokenUse(keyset.OperateToken) // do all that the operator may, and ask for verdicts
)

// Operators is what the MAC of a token has in the place of a key's account. No account has it,
// because of its underscores; it is as long as an account's id, so that the MAC takes as many
// blocks.
const Operators AccountID = "acct_operators___________"

// State is what the token is at now: active, revoked or expired.
func (t OperatorToken) State(now time.Time) KeyState {
	return Key{Revoked: t.Revoked, Expires: t.Expires}.State(now)
}

// Handle is how lists show the token: kwop_live_o6p4…QZ1x.
func (t OperatorToken) Handle() string {
	return secret.Handle(t.Brand, secret.Live, t.ID.Public(), t.LastFour)
}

func (t OperatorToken) subject() Subject {
	return Subject{Kind: "token", ID: string(t.ID), Name: t.Description}
}

// OperatorTokens lists the operator's tokens, newest first, revoked ones too. Only the operator
// may.
//
// Errors: *ForbiddenError, *InvalidError (limit).
func (s *Service) OperatorTokens(ctx context.Context, by Principal, page Page) ([]OperatorToken, Cursor, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return nil, Cursor{}, err
	}
	page, err := pageLimit(page)
	if err != nil {
		return nil, Cursor{}, err
	}
	return cut(page, func(p Page) ([]OperatorToken, error) { return s.store.OperatorTokens(ctx, p) },
		func(t OperatorToken) Cursor { return Cursor{At: t.Created, ID: string(t.ID)} })
}

// OperatorToken answers one of the operator's tokens. Only the operator may.
//
// Errors: ErrNotFound, *ForbiddenError.
func (s *Service) OperatorToken(ctx context.Context, by Principal, id OperatorTokenID) (OperatorToken, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return OperatorToken{}, err
	}
	token, err := s.store.OperatorToken(ctx, id)
	if err != nil {
		return OperatorToken{}, fmt.Errorf("operator token %s: %w", clip(string(id)), err)
	}
	return token, nil
}

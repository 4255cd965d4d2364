package keywright

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright/secret"
)

// NewOperatorToken is what it takes to issue a token of the operator's.
type NewOperatorToken struct {
	Description string    // required, 1 to 200 characters: who or what will hold it
	Use         TokenUse  // required
	Expires     time.Time // zero: never
}

// IssueOperatorToken makes a token and answers its record and its secret. The secret is answered
// here and never again. Only the operator may.
//
// Errors: *ForbiddenError, *InvalidError (description, use, expires_at; several joined).
func (s *Service) IssueOperatorToken(ctx context.Context, by Principal, n NewOperatorToken) (OperatorToken, secret.Secret, error) {
	now := s.now()
	token, invalid := s.newOperatorToken(n, now)
	var text secret.Secret
	err := s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, _ Account) (err error) {
		if invalid != nil { // said only to those who may issue
			return invalid
		}
		if text, err = secret.Make(token.Brand, secret.Live, s.options.Random); err != nil {
			return fmt.Errorf("draw a secret: %w", err)
		}
		token.ID, token.LastFour, token.CreatedBy = OperatorTokenIDOf(text.ID()), text.LastFour(), actor
		seal := Seal{Pepper: s.keyring.Current(), Created: now}
		seal.MAC, _ = s.keyring.MAC(seal.Pepper, string(Operators), text.Reveal())
		if err := tx.InsertOperatorToken(ctx, token, seal); err != nil {
			return err
		}
		return s.record(ctx, tx, now, "", actor, TokenIssued, token.subject(), map[string]string{"use": string(token.Use)})
	}, &token, &text)
	if err != nil {
		return OperatorToken{}, secret.Secret{}, fmt.Errorf("issue an operator token: %w", err)
	}
	return token, text, nil
}

// newOperatorToken checks what was asked for and begins the token's record.
func (s *Service) newOperatorToken(n NewOperatorToken, now time.Time) (OperatorToken, error) {
	var wrong []error
	description, err := line("description", n.Description, MaxDescription)
	if err != nil {
		wrong = append(wrong, err)
	}
	if n.Use != UseVerify && n.Use != UseOperate {
		wrong = append(wrong, &InvalidError{Field: "use", Why: "is neither verify nor operate"})
	}
	if expires := n.Expires.UTC().Truncate(time.Millisecond); !n.Expires.IsZero() {
		n.Expires = expires
		switch {
		case !expires.After(now):
			wrong = append(wrong, &InvalidError{Field: "expires_at", Why: "is not in the future"})
		case expires.UnixMilli() > maxMillis:
			wrong = append(wrong, &InvalidError{Field: "expires_at", Why: "is after the year 9999; leave it out for a token without end"})
		}
	}
	return OperatorToken{
		Use: n.Use, Description: description, Brand: s.Policy().Product.OperatorBrand(), Created: now, Expires: n.Expires,
	}, errors.Join(wrong...)
}

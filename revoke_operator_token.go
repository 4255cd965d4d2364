package keywright

import (
	"context"
	"fmt"
	"strings"
)

// RevokeOperatorToken ends a token for good: when it returns, nothing accepts the token. The row
// stays as history; the first time and reason stay too. why may be empty; it has at most 200
// characters. Only the operator may, also by the very token that he ends.
//
// Errors: ErrNotFound, ErrRevoked, *ForbiddenError, *InvalidError (reason).
func (s *Service) RevokeOperatorToken(ctx context.Context, by Principal, id OperatorTokenID, why string) (OperatorToken, Commit, error) {
	now := s.now()
	var token OperatorToken
	var commit Commit
	err := s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, _ Account) (err error) {
		if strings.TrimSpace(why) != "" {
			if why, err = line("reason", why, MaxReason); err != nil {
				return err
			}
		}
		if token, err = tx.OperatorToken(ctx, id); err != nil {
			return err
		}
		if !token.Revoked.IsZero() {
			return ErrRevoked
		}
		if err := tx.RevokeOperatorToken(ctx, id, actor, why, now); err != nil {
			return err
		}
		token.Revoked, token.RevokedBy, token.WhyRevoked = now, actor, why
		commit = commitOf(tx, "", token.subject(), true)
		var details map[string]string
		if why != "" {
			details = map[string]string{"why": why}
		}
		return s.record(ctx, tx, now, "", actor, TokenRevoked, token.subject(), details)
	}, &token, &commit)
	if err != nil {
		return OperatorToken{}, Commit{}, fmt.Errorf("revoke operator token %s: %w", clip(string(id)), err)
	}
	commit.At = s.now()
	return token, commit, nil
}

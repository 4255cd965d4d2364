package keywright

import (
	"context"
	"errors"
	"fmt"

	"github.com/keywright/keywright/secret"
)

// OperatorBy finds the operator by the text of a token. The reason is empty when the token may
// operate; else it is Malformed or Unknown, and for one who proved that he holds a token Revoked,
// Expired, or OutOfScope when the token is only for asking for verdicts. err is not nil only when
// it could not decide.
func (s *Service) OperatorBy(ctx context.Context, text string) (Principal, Reason, error) {
	now := s.now()
	parsed, err := secret.Parse(text)
	if err != nil {
		return Principal{}, Malformed, nil
	}
	var seals []Seal
	token, seal, err := s.store.SealedOperatorToken(ctx, OperatorTokenIDOf(parsed.ID()))
	switch {
	case err == nil:
		seals = []Seal{seal}
	case !errors.Is(err, ErrNotFound):
		return Principal{}, "", fmt.Errorf("look for operator token %s: %w", OperatorTokenIDOf(parsed.ID()), err)
	}
	if _, ok := s.holds(Operators, seals, parsed); !ok {
		return Principal{}, Unknown, nil
	}
	if state := token.State(now); state != KeyActive {
		return Principal{}, Reason(state), nil
	}
	if token.Use != UseOperate {
		return Principal{}, OutOfScope, nil
	}
	s.options.TokenUsed(token.ID, Use{At: now})
	return Principal{Kind: PrincipalOperator, Token: token.ID}, "", nil
}

// operates refuses everyone but the operator, and answers by what name history will know him. A
// token by which he acts must stand at this moment: writers call it with their own transaction.
//
// Errors: *ForbiddenError.
func (s *Service) operates(ctx context.Context, r Reader, by Principal) (Actor, error) {
	if by.Kind != PrincipalOperator {
		return Actor{}, &ForbiddenError{}
	}
	if by.Token == "" { // over the socket
		return operatorActor(), nil
	}
	token, err := r.OperatorToken(ctx, by.Token)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Actor{}, err
	}
	if err != nil || token.Use != UseOperate || token.State(s.now()) != KeyActive {
		return Actor{}, &ForbiddenError{}
	}
	// By its id: the account's members read this, and the description is none of their business.
	return Actor{Kind: PrincipalOperator, ID: string(token.ID), Name: operatorActor().Name + " (" + string(token.ID) + ")"}, nil
}

func operatorActor() Actor { return Actor{Kind: PrincipalOperator, Name: "the operator"} }

package keywright

import (
	"context"
	"errors"
	"fmt"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// CollectRequest makes the key of an approved request and answers its secret, to the member who
// asked and to nobody else: not to the operator in his place either. It is answered here and never
// again (F12). Whoever approved must still be someone who may.
//
// Errors: ErrNotFound, ErrSuspended, ErrRequesterOnly, *ForbiddenError, *NotEntitledError,
// *TooManyKeysError, *TooFastError, *InvalidError (api_version, scopes, days), *ConflictError
// (request).
func (s *Service) CollectRequest(ctx context.Context, by Principal, id KeyRequestID) (KeyRequest, Key, secret.Secret, error) {
	now := s.now()
	var request KeyRequest
	var key Key
	var text secret.Secret
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if request, err = s.ownRequest(ctx, tx, who, id); err != nil {
			return err
		}
		if by.Kind != PrincipalMember || by.ForOperator {
			return ErrRequesterOnly
		}
		if state := request.State(now); state != RequestApproved {
			return notNow(state)
		}
		if err := s.entitled(who.account, AccountKey); err != nil {
			return err
		}
		approver, err := s.admit(ctx, tx, request.DecidedBy.by(request.Account), writes, policy.ManageKeys)
		if errors.Is(err, ErrForbidden) {
			return &ConflictError{Field: "request", Why: "was approved by someone who may no longer do that; ask for the key anew"}
		}
		if err != nil {
			return err
		}
		if key, err = s.requestedKey(ctx, tx, approver, request, request.Granted, now); err != nil {
			return err
		}
		details := key.details()
		details["request"], details["approved_by"] = string(request.ID), request.DecidedBy.Name
		if text, err = s.issue(ctx, tx, who, &key, "", now, details); err != nil {
			return err
		}
		request.Reached, request.Ended, request.Key = RequestCollected, now, key.ID
		return tx.EndKeyRequest(ctx, request)
	}, []policy.Right{policy.RequestKeys}, &request, &key, &text)
	if err != nil {
		return KeyRequest{}, Key{}, secret.Secret{}, fmt.Errorf("collect the key of request %s: %w", clip(string(id)), err)
	}
	return request, key, text, nil
}

// WithdrawRequest ends a request that is open, or approved and not collected. Only whoever made it
// may.
//
// Errors: ErrNotFound, ErrSuspended, ErrRequesterOnly, *ForbiddenError, *ConflictError (request).
func (s *Service) WithdrawRequest(ctx context.Context, by Principal, id KeyRequestID) (KeyRequest, error) {
	now := s.now()
	var request KeyRequest
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if request, err = s.ownRequest(ctx, tx, who, id); err != nil {
			return err
		}
		if state := request.State(now); state != RequestOpen && state != RequestApproved {
			return notNow(state)
		}
		request.Reached, request.Ended = RequestWithdrawn, now
		if err := tx.EndKeyRequest(ctx, request); err != nil {
			return err
		}
		return s.record(ctx, tx, now, request.Account, who.actor, RequestWithdrawnBy, request.subject(), nil)
	}, []policy.Right{policy.RequestKeys}, &request)
	if err != nil {
		return KeyRequest{}, fmt.Errorf("withdraw request %s: %w", clip(string(id)), err)
	}
	return request, nil
}

// ownRequest is a request that who made himself.
//
// Errors: ErrNotFound, ErrRequesterOnly for one that he may only see.
func (s *Service) ownRequest(ctx context.Context, r Reader, who admitted, id KeyRequestID) (KeyRequest, error) {
	request, err := s.visibleRequest(ctx, r, who, id)
	if err == nil && !who.made(request) {
		return request, ErrRequesterOnly
	}
	return request, err
}

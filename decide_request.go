package keywright

import (
	"context"
	"fmt"
	"time"

	"github.com/keywright/keywright/policy"
)

// ApproveRequest lets whoever asked for a key collect it within CollectLife. Of what he asked for,
// narrow can leave out scopes and days; the zero Reach is all. The key is not made yet, so there is
// no secret that anyone else could see. by needs the right policy.ManageKeys, and the account's
// plan API access.
//
// Errors: ErrNotFound, ErrSuspended, ErrOwnRequest, *ForbiddenError, *NotEntitledError,
// *TooManyKeysError, *InvalidError (api_version, scopes, days; several joined), *ConflictError
// (request).
func (s *Service) ApproveRequest(ctx context.Context, by Principal, id KeyRequestID, narrow Reach) (KeyRequest, error) {
	return s.decideRequest(ctx, by, id, func(tx Tx, who admitted, r *KeyRequest, now time.Time) (Action, map[string]string, error) {
		if s.Policy().Requests.TwoPeople && who.made(*r) {
			return "", nil, ErrOwnRequest
		}
		if err := s.entitled(who.account, AccountKey); err != nil {
			return "", nil, err
		}
		if err := s.full(who.account); err != nil {
			return "", nil, err
		}
		member, err := tx.Member(ctx, r.Account, MemberID(r.By.ID))
		if err != nil {
			return "", nil, err
		}
		if member.State != MemberActive {
			return "", nil, &ConflictError{Field: "request", Why: "was made by someone who is no longer active in the account; decline it"}
		}
		if r.Granted, err = s.narrowed(r.Wanted, narrow); err != nil {
			return "", nil, err
		}
		if _, err := s.requestedKey(ctx, tx, who, *r, r.Granted, now); err != nil {
			return "", nil, err
		}
		r.Reached = RequestApproved
		return RequestApprovedBy, r.Granted.details(), nil
	})
}

// DeclineRequest says no to a request, with a reason of 1 to 200 characters. by needs the right
// policy.ManageKeys.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError, *InvalidError (reason), *ConflictError
// (request).
func (s *Service) DeclineRequest(ctx context.Context, by Principal, id KeyRequestID, why string) (KeyRequest, error) {
	return s.decideRequest(ctx, by, id, func(_ Tx, _ admitted, r *KeyRequest, _ time.Time) (_ Action, _ map[string]string, err error) {
		r.Reached = RequestDeclined
		r.Why, err = line("reason", why, MaxReason)
		return RequestDeclinedBy, map[string]string{"why": r.Why}, err
	})
}

// decideRequest runs verdict on an open request, which it changes, and keeps what came of it.
func (s *Service) decideRequest(ctx context.Context, by Principal, id KeyRequestID,
	verdict func(Tx, admitted, *KeyRequest, time.Time) (Action, map[string]string, error),
) (KeyRequest, error) {
	now := s.now()
	var request KeyRequest
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if request, err = tx.KeyRequest(ctx, who.account.ID, id); err != nil {
			return err
		}
		if state := request.State(now); state != RequestOpen {
			return notNow(state)
		}
		action, details, err := verdict(tx, who, &request, now)
		if err != nil {
			return err
		}
		request.Decided, request.DecidedBy = now, who.actor
		if err := tx.DecideKeyRequest(ctx, request); err != nil {
			return err
		}
		return s.record(ctx, tx, now, request.Account, who.actor, action, request.subject(), details)
	}, []policy.Right{policy.ManageKeys}, &request)
	if err != nil {
		return KeyRequest{}, fmt.Errorf("decide about request %s: %w", clip(string(id)), err)
	}
	return request, nil
}

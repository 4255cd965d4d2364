package keywright

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// NewKeyRequest is what it takes to ask for a key.
type NewKeyRequest struct {
	Description string   // what the key is for: required, 1 to 200 characters; becomes its description
	Version     string   // empty: the policy's preselected one
	Scopes      []string // required: grants; "*" for everything that the account may
	Days        int      // for how many, 1 to MaxKeyDays; 0: for as long as the plan says for one that does not say
}

// RequestKey asks those who manage the account's keys for one (F19). by must be a member with the
// right policy.RequestKeys, and the account's plan needs API access.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError, *NotEntitledError, *InvalidError
// (description, api_version, scopes, days; several joined), *TooFastError.
func (s *Service) RequestKey(ctx context.Context, by Principal, n NewKeyRequest) (KeyRequest, error) {
	now := s.now()
	var request KeyRequest
	err := s.writeAs(ctx, by, now, func(tx Tx, who admitted) (err error) {
		if by.Kind != PrincipalMember {
			return ErrMembersOnly
		}
		if err := s.entitled(who.account, AccountKey); err != nil {
			return err
		}
		if request, err = s.newKeyRequest(ctx, tx, who, n, now); err != nil {
			return err
		}
		recent, err := tx.KeyRequestsOf(ctx, request.Account, who.member, Page{Limit: maxAsked})
		if err != nil {
			return err
		}
		if err := notTooOften(recent, func(r KeyRequest) time.Time { return r.Created }, now); err != nil {
			return err
		}
		if err := tx.InsertKeyRequest(ctx, request); err != nil {
			return err
		}
		return s.record(ctx, tx, now, request.Account, who.actor, KeyRequested, request.subject(), request.Wanted.details())
	}, []policy.Right{policy.RequestKeys}, &request)
	if err != nil {
		return KeyRequest{}, fmt.Errorf("ask for a key: %w", err)
	}
	return request, nil
}

// newKeyRequest checks what was asked for, as if someone who may do everything made the key now,
// and begins the record.
func (s *Service) newKeyRequest(ctx context.Context, r Reader, who admitted, n NewKeyRequest, now time.Time) (KeyRequest, error) {
	var wrong []error
	id, err := s.newID("req_", now)
	if err != nil {
		return KeyRequest{}, err
	}
	request := KeyRequest{ID: KeyRequestID(id), Account: who.account.ID, By: who.actor, Created: now, Reached: RequestOpen}
	if len(n.Scopes) == 0 {
		wrong = append(wrong, &InvalidError{Field: "scopes", Why: `is required: say what the key must be able to do, or "*" for everything that the account may`})
	}
	if request.Wanted, err = s.reach(Reach{n.Scopes, n.Days}); err != nil {
		return request, errors.Join(append(wrong, err)...)
	}
	if life := s.planOf(who.account).Life(string(AccountKey)); request.Wanted.Days == 0 {
		request.Wanted.Days = days(life)
	}
	request.Description, request.Version = n.Description, n.Version
	key, err := s.requestedKey(ctx, r, admitted{account: who.account, grants: []string{"*"}}, request, request.Wanted, now)
	request.Description, request.Version = key.Description, key.Version
	return request, errors.Join(append(wrong, err)...)
}

// days is for how many the plan lets a key live that does not say; 0: without end.
func days(life policy.Life) int {
	d := life.Default
	if d == 0 {
		d = life.Longest
	}
	if d == 0 {
		return 0
	}
	return max(1, int(d/(24*time.Hour)))
}

// reach brings scopes and days to the form in which they are kept: "*" stands alone.
//
// Errors: *InvalidError (scopes, days; several joined).
func (s *Service) reach(r Reach) (Reach, error) {
	var wrong []error
	scopes, err := s.scopes(r.Scopes)
	if err != nil {
		wrong = append(wrong, err)
	}
	if slices.Contains(scopes, "*") {
		scopes = []string{"*"}
	}
	if r.Days < 0 || r.Days > MaxKeyDays {
		wrong = append(wrong, &InvalidError{Field: "days", Why: fmt.Sprintf("must be 1 to %d, or left out", MaxKeyDays)})
	}
	return Reach{scopes, r.Days}, errors.Join(wrong...)
}

// narrowed is what is approved of what was asked for: what narrow says, or all.
//
// Errors: *InvalidError (scopes, days; several joined).
func (s *Service) narrowed(wanted, narrow Reach) (Reach, error) {
	narrow, err := s.reach(narrow)
	if err != nil {
		return Reach{}, err
	}
	var wrong []error
	if len(narrow.Scopes) == 0 {
		narrow.Scopes = wanted.Scopes
	}
	for _, grant := range narrow.Scopes {
		if !slices.ContainsFunc(wanted.Scopes, func(asked string) bool { return policy.Covers(asked, grant) }) {
			wrong = append(wrong, &InvalidError{Field: "scopes", Why: "may only have what was asked for, which is " + strings.Join(wanted.Scopes, ", ")})
			break
		}
	}
	if narrow.Days == 0 {
		narrow.Days = wanted.Days
	}
	if wanted.Days > 0 && narrow.Days > wanted.Days {
		wrong = append(wrong, &InvalidError{Field: "days", Why: fmt.Sprintf("may be at most the %d that were asked for", wanted.Days)})
	}
	return narrow, errors.Join(wrong...)
}

// requestedKey is the key that a request makes at now, on the authority of someone: it may do
// nothing that he may not hand out.
//
// Errors: *NotEntitledError, *TooManyKeysError, *InvalidError (description, api_version, scopes,
// days; several joined).
func (s *Service) requestedKey(ctx context.Context, r Reader, who admitted, request KeyRequest, reach Reach, now time.Time) (Key, error) {
	n := NewKey{Description: request.Description, Version: request.Version, Expires: Never}
	if !slices.Equal(reach.Scopes, []string{"*"}) {
		n.Scopes = reach.Scopes
	}
	if reach.Days > 0 {
		n.Expires = fmt.Sprintf("%dd", reach.Days)
	}
	key, err := s.newKey(ctx, r, who, n, now)
	for _, wrong := range Invalids(err) {
		if wrong.Field == "expires" {
			wrong.Field = "days"
		}
	}
	return key, err
}

package keywright

import (
	"context"

	"github.com/keywright/keywright/policy"
)

// MaxWaiting is up to where waiting things are counted.
const MaxWaiting = 100

// Waiting is what waits for someone.
type Waiting struct {
	Decide  int // requests for keys that he may decide about
	Collect int // his own that were approved
	Answers int // to what he asked the operator, not seen yet
}

// Waiting counts what waits for a member, each up to MaxWaiting. by must be a member.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError.
func (s *Service) Waiting(ctx context.Context, by Principal) (Waiting, error) {
	who, err := s.admit(ctx, s.store, by, reads, anyMember)
	if err != nil {
		return Waiting{}, err
	}
	w, err := s.store.Waiting(ctx, by.Account, by.Member, s.now())
	if !who.may(policy.ManageKeys) {
		w.Decide = 0
	}
	return w, err
}

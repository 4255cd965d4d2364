package keywright

import (
	"context"
	"fmt"

	"github.com/keywright/keywright/policy"
)

// KeyRequests lists the account's requests for keys, newest first: all, or those that are open.
// Whoever may not decide about them sees his own. by needs policy.RequestKeys.
//
// Errors: ErrNotFound (account), ErrSuspended, *ForbiddenError, *InvalidError (limit).
func (s *Service) KeyRequests(ctx context.Context, by Principal, open bool, page Page) ([]KeyRequest, Cursor, error) {
	who, err := s.admit(ctx, s.store, by, reads, policy.RequestKeys)
	if err != nil {
		return nil, Cursor{}, err
	}
	if page, err = pageLimit(page); err != nil {
		return nil, Cursor{}, err
	}
	decides := who.may(policy.ManageKeys)
	return cut(page, func(p Page) ([]KeyRequest, error) {
		switch {
		case open && decides:
			return s.store.OpenKeyRequests(ctx, by.Account, "", s.now().Add(-RequestLife), p)
		case open:
			return s.store.OpenKeyRequests(ctx, by.Account, who.member, s.now().Add(-RequestLife), p)
		case decides:
			return s.store.KeyRequests(ctx, by.Account, p)
		}
		return s.store.KeyRequestsOf(ctx, by.Account, who.member, p)
	}, func(r KeyRequest) Cursor { return Cursor{At: r.Created, ID: string(r.ID)} })
}

// KeyRequest answers a request, and the key that was made of it, if any. Whoever may not decide
// about requests sees his own. by needs policy.RequestKeys.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError.
func (s *Service) KeyRequest(ctx context.Context, by Principal, id KeyRequestID) (KeyRequest, Key, error) {
	who, err := s.admit(ctx, s.store, by, reads, policy.RequestKeys)
	if err != nil {
		return KeyRequest{}, Key{}, err
	}
	request, err := s.visibleRequest(ctx, s.store, who, id)
	if err != nil {
		return KeyRequest{}, Key{}, fmt.Errorf("request %s: %w", clip(string(id)), err)
	}
	if request.Key == "" {
		return request, Key{}, nil
	}
	key, err := s.store.Key(ctx, request.Account, request.Key)
	return request, key, err
}

// visibleRequest is a request that who may see: whoever may not decide sees his own.
func (s *Service) visibleRequest(ctx context.Context, r Reader, who admitted, id KeyRequestID) (KeyRequest, error) {
	request, err := r.KeyRequest(ctx, who.account.ID, id)
	if err == nil && !who.may(policy.ManageKeys) && !who.made(request) {
		return KeyRequest{}, ErrNotFound
	}
	return request, err
}

func (a admitted) made(r KeyRequest) bool { return a.member != "" && string(a.member) == r.By.ID }

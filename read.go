package keywright

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/keywright/keywright/policy"
)

// Self is who by is at this moment: what he may do, in which account, on which plan.
type Self struct {
	By      Principal
	Account Account
	Plan    policy.Plan
	Member  Member        // a member's
	Role    policy.Role   // a member's
	Key     Key           // a key's
	Token   OperatorToken // the operator's, where he acts by one
	Rights  []policy.Right
}

// Whoami finds out who by is. Whoever asks with an account must still belong to it.
//
// Errors: ErrNotFound (no such account, member or key, or no longer active).
func (s *Service) Whoami(ctx context.Context, by Principal) (Self, error) {
	self := Self{By: by}
	var err error
	if by.Account != "" {
		if self.Account, err = s.store.Account(ctx, by.Account); err != nil {
			return Self{}, err
		}
		self.Plan, _ = s.Policy().Plan(self.Account.Plan)
	}
	switch by.Kind {
	case PrincipalMember:
		if self.Member, err = s.store.Member(ctx, by.Account, by.Member); err != nil {
			return Self{}, err
		}
		if !by.in(self.Member) {
			return Self{}, ErrNotFound
		}
		self.Role, _ = s.Policy().Role(self.Member.Role)
		self.Rights = self.Role.Rights
	case PrincipalKey:
		if self.Key, err = s.store.Key(ctx, by.Account, by.Key); err != nil {
			return Self{}, err
		}
		if self.Key.State(s.now()) != KeyActive {
			return Self{}, ErrNotFound
		}
		self.Rights = s.rightsOf(ctx, self)
	case PrincipalOperator:
		if by.Token != "" {
			if self.Token, err = s.store.OperatorToken(ctx, by.Token); err != nil {
				return Self{}, err
			}
		}
		self.Rights = policy.Rights()
	}
	return self, nil
}

// Key answers one key of by's account. by needs the right policy.ManageKeys, or policy.OwnKeys for
// a personal key of his.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError.
func (s *Service) Key(ctx context.Context, by Principal, id KeyID) (Key, error) {
	who, err := s.admit(ctx, s.store, by, reads, ofKeys()...)
	if err != nil {
		return Key{}, err
	}
	key, err := s.touchable(ctx, s.store, who, id)
	if err != nil {
		return Key{}, fmt.Errorf("key %s: %w", clip(string(id)), err)
	}
	one := []Key{key}
	err = s.lookAfterMembers(ctx, one)
	return one[0], err
}

// AccountOfKey finds the account that a key belongs to. Only the operator may: everyone else
// names keys within his own account.
//
// Errors: ErrNotFound, *ForbiddenError.
func (s *Service) AccountOfKey(ctx context.Context, by Principal, id KeyID) (Account, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return Account{}, err
	}
	held, err := s.store.Sealed(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("key %s: %w", clip(string(id)), err)
	}
	return held.Account, nil
}

// Members lists the members of by's account, newest first. by needs policy.ReadMembers.
//
// Errors: as Keys.
func (s *Service) Members(ctx context.Context, by Principal, page Page) ([]Member, Cursor, error) {
	return list(ctx, s, by, policy.ReadMembers, page, s.store.Members, memberCursor)
}

// Member answers one member of by's account, not a removed one. by needs policy.ReadMembers.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError.
func (s *Service) Member(ctx context.Context, by Principal, id MemberID) (Member, error) {
	if _, _, err := s.authorise(ctx, s.store, by, policy.ReadMembers); err != nil {
		return Member{}, err
	}
	m, err := s.store.Member(ctx, by.Account, id)
	if err == nil && m.State == MemberRemoved {
		err = ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("member %s: %w", clip(string(id)), err)
	}
	return m, nil
}

// MemberByEmail finds a member of by's account by his address. by needs policy.ReadMembers.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError.
func (s *Service) MemberByEmail(ctx context.Context, by Principal, email string) (Member, error) {
	if _, _, err := s.authorise(ctx, s.store, by, policy.ReadMembers); err != nil {
		return Member{}, err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return Member{}, err
	}
	m, err := s.store.MemberByEmail(ctx, by.Account, normal)
	if err != nil {
		return Member{}, fmt.Errorf("member %s: %w", clip(normal), err)
	}
	return m, nil
}

// Account answers by's account. by needs policy.ReadAccount.
//
// Errors: ErrNotFound, ErrSuspended, *ForbiddenError.
func (s *Service) Account(ctx context.Context, by Principal) (Account, error) {
	_, account, err := s.authorise(ctx, s.store, by, policy.ReadAccount)
	return account, err
}

// Accounts lists all accounts, newest first. Only the operator may.
//
// Errors: *ForbiddenError, *InvalidError (limit).
func (s *Service) Accounts(ctx context.Context, by Principal, page Page) ([]Account, Cursor, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return nil, Cursor{}, err
	}
	page, err := pageLimit(page)
	if err != nil {
		return nil, Cursor{}, err
	}
	return cut(page, func(p Page) ([]Account, error) { return s.store.Accounts(ctx, p) }, accountCursor)
}

// AccountBySlug finds an account by its slug. Only the operator may.
//
// Errors: ErrNotFound, *ForbiddenError.
func (s *Service) AccountBySlug(ctx context.Context, by Principal, slug string) (Account, error) {
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return Account{}, err
	}
	account, err := s.store.AccountBySlug(ctx, slug)
	if err != nil {
		return Account{}, fmt.Errorf("account %s: %w", clip(slug), err)
	}
	return account, nil
}

// Events lists the audit log of by's account, newest first. by needs policy.ReadAudit. The
// operator who means no account gets the log of the installation: of all accounts, and of what
// he did outside of them.
//
// Errors: as Keys.
func (s *Service) Events(ctx context.Context, by Principal, page Page) ([]Event, Cursor, error) {
	if by.Kind != PrincipalOperator || by.Account != "" {
		return list(ctx, s, by, policy.ReadAudit, page, s.store.Events, eventCursor)
	}
	if _, err := s.operates(ctx, s.store, by); err != nil {
		return nil, Cursor{}, err
	}
	page, err := pageLimit(page)
	if err != nil {
		return nil, Cursor{}, err
	}
	return cut(page, func(p Page) ([]Event, error) { return s.store.AllEvents(ctx, p) }, eventCursor)
}

// History lists what was done with a key of by's account, newest first. by needs the right
// policy.ManageKeys, or policy.OwnKeys for a personal key of his.
//
// Errors: as Key, and *InvalidError (limit, cursor).
func (s *Service) History(ctx context.Context, by Principal, id KeyID, page Page) ([]Event, Cursor, error) {
	if _, err := s.Key(ctx, by, id); err != nil {
		return nil, Cursor{}, err
	}
	page, err := pageLimit(page)
	if err != nil {
		return nil, Cursor{}, err
	}
	return cut(page, func(p Page) ([]Event, error) { return s.store.EventsOf(ctx, by.Account, string(id), p) }, eventCursor)
}

// Receipt answers what was proved of the change of by's account at a revision, if someone waited
// for that. Whoever belongs to the account may see it.
//
// Errors: ErrNotFound.
func (s *Service) Receipt(ctx context.Context, by Principal, revision uint64) (Receipt, error) {
	if _, err := s.Whoami(ctx, by); err != nil {
		return Receipt{}, err
	}
	return s.store.Receipt(ctx, by.Account, revision)
}

// ReceiptOf answers what was proved of the last change of a key or a member of by's account; zero
// when nobody waited for that. Whoever belongs to the account may see it.
//
// Errors: ErrNotFound (by).
func (s *Service) ReceiptOf(ctx context.Context, by Principal, subject string) (Receipt, error) {
	if _, err := s.Whoami(ctx, by); err != nil {
		return Receipt{}, err
	}
	r, err := s.store.ReceiptOf(ctx, by.Account, subject)
	if errors.Is(err, ErrNotFound) {
		return Receipt{}, nil
	}
	return r, err
}

// Where a list goes on after a thing.
func accountCursor(a Account) Cursor { return Cursor{At: a.Created, ID: string(a.ID)} }
func memberCursor(m Member) Cursor   { return Cursor{At: m.Created, ID: string(m.ID)} }
func keyCursor(k Key) Cursor         { return Cursor{At: k.Created, ID: string(k.ID)} }
func eventCursor(e Event) Cursor     { return Cursor{At: e.At, ID: strconv.FormatInt(e.Sequence, 10)} }

// list answers a page of something of by's account.
func list[T any](ctx context.Context, s *Service, by Principal, right policy.Right, page Page,
	read func(context.Context, AccountID, Page) ([]T, error), cursor func(T) Cursor,
) ([]T, Cursor, error) {
	if _, _, err := s.authorise(ctx, s.store, by, right); err != nil {
		return nil, Cursor{}, err
	}
	page, err := pageLimit(page)
	if err != nil {
		return nil, Cursor{}, err
	}
	return cut(page, func(p Page) ([]T, error) { return read(ctx, by.Account, p) }, cursor)
}

// cut reads one more than the page holds, to know whether another page follows.
func cut[T any](page Page, read func(Page) ([]T, error), cursor func(T) Cursor) ([]T, Cursor, error) {
	limit := page.Limit
	page.Limit++
	all, err := read(page)
	if err != nil || len(all) <= limit {
		return all, Cursor{}, err
	}
	return all[:limit], cursor(all[limit-1]), nil
}

package keywright

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// NewSupportRequest is what it takes to ask the operator.
type NewSupportRequest struct {
	Page    string    // a help page's name; empty: between the member and the operator
	Subject string    // required without a Page, 1 to 120 characters; else empty
	Text    string    // required, 1 to 2,000 characters
	Sign    Signature // of a question under a page; empty: SignedNothing
}

var pageForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// AskSupport writes to the operator. Every member of an account may, whatever his role and plan.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError, *InvalidError (page, subject, text, sign;
// several joined), *TooOftenError.
func (s *Service) AskSupport(ctx context.Context, by Principal, n NewSupportRequest) (SupportRequest, error) {
	now := s.now()
	request, invalid := s.newSupportRequest(by, n, now)
	err := s.write(ctx, by, anyMember, now, func(tx Tx, actor Actor, account Account) error {
		if invalid != nil {
			return invalid
		}
		recent, err := tx.SupportRequestsOf(ctx, account.ID, by.Member, Page{Limit: maxAsked})
		if err != nil {
			return err
		}
		if err := notTooOften(recent, func(r SupportRequest) time.Time { return r.Created }, now); err != nil {
			return err
		}
		member, err := tx.Member(ctx, account.ID, by.Member)
		if err != nil {
			return err
		}
		request.By, request.Signed = actor, n.Sign.shows(member, account)
		if err := tx.InsertSupportRequest(ctx, request); err != nil {
			return err
		}
		return s.record(ctx, tx, now, account.ID, actor, SupportAsked, request.subject(), request.details())
	}, &request)
	if err != nil {
		return SupportRequest{}, fmt.Errorf("ask the operator: %w", err)
	}
	return request, nil
}

func (s *Service) newSupportRequest(by Principal, n NewSupportRequest, now time.Time) (SupportRequest, error) {
	var wrong []error
	request := SupportRequest{Account: by.Account, Page: n.Page, Created: now}
	if n.Page != "" && (len(n.Page) > 64 || !pageForm.MatchString(n.Page)) {
		wrong = append(wrong, &InvalidError{Field: "page", Why: "is not the name of a help page"})
	}
	var err error
	switch {
	case n.Page == "":
		if request.Subject, err = line("subject", n.Subject, MaxSubject); err != nil {
			wrong = append(wrong, err)
		}
	case n.Subject != "":
		wrong = append(wrong, &InvalidError{Field: "subject", Why: "is for what is asked elsewhere than under a help page; leave it out"})
	}
	if request.Text, err = passage("text", n.Text, MaxQuestion); err != nil {
		wrong = append(wrong, err)
	}
	switch n.Sign {
	case "", SignedNothing, SignedName, SignedAccount:
	default:
		wrong = append(wrong, &InvalidError{Field: "sign", Why: "is not one of anonymous, name, name_and_account"})
	}
	id, err := s.newID("sup_", now)
	if err != nil {
		wrong = append(wrong, err)
	}
	request.ID = SupportID(id)
	return request, errors.Join(wrong...)
}

// OwnSupportRequests lists what a member has asked the operator, newest first.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError, *InvalidError (limit).
func (s *Service) OwnSupportRequests(ctx context.Context, by Principal, page Page) ([]SupportRequest, Cursor, error) {
	return list(ctx, s, by, anyMember, page, func(ctx context.Context, account AccountID, p Page) ([]SupportRequest, error) {
		return s.store.SupportRequestsOf(ctx, account, by.Member, p)
	}, supportCursor)
}

// SeeAnswers notes that a member has seen the answers to all that he asked. Nothing is decided by
// it, so it has no event.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError.
func (s *Service) SeeAnswers(ctx context.Context, by Principal) error {
	if _, _, err := s.authorise(ctx, s.store, by, anyMember); err != nil {
		return err
	}
	return s.store.SeeAnswers(ctx, by.Account, by.Member, s.now())
}

// Published lists the questions under a help page that were answered and published, of all
// accounts, newest first. Of whoever asked they hold what he allowed, and nothing else.
//
// Errors: ErrSuspended, ErrMembersOnly, *ForbiddenError, *InvalidError (limit).
func (s *Service) Published(ctx context.Context, by Principal, helpPage string, page Page) ([]SupportRequest, Cursor, error) {
	return list(ctx, s, by, anyMember, page, func(ctx context.Context, _ AccountID, p Page) ([]SupportRequest, error) {
		all, err := s.store.PublishedSupport(ctx, helpPage, p)
		for i, r := range all {
			all[i] = SupportRequest{
				ID: r.ID, Page: r.Page, Text: r.Text, Signed: r.Signed, Created: r.Created,
				Answer: r.Answer, AnsweredBy: r.AnsweredBy, Answered: r.Answered, Published: r.Published,
			}
		}
		return all, err
	}, supportCursor)
}

func supportCursor(r SupportRequest) Cursor { return Cursor{At: r.Created, ID: string(r.ID)} }

package keywright

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// NewAnswer is what the operator answers a member.
type NewAnswer struct {
	Text    string // required, 1 to 4,000 characters
	By      string // the name that its readers see, at most 100 characters; empty: the product's
	Publish bool   // a question under a help page only
}

// AnswerSupport answers a member, or answers him anew: the last answer counts, and is shown to him
// as one that he has not seen. Only the operator may.
//
// Errors: ErrNotFound, *ForbiddenError, *InvalidError (text, answered_by, publish; several joined).
func (s *Service) AnswerSupport(ctx context.Context, by Principal, id SupportID, n NewAnswer) (SupportRequest, error) {
	return s.changeSupport(ctx, by, id, func(r *SupportRequest, now time.Time) (Action, error) {
		var wrong []error
		text, err := passage("text", n.Text, MaxAnswer)
		if err != nil {
			wrong = append(wrong, err)
		}
		name := s.Policy().Product.Name
		if strings.TrimSpace(n.By) != "" {
			if name, err = line("answered_by", n.By, MaxName); err != nil {
				wrong = append(wrong, err)
			}
		}
		if n.Publish && r.Page == "" {
			wrong = append(wrong, &InvalidError{Field: "publish", Why: "is for a question under a help page, and this is none"})
		}
		r.Answer, r.AnsweredBy, r.Answered, r.Seen = text, name, now, time.Time{}
		if n.Publish && r.Published.IsZero() {
			r.Published = now
		}
		return SupportAnswered, errors.Join(wrong...)
	})
}

// PublishSupport shows an answered question to every account, under its help page. Only the
// operator may.
//
// Errors: ErrNotFound, *ForbiddenError, *ConflictError (support).
func (s *Service) PublishSupport(ctx context.Context, by Principal, id SupportID) (SupportRequest, error) {
	return s.changeSupport(ctx, by, id, func(r *SupportRequest, now time.Time) (Action, error) {
		switch {
		case r.Page == "":
			return "", &ConflictError{Field: "support", Why: "can't be published: it was not asked under a help page"}
		case r.Answered.IsZero():
			return "", &ConflictError{Field: "support", Why: "has no answer yet; answer it first"}
		case !r.Published.IsZero():
			return "", &ConflictError{Field: "support", Why: "is published already"}
		}
		r.Published = now
		return SupportPublished, nil
	})
}

// UnpublishSupport takes a question from under its help page. Whoever asked keeps the answer. Only
// the operator may.
//
// Errors: ErrNotFound, *ForbiddenError, *ConflictError (support).
func (s *Service) UnpublishSupport(ctx context.Context, by Principal, id SupportID) (SupportRequest, error) {
	return s.changeSupport(ctx, by, id, func(r *SupportRequest, _ time.Time) (Action, error) {
		if r.Published.IsZero() {
			return "", &ConflictError{Field: "support", Why: "is not published"}
		}
		r.Published = time.Time{}
		return SupportUnpublished, nil
	})
}

// changeSupport runs change on what a member asked, and keeps what came of it.
func (s *Service) changeSupport(ctx context.Context, by Principal, id SupportID, change func(*SupportRequest, time.Time) (Action, error)) (SupportRequest, error) {
	now := s.now()
	var request SupportRequest
	err := s.write(ctx, by, operatorOnly, now, func(tx Tx, actor Actor, _ Account) (err error) {
		if request, err = s.supportRequest(ctx, tx, by, id); err != nil {
			return err
		}
		action, err := change(&request, now)
		if err != nil {
			return err
		}
		if err := tx.ChangeSupportRequest(ctx, request); err != nil {
			return err
		}
		details := request.details()
		if action == SupportAnswered && !request.Published.IsZero() {
			details["published"] = "yes"
		}
		return s.record(ctx, tx, now, request.Account, actor, action, request.subject(), details)
	}, &request)
	if err != nil {
		return SupportRequest{}, fmt.Errorf("change support request %s: %w", clip(string(id)), err)
	}
	return request, nil
}

// SupportRequests lists what members have asked, newest first: all, or what is not answered; of
// by's account, or of all where he means none. Only the operator may.
//
// Errors: *ForbiddenError, *InvalidError (limit).
func (s *Service) SupportRequests(ctx context.Context, by Principal, open bool, page Page) ([]SupportRequest, Cursor, error) {
	return list(ctx, s, by, operatorOnly, page, func(ctx context.Context, account AccountID, p Page) ([]SupportRequest, error) {
		return s.store.SupportRequests(ctx, account, open, p)
	}, supportCursor)
}

// SupportRequest answers one. Only the operator may.
//
// Errors: ErrNotFound, *ForbiddenError.
func (s *Service) SupportRequest(ctx context.Context, by Principal, id SupportID) (SupportRequest, error) {
	if _, _, err := s.authorise(ctx, s.store, by, operatorOnly); err != nil {
		return SupportRequest{}, err
	}
	request, err := s.supportRequest(ctx, s.store, by, id)
	if err != nil {
		return SupportRequest{}, fmt.Errorf("support request %s: %w", clip(string(id)), err)
	}
	return request, nil
}

// supportRequest is one of the account that the operator means, or of any where he means none.
func (s *Service) supportRequest(ctx context.Context, r Reader, by Principal, id SupportID) (SupportRequest, error) {
	request, err := r.SupportRequest(ctx, id)
	if err == nil && by.Account != "" && request.Account != by.Account {
		return SupportRequest{}, ErrNotFound
	}
	return request, err
}

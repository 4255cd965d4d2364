package keywright

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// perTransaction is how many restrictions are made again in one transaction: some 50 ms.
const perTransaction = 200

// RestrictAgain makes restrictions again that the database has lost, each with an event that
// says so: a key stays revoked since its first time, for its first reason. It answers those that
// it had to leave out, because they would leave an account without an owner. What it did stays
// when it fails on the way; called again with what is still missing, it goes on. It is no request
// that could be sent twice, but what the operator does while nothing serves the database.
func (s *Service) RestrictAgain(ctx context.Context, all []Missing) (left []Missing, err error) {
	for len(all) > 0 {
		part := all[:min(perTransaction, len(all))]
		all = all[len(part):]
		now := s.now()
		var owners []Missing
		err := s.store.Write(ctx, func(tx Tx) error {
			owners = nil
			for _, m := range part {
				switch err := s.restrictAgain(ctx, tx, m, now); {
				case errors.Is(err, ErrLastOwner):
					owners = append(owners, m)
				case err != nil:
					return err
				}
			}
			return nil
		})
		if err != nil {
			return left, fmt.Errorf("restrict again: %w", err)
		}
		left = append(left, owners...)
	}
	return left, nil
}

func (s *Service) restrictAgain(ctx context.Context, tx Tx, m Missing, now time.Time) error {
	details := map[string]string{"replayed": strconv.FormatUint(m.At.Revision, 10)}
	var action Action
	var subject Subject
	var err error
	switch m.What {
	case LacksTokenRevoked:
		action, subject = TokenRevoked, m.token.subject()
		err = tx.RevokeOperatorToken(ctx, m.Token, m.RevokedBy, m.WhyRevoked, m.Revoked)
	case LacksKeyRevoked:
		action, subject = KeyRevokedBy, m.key.subject()
		err = tx.RevokeKey(ctx, m.Account, m.Key, m.RevokedBy, m.WhyRevoked, m.Revoked)
	case LacksKeyDisabled:
		action, subject = KeyDisabledBy, m.key.subject()
		k := m.key
		k.Disabled, k.Enables, k.DisabledBy = m.Disabled, m.Enables, operatorActor()
		err = tx.DisableKey(ctx, k)
	case LacksKeyRotated: // the new secret is lost, and the old one may have been known to others
		action, subject = KeyDisabledBy, m.key.subject()
		k := m.key
		k.Disabled, k.DisabledBy, k.WhyDisabled = now, operatorActor(), "its newest text was lost with the database; rotate it, then enable it"
		details["why"] = k.WhyDisabled
		err = tx.DisableKey(ctx, k)
	case LacksKeyChanged:
		action, subject = KeyChanged, m.key.subject()
		k := m.key
		if endsEarlier(m.Expires, k.Expires) {
			k.Expires, k.Reminded, details["expires"] = m.Expires, 0, dated(m.Expires)
		}
		if narrower(m.Scopes, k.Scopes) {
			k.Scopes, details["scopes"] = m.Scopes, strings.Join(m.Scopes, ", ")
		}
		err = tx.ChangeKey(ctx, k)
	case LacksMemberEnded:
		to := MemberState(m.State)
		action, subject = leftBy(to), m.member.subject()
		err = s.endAgain(ctx, tx, m, to, details, now)
	case LacksRole:
		action, subject = RoleChanged, m.member.subject()
		details["from"], details["to"] = m.member.Role, m.Role
		if err = s.notLastOwner(ctx, tx, m.member); err == nil {
			err = tx.SetRole(ctx, m.Account, m.Member, m.Role)
		}
	case LacksAccountSuspended:
		action, subject = AccountSuspendedBy, m.account.subject()
		err = tx.SetAccountState(ctx, m.Account, AccountSuspended)
	case LacksPlan:
		action, subject = PlanChanged, m.account.subject()
		details["from"], details["to"] = m.account.Plan, m.Plan
		err = tx.SetPlan(ctx, m.Account, m.Plan)
	}
	if errors.Is(err, ErrRevoked) { // by someone else since it was missing
		return nil
	}
	if err != nil {
		return err
	}
	if !m.Revoked.IsZero() {
		details["by"] = m.RevokedBy.Name
		if m.WhyRevoked != "" {
			details["why"] = m.WhyRevoked
		}
	}
	return s.record(ctx, tx, now, m.Account, operatorActor(), action, subject, details)
}

// endAgain deactivates or removes a member, as leave does.
func (s *Service) endAgain(ctx context.Context, tx Tx, m Missing, to MemberState, details map[string]string, now time.Time) error {
	if err := s.notLastOwner(ctx, tx, m.member); err != nil {
		return err
	}
	handed, err := s.handOver(ctx, tx, Operator(m.Account), m.member, "")
	if err != nil {
		return err
	}
	maps.Copy(details, handed)
	return s.shutOut(ctx, tx, &m.member, to, now)
}

func (a Account) subject() Subject { return Subject{Kind: "account", ID: string(a.ID), Name: a.Name} }

// Decide ends a quarantine: history goes on with the decision's revision. All sessions and
// one-time links end, because some that had ended are open in an older copy. d.At is set. As
// RestrictAgain, it is what the operator does while nothing serves the database.
func (s *Service) Decide(ctx context.Context, d Decision) error {
	d.At = s.now()
	err := s.store.Write(ctx, func(tx Tx) error {
		if err := tx.Decide(ctx, d); err != nil {
			return err
		}
		return s.record(ctx, tx, d.At, "", operatorActor(), Restored, Subject{Kind: "database"},
			map[string]string{"choice": string(d.Choice), "after": strconv.FormatUint(d.After, 10)})
	})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return nil
}

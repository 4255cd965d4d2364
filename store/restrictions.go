package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// restricts says whether a change may have taken something away: 1 or 0, as in its row.
func (t *touched) restricts(thing thing) int64 {
	if thing.kind == noChange || t.made[thing] {
		return 0
	}
	return 1
}

// Journal has keep told of the restrictions in each commit from now on, also of none: after the
// followers and before Write returns, one commit at a time. keep holds up every writer while it
// runs. It must not write to the Store and must not panic.
func (s *Store) Journal(keep func(keywright.Restrictions)) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.journals = append(s.journals, keep)
}

// restrictions reads what the transaction has restricted, when someone is to be told.
func (t *tx) restrictions(ctx context.Context, now time.Time, told bool) (keywright.Restrictions, error) {
	r := keywright.Restrictions{Since: t.since().Revision, At: t.at()}
	kinds := map[string]bool{}
	for _, thing := range t.touched.things {
		if t.touched.restricts(thing) == 1 {
			kinds[thing.kind] = true
		}
	}
	if !told || len(kinds) == 0 {
		return r, nil
	}
	var err error
	r.List, err = t.restricted(ctx, t.revision-1, kinds)
	return dated(r, now), err
}

// RestrictionsSince is all that was restricted after a revision, as it is now. When that is
// more than most changes or revisions, or no longer kept, the answer is Behind.
//
// Errors: ErrBackwards.
func (s *Store) RestrictionsSince(ctx context.Context, since uint64, most int) (keywright.Restrictions, error) {
	var r keywright.Restrictions
	err := s.look(ctx, func(ctx context.Context, in *sql.Tx, now queries.ClockRow) (err error) {
		r = keywright.Restrictions{Since: since, At: point(now)}
		if r.At.Revision <= since {
			return nil
		}
		rows, behind, err := reader{queries.New(in)}.logged(ctx, since, now, most)
		if r.Behind = behind; behind || err != nil {
			return err
		}
		kinds := map[string]bool{}
		for _, row := range rows {
			if row.Restricts == 1 {
				kinds[row.Kind] = true
			}
		}
		r.List, err = reader{queries.New(in)}.restricted(ctx, int64(since), kinds)
		r = dated(r, s.options.Now())
		return err
	})
	return r, err
}

func dated(r keywright.Restrictions, now time.Time) keywright.Restrictions {
	for i := range r.List {
		r.List[i].At, r.List[i].When = r.At, instant(millis(now))
	}
	return r
}

// restricted reads all things of these kinds that were restricted after a revision.
func (r reader) restricted(ctx context.Context, since int64, kinds map[string]bool) ([]keywright.Restriction, error) {
	var list []keywright.Restriction
	if kinds[accountChange] {
		rows, err := r.q.RestrictedAccounts(ctx, since)
		if err != nil {
			return nil, failed("read", "restricted accounts", err)
		}
		list = append(list, all(rows, restrictedAccount)...)
	}
	if kinds[memberChange] {
		rows, err := r.q.RestrictedMembers(ctx, since)
		if err != nil {
			return nil, failed("read", "restricted members", err)
		}
		list = append(list, all(rows, restrictedMember)...)
	}
	if kinds[keyChange] {
		rows, err := r.q.RestrictedKeys(ctx, since)
		if err != nil {
			return nil, failed("read", "restricted keys", err)
		}
		list = append(list, all(rows, restrictedKey)...)
	}
	if kinds[tokenChange] {
		rows, err := r.q.RestrictedTokens(ctx, since)
		if err != nil {
			return nil, failed("read", "restricted tokens", err)
		}
		list = append(list, all(rows, restrictedToken)...)
	}
	return list, nil
}

func restrictedAccount(row queries.RestrictedAccountsRow) keywright.Restriction {
	return keywright.Restriction{Account: keywright.AccountID(row.ID), Plan: row.Plan, State: row.State}
}

func restrictedMember(row queries.RestrictedMembersRow) keywright.Restriction {
	return keywright.Restriction{
		Account: keywright.AccountID(row.AccountID), Member: keywright.MemberID(row.ID), Role: row.Role, State: row.State,
	}
}

func restrictedKey(row queries.RestrictedKeysRow) keywright.Restriction {
	return keywright.Restriction{
		Account: keywright.AccountID(row.AccountID), Key: keywright.KeyID(row.ID),
		Disabled: nullInstant(row.DisabledAt), Enables: nullInstant(row.EnablesAt), Expires: nullInstant(row.ExpiresAt),
		Rotated: nullInstant(row.RotatedAt), Scopes: grants(row.Scopes), Revoked: nullInstant(row.RevokedAt),
		RevokedBy: actor(row.RevokedByKind, row.RevokedByID, row.RevokedByName), WhyRevoked: row.WhyRevoked,
	}
}

func restrictedToken(row queries.RestrictedTokensRow) keywright.Restriction {
	return keywright.Restriction{
		Token: keywright.OperatorTokenID(row.ID), Revoked: nullInstant(row.RevokedAt),
		RevokedBy: actor(row.RevokedByKind, row.RevokedByID, row.RevokedByName), WhyRevoked: row.WhyRevoked,
	}
}

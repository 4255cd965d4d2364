package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

// changed reads the records of all things of these kinds that changed after a revision.
func (r reader) changed(ctx context.Context, since int64, kinds map[string]bool) ([]keyset.Change, error) {
	var records []keyset.Change
	if kinds[accountChange] {
		rows, err := r.q.ChangedAccounts(ctx, since)
		if err != nil {
			return nil, failed("read", "changed accounts", err)
		}
		records = append(records, all(rows, accountRecord)...)
	}
	if kinds[tokenChange] {
		rows, err := r.q.ChangedTokens(ctx, since)
		if err != nil {
			return nil, failed("read", "changed tokens", err)
		}
		for record, err := range tokenRecords(withoutErrors(rows)) {
			if err != nil {
				return nil, err
			}
			records = append(records, record)
		}
	}
	if kinds[memberChange] {
		rows, err := r.q.ChangedMembers(ctx, since)
		if err != nil {
			return nil, failed("read", "changed members", err)
		}
		records = append(records, all(rows, memberRecord)...)
	}
	if kinds[keyChange] {
		rows, err := r.q.ChangedKeys(ctx, since)
		if err != nil {
			return nil, failed("read", "changed keys", err)
		}
		for record, err := range keyRecords(withoutErrors(rows)) {
			if err != nil {
				return nil, err
			}
			records = append(records, record)
		}
	}
	return records, nil
}

func accountRecord(row queries.ChangedAccountsRow) keyset.Change {
	return keyset.Account{ID: row.ID, Slug: row.Slug, Plan: row.Plan, Suspended: row.State != string(keywright.AccountActive)}
}

func memberRecord(row queries.ChangedMembersRow) keyset.Change {
	return keyset.Member{ID: row.ID, Account: row.AccountID, Role: row.Role, Active: row.State == string(keywright.MemberActive)}
}

// keyRecords makes a record of each key from its rows: one for each seal, next to each other.
func keyRecords(rows iter.Seq2[queries.ChangedKeysRow, error]) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		var key keyset.Key
		id := ""
		for row, err := range rows {
			if err == nil && len(row.MAC) != len(secret.MAC{}) {
				err = fmt.Errorf("read key %s: a MAC of %d bytes", row.ID, len(row.MAC))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if row.ID != id {
				if id != "" && !yield(key, nil) {
					return
				}
				id, key = row.ID, keyRecord(row)
			}
			key.Seals = append(key.Seals, keyset.Seal{MAC: secret.MAC(row.MAC), Pepper: int(row.Pepper), Ends: nullInstant(row.EndsAt)})
		}
		if id != "" {
			yield(key, nil)
		}
	}
}

// keyRecord has everything but the seals.
func keyRecord(row queries.ChangedKeysRow) keyset.Key {
	return keyset.Key{
		ID: keywright.KeyID(row.ID).Public(), Account: row.AccountID, Kind: keyset.Kind(row.Kind), Version: row.Version, Member: row.MemberID,
		Scopes: grants(row.Scopes), Networks: prefixes(row.Networks),
		NotBefore: nullInstant(row.NotBefore), Expires: nullInstant(row.ExpiresAt),
		Disabled: row.DisabledAt.Valid, Enables: nullInstant(row.EnablesAt), Revoked: row.RevokedAt.Valid,
	}
}

// tokenRecords makes a record of each token, after one of what stands for their account.
func tokenRecords(rows iter.Seq2[queries.ChangedTokensRow, error]) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		first := true
		for row, err := range rows {
			if err == nil && len(row.MAC) != len(secret.MAC{}) {
				err = fmt.Errorf("read operator token %s: a MAC of %d bytes", row.ID, len(row.MAC))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if first && !yield(keyset.Account{ID: string(keywright.Operators)}, nil) {
				return
			}
			if first = false; !yield(tokenRecord(row), nil) {
				return
			}
		}
	}
}

func tokenRecord(row queries.ChangedTokensRow) keyset.Change {
	return keyset.Key{
		ID: keywright.OperatorTokenID(row.ID).Public(), Account: string(keywright.Operators), Kind: keyset.Kind(row.Use),
		Expires: nullInstant(row.ExpiresAt), Revoked: row.RevokedAt.Valid,
		Seals: []keyset.Seal{{MAC: secret.MAC(row.MAC), Pepper: int(row.Pepper)}},
	}
}

// each makes a record of each row.
func each[Row any](rows iter.Seq2[Row, error], record func(Row) keyset.Change) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		for row, err := range rows {
			if !yield(record(row), err) {
				return
			}
		}
	}
}

// withoutErrors is a list that is there already.
func withoutErrors[Row any](rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

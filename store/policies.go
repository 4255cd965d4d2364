package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) PolicyInForce(ctx context.Context) (policy.InForce, error) {
	row, err := r.q.PolicyInForce(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return policy.InForce{}, nil
	}
	return policy.InForce{Since: uint64(row.Revision), Text: row.Text}, failed("read", "policy", err)
}

func (r reader) HadPolicy(ctx context.Context, text string) (bool, error) {
	_, err := r.q.HadPolicy(ctx, text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, failed("look for", "policy", err)
}

func (r reader) NamesInUse(ctx context.Context) ([]keywright.Named, error) {
	rows, err := r.q.NamesInUse(ctx)
	return all(rows, func(row queries.NamesInUseRow) keywright.Named {
		return keywright.Named{Of: policy.Subject(row.Subject), Name: row.Name}
	}), failed("list", "names in use", err)
}

func (t *tx) ReplacePolicy(ctx context.Context, text string) error {
	err := t.q.InsertPolicy(ctx, queries.InsertPolicyParams{Revision: t.revision, Text: text})
	return t.touch(policyChange, "", "", failed("write", "policy", err))
}

// replaced is the policy in force, when it is among the changes.
func (r reader) replaced(ctx context.Context, kinds map[string]bool) (policy.InForce, error) {
	if !kinds[policyChange] {
		return policy.InForce{}, nil
	}
	return r.PolicyInForce(ctx)
}

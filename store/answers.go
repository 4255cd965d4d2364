package store

import (
	"context"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

func (r reader) Answer(ctx context.Context, id []byte) (keywright.Answer, error) {
	row, err := r.q.Answer(ctx, id)
	if err != nil {
		return keywright.Answer{}, found("answer", err)
	}
	return keywright.Answer{ID: row.ID, Told: row.Told, Secret: row.Secret, At: instant(row.At)}, nil
}

func (t *tx) KeepAnswer(ctx context.Context, a keywright.Answer) error {
	err := t.q.KeepAnswer(ctx, queries.KeepAnswerParams{ID: a.ID, Told: a.Told, Secret: a.Secret, At: millis(a.At)})
	return failed("keep", "answer", err)
}

// ForgetAnswers removes the answers that are no longer told by now, and from the others the
// secrets that are no longer told.
func (s *Store) ForgetAnswers(ctx context.Context, now time.Time) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		if err := q.ForgetAnswers(ctx, millis(now.Add(-keywright.AnswerLife))); err != nil {
			return failed("forget", "answers", err)
		}
		return failed("forget", "secrets of answers", q.ForgetSecretsOfAnswers(ctx, millis(now.Add(-keywright.ToldSecretLife))))
	})
}

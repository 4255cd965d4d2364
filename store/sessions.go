package store

import (
	"context"
	"errors"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Sessions keeps the console's sessions, in the form that the scs library asks for. Give it
// hashed tokens: it stores them as they come. A session is no change of the domain, so
// writing one takes no revision and leaves no event.
type Sessions struct{ store *Store }

// Sessions are the console's sessions.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

// FindCtx answers a session's data; found is false when it is unknown or has ended.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, ok bool, err error) {
	data, err = s.store.q.Session(ctx, queries.SessionParams{Token: token, Now: millis(s.store.options.Now())})
	if err = found("session", err); errors.Is(err, keywright.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx saves a session until expiry, the first instant at which it is no longer found.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.store.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		return failed("save", "session", q.SaveSession(ctx, queries.SaveSessionParams{Token: token, Data: data, ExpiresAt: millis(expiry)}))
	})
}

// DeleteCtx ends a session, known or not.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.store.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		return failed("delete", "session", q.DeleteSession(ctx, token))
	})
}

// Find is FindCtx for callers that have no context; so are Commit and Delete.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// DeleteExpiredSessions removes the rows of sessions that have ended by now.
func (s *Store) DeleteExpiredSessions(ctx context.Context, now time.Time) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		return failed("delete", "expired sessions", q.DeleteExpiredSessions(ctx, millis(now)))
	})
}

-- +goose Up

-- For the history of one key.
CREATE INDEX events_by_subject ON events (account_id, subject_id, sequence);

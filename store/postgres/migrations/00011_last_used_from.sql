-- +goose Up

-- The end client's address at the last use; '' where it was not told.
ALTER TABLE keys ADD COLUMN last_used_from TEXT NOT NULL DEFAULT '';

-- +goose Up

-- When a member was last deactivated, also if he is active again: what he began before is over.
ALTER TABLE members ADD COLUMN deactivated_at INTEGER;

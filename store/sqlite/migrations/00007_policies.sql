-- +goose Up

-- Each policy that was put in force, from which revision on. The last one is in force.
CREATE TABLE policies (
	revision INTEGER NOT NULL PRIMARY KEY,
	text     TEXT    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER policies_are_fixed BEFORE UPDATE ON policies
BEGIN SELECT RAISE(ABORT, 'a policy that was in force can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER policies_are_kept BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'a policy that was in force can not be deleted'); END;
-- +goose StatementEnd

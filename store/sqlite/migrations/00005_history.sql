-- +goose Up

-- Which database this is, in every copy of it. It is told apart from another one by its name,
-- and from a copy that went its own way by the stamps of its revisions.
CREATE TABLE identity (
	id          INTEGER PRIMARY KEY CHECK (id = 1),
	database    TEXT    NOT NULL,
	quarantined TEXT    NOT NULL -- why nothing may serve it before an operator has decided; '' for nothing
) STRICT;

INSERT INTO identity (id, database, quarantined) VALUES (1, 'db_' || lower(hex(randomblob(10))), '');

-- A random number for each revision, or 0 where whoever wrote it did not know of stamps.
ALTER TABLE clock ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN stamp_before INTEGER NOT NULL DEFAULT 0; -- of the revision before
ALTER TABLE changes ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;

-- 1 where the thing was there before, so that the change may have taken something away from it.
ALTER TABLE changes ADD COLUMN restricts INTEGER NOT NULL DEFAULT 1;

-- What operators decided about this database when it lacked what it had. Of the revisions after
-- after, and before revision, there is no history.
CREATE TABLE decisions (
	revision INTEGER NOT NULL PRIMARY KEY,
	after    INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	choice   TEXT    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER identity_is_fixed BEFORE UPDATE OF id, database ON identity
WHEN EXISTS (SELECT 1 FROM accounts)
BEGIN SELECT RAISE(ABORT, 'a database that is in use keeps its name'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER identity_is_kept BEFORE DELETE ON identity
BEGIN SELECT RAISE(ABORT, 'the identity can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_are_fixed BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'a decision can not be deleted'); END;
-- +goose StatementEnd

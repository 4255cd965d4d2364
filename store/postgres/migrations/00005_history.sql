-- +goose Up

-- Which database this is, in every copy of it. It is told apart from another one by its name,
-- and from a copy that went its own way by the stamps of its revisions.
CREATE TABLE identity (
	id          BIGINT PRIMARY KEY CHECK (id = 1),
	database    TEXT   COLLATE "C" NOT NULL,
	quarantined TEXT   NOT NULL -- why nothing may serve it before an operator has decided; '' for nothing
);

INSERT INTO identity (id, database, quarantined)
VALUES (1, 'db_' || left(replace(gen_random_uuid()::text, '-', ''), 20), '');

-- A random number for each revision, or 0 where whoever wrote it did not know of stamps.
ALTER TABLE clock ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clock ADD COLUMN stamp_before BIGINT NOT NULL DEFAULT 0; -- of the revision before
ALTER TABLE changes ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0;

-- 1 where the thing was there before, so that the change may have taken something away from it.
ALTER TABLE changes ADD COLUMN restricts BIGINT NOT NULL DEFAULT 1;

-- What operators decided about this database when it lacked what it had. Of the revisions after
-- after, and before revision, there is no history.
CREATE TABLE decisions (
	revision BIGINT PRIMARY KEY,
	after    BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	choice   TEXT   NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION keep_identity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	used BOOLEAN;
BEGIN
	EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.accounts)', TG_TABLE_SCHEMA) INTO used;
	IF used THEN
		RAISE EXCEPTION 'a database that is in use keeps its name' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER identity_is_fixed BEFORE UPDATE OF id, database ON identity
FOR EACH ROW EXECUTE FUNCTION keep_identity();

CREATE TRIGGER identity_is_kept BEFORE DELETE ON identity
FOR EACH ROW EXECUTE FUNCTION forbid('the identity can not be deleted');

CREATE TRIGGER identity_is_not_emptied BEFORE TRUNCATE ON identity EXECUTE FUNCTION forbid('the identity can not be deleted');

CREATE TRIGGER decisions_are_fixed BEFORE UPDATE ON decisions
FOR EACH ROW EXECUTE FUNCTION forbid('a decision can not be changed');

CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
FOR EACH ROW EXECUTE FUNCTION forbid('a decision can not be deleted');

CREATE TRIGGER decisions_are_not_emptied BEFORE TRUNCATE ON decisions EXECUTE FUNCTION forbid('decisions can not be deleted');

-- +goose Up

-- What a revision changed, for those who keep a copy in memory. There is a row for each thing
-- that it changed, and one without a thing for a revision that changed nothing of interest: so
-- a revision without a row is one that was not written down.
CREATE TABLE changes (
	revision   BIGINT NOT NULL,
	position   BIGINT NOT NULL, -- within the revision, from 0
	kind       TEXT   NOT NULL, -- account, member, key, policy, or '' for nothing
	account_id TEXT   COLLATE "C" NOT NULL, -- '' where none is meant
	entity_id  TEXT   COLLATE "C" NOT NULL, -- the same
	at         BIGINT NOT NULL,
	PRIMARY KEY (revision, position)
);

-- Changes up to the horizon are not kept. That is all there were when this table was made.
ALTER TABLE clock ADD COLUMN horizon BIGINT NOT NULL DEFAULT 0;
UPDATE clock SET horizon = revision;

-- What a copy of all keys needs of each, in the order of the seals. A million keys are read side
-- by side in 1.3 s; from the tables it took 5.3 s, or 2 s of sorting before the first one came.
CREATE INDEX keys_whole ON keys (id) INCLUDE (account_id, kind, version, not_before, expires_at, disabled_at, revoked_at);

CREATE TRIGGER changes_are_fixed BEFORE UPDATE ON changes
FOR EACH ROW EXECUTE FUNCTION forbid('a change can not be changed');

CREATE TRIGGER changes_are_not_emptied BEFORE TRUNCATE ON changes EXECUTE FUNCTION forbid('changes can not be emptied');

-- The clock is that of the table's own schema: a temporary table of that name would come first.
-- +goose StatementBegin
CREATE FUNCTION keep_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	horizon BIGINT;
BEGIN
	EXECUTE format('SELECT horizon FROM %I.clock', TG_TABLE_SCHEMA) INTO horizon;
	IF EXISTS (SELECT 1 FROM gone WHERE revision > horizon) THEN
		RAISE EXCEPTION 'a change above the horizon can not be deleted' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER changes_are_kept AFTER DELETE ON changes
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION keep_changes();

CREATE TRIGGER horizon_goes_forward BEFORE UPDATE OF horizon ON clock
FOR EACH ROW WHEN (NEW.horizon < OLD.horizon OR NEW.horizon > NEW.revision)
EXECUTE FUNCTION forbid('the horizon can not go back, nor beyond the last revision');

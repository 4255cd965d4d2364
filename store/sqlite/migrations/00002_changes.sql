-- +goose Up

-- What a revision changed, for those who keep a copy in memory. There is a row for each thing
-- that it changed, and one without a thing for a revision that changed nothing of interest: so
-- a revision without a row is one that was not written down.
CREATE TABLE changes (
	revision   INTEGER NOT NULL,
	position   INTEGER NOT NULL, -- within the revision, from 0
	kind       TEXT    NOT NULL, -- account, member, key, policy, or '' for nothing
	account_id TEXT    NOT NULL, -- '' where none is meant
	entity_id  TEXT    NOT NULL, -- the same
	at         INTEGER NOT NULL,
	PRIMARY KEY (revision, position)
) STRICT, WITHOUT ROWID;

-- Changes up to the horizon are not kept. That is all there were when this table was made.
ALTER TABLE clock ADD COLUMN horizon INTEGER NOT NULL DEFAULT 0;
UPDATE clock SET horizon = revision;

-- What a copy of all keys needs of each, in the order of the seals: without it, finding each
-- key's seal took longer than reading both tables, 3.8 s instead of 1.8 s for a million.
CREATE INDEX keys_whole ON keys (id, account_id, kind, version, not_before, expires_at, disabled_at, revoked_at);

-- +goose StatementBegin
CREATE TRIGGER changes_are_fixed BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER changes_are_kept BEFORE DELETE ON changes
WHEN OLD.revision > (SELECT horizon FROM clock)
BEGIN SELECT RAISE(ABORT, 'a change above the horizon can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER horizon_goes_forward BEFORE UPDATE OF horizon ON clock
WHEN NEW.horizon < OLD.horizon OR NEW.horizon > NEW.revision
BEGIN SELECT RAISE(ABORT, 'the horizon can not go back, nor beyond the last revision'); END;
-- +goose StatementEnd

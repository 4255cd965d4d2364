-- +goose Up

-- What a key may do, where, for how long, and who answers for it. Scopes and networks are lists
-- with a blank between; '' for no limit.
ALTER TABLE keys ADD COLUMN member_id TEXT NOT NULL DEFAULT ''; -- whom a personal key acts as; who answers for a service's key
ALTER TABLE keys ADD COLUMN service TEXT NOT NULL DEFAULT ''; -- the non-person that a service's key acts as
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN disabled_by_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN disabled_by_id TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN disabled_by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN why_disabled TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN enables_at INTEGER; -- when a disabled key is good again by itself
ALTER TABLE keys ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0; -- the last reminder of the expiry that was given: 30, 7 or 1 days, or 0
ALTER TABLE keys ADD COLUMN rotated_at INTEGER;

CREATE INDEX keys_by_member ON keys (member_id, created_at, id) WHERE member_id <> '';
CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;

-- All that a snapshot reads of a key.
DROP INDEX keys_whole;
CREATE INDEX keys_whole ON keys (
	id, account_id, kind, version, not_before, expires_at, disabled_at, revoked_at, enables_at, member_id, scopes, networks
);

DROP TRIGGER keys_are_fixed;

-- +goose StatementBegin
CREATE TRIGGER keys_are_fixed BEFORE UPDATE OF
	id, account_id, kind, description, brand, env, once, service,
	created_at, created_by_kind, created_by_id, created_by_name
ON keys
BEGIN SELECT RAISE(ABORT, 'what a key was issued with can not be changed'); END;
-- +goose StatementEnd

-- The end of a key's text changes with its text.
-- +goose StatementBegin
CREATE TRIGGER keys_keep_their_four BEFORE UPDATE OF last_four ON keys
WHEN NEW.last_four <> OLD.last_four AND NEW.rotated_at IS OLD.rotated_at
BEGIN SELECT RAISE(ABORT, 'what a key was issued with can not be changed'); END;
-- +goose StatementEnd

-- Somebody else may answer for a service's key. A personal key is its member's for good.
-- +goose StatementBegin
CREATE TRIGGER keys_stay_personal BEFORE UPDATE OF member_id ON keys
WHEN OLD.kind <> 'service' AND NEW.member_id <> OLD.member_id
BEGIN SELECT RAISE(ABORT, 'a personal key stays its member''s'); END;
-- +goose StatementEnd

-- A secret that was replaced has an end. last_four is that of the secret's own text; '' where it
-- is that of the key. last_used_at tells which of two is in use.
ALTER TABLE seals ADD COLUMN ends_at INTEGER;
ALTER TABLE seals ADD COLUMN last_four TEXT NOT NULL DEFAULT '';
ALTER TABLE seals ADD COLUMN last_used_at INTEGER;

DROP TRIGGER seals_are_fixed;

-- +goose StatementBegin
CREATE TRIGGER seals_are_fixed BEFORE UPDATE OF key_id, mac, pepper, created_at ON seals
BEGIN SELECT RAISE(ABORT, 'a seal can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER seals_keep_their_four BEFORE UPDATE OF last_four ON seals
WHEN OLD.last_four <> '' AND NEW.last_four <> OLD.last_four
BEGIN SELECT RAISE(ABORT, 'a seal can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER seals_end BEFORE UPDATE OF ends_at ON seals
WHEN OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at)
BEGIN SELECT RAISE(ABORT, 'the end of a seal can not move away'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER seals_are_kept BEFORE DELETE ON seals WHEN OLD.ends_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a seal without an end can not be deleted'); END;
-- +goose StatementEnd

-- When the account may next make as many keys at once as its plan allows: the state of that limit.
ALTER TABLE accounts ADD COLUMN new_keys_full_at INTEGER NOT NULL DEFAULT 0; -- nanoseconds since 1970

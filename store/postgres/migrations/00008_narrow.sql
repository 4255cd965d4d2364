-- +goose Up

-- What a key may do, where, for how long, and who answers for it. Scopes and networks are lists
-- with a blank between; '' for no limit.
ALTER TABLE keys
	ADD COLUMN member_id TEXT COLLATE "C" NOT NULL DEFAULT '', -- whom a personal key acts as; who answers for a service's key
	ADD COLUMN service TEXT NOT NULL DEFAULT '', -- the non-person that a service's key acts as
	ADD COLUMN scopes TEXT NOT NULL DEFAULT '',
	ADD COLUMN networks TEXT NOT NULL DEFAULT '',
	ADD COLUMN disabled_by_kind TEXT NOT NULL DEFAULT '',
	ADD COLUMN disabled_by_id TEXT NOT NULL DEFAULT '',
	ADD COLUMN disabled_by_name TEXT NOT NULL DEFAULT '',
	ADD COLUMN why_disabled TEXT NOT NULL DEFAULT '',
	ADD COLUMN enables_at BIGINT, -- when a disabled key is good again by itself
	ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0, -- the last reminder of the expiry that was given: 30, 7 or 1 days, or 0
	ADD COLUMN rotated_at BIGINT;

CREATE INDEX keys_by_member ON keys (member_id, created_at, id) WHERE member_id <> '';
CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;

-- All that a snapshot reads of most keys. What narrows a few is too long for an index.
DROP INDEX keys_whole;
CREATE INDEX keys_whole ON keys (id) INCLUDE (account_id, kind, version, not_before, expires_at, disabled_at, revoked_at, enables_at, member_id);
CREATE INDEX keys_narrowed ON keys (id) WHERE scopes <> '' OR networks <> '';

DROP TRIGGER keys_are_fixed ON keys;

CREATE TRIGGER keys_are_fixed BEFORE UPDATE OF
	id, account_id, kind, description, brand, env, once, service,
	created_at, created_by_kind, created_by_id, created_by_name
ON keys FOR EACH ROW EXECUTE FUNCTION forbid('what a key was issued with can not be changed');

-- The end of a key's text changes with its text.
CREATE TRIGGER keys_keep_their_four BEFORE UPDATE OF last_four ON keys
FOR EACH ROW WHEN (NEW.last_four <> OLD.last_four AND NEW.rotated_at IS NOT DISTINCT FROM OLD.rotated_at)
EXECUTE FUNCTION forbid('what a key was issued with can not be changed');

-- Somebody else may answer for a service's key. A personal key is its member's for good.
CREATE TRIGGER keys_stay_personal BEFORE UPDATE OF member_id ON keys
FOR EACH ROW WHEN (OLD.kind <> 'service' AND NEW.member_id <> OLD.member_id)
EXECUTE FUNCTION forbid('a personal key stays its member''s');

-- A secret that was replaced has an end. last_four is that of the secret's own text; '' where it
-- is that of the key. last_used_at tells which of two is in use.
ALTER TABLE seals
	ADD COLUMN ends_at BIGINT,
	ADD COLUMN last_four TEXT NOT NULL DEFAULT '',
	ADD COLUMN last_used_at BIGINT;
CREATE INDEX seals_ending ON seals (key_id, mac) WHERE ends_at IS NOT NULL; -- for the snapshot: there are few

DROP TRIGGER seals_are_fixed ON seals;

CREATE TRIGGER seals_are_fixed BEFORE UPDATE OF key_id, mac, pepper, created_at ON seals
FOR EACH ROW EXECUTE FUNCTION forbid('a seal can not be changed');

CREATE TRIGGER seals_keep_their_four BEFORE UPDATE OF last_four ON seals
FOR EACH ROW WHEN (OLD.last_four <> '' AND NEW.last_four <> OLD.last_four)
EXECUTE FUNCTION forbid('a seal can not be changed');

CREATE TRIGGER seals_end BEFORE UPDATE OF ends_at ON seals
FOR EACH ROW WHEN (OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at))
EXECUTE FUNCTION forbid('the end of a seal can not move away');

CREATE TRIGGER seals_are_kept BEFORE DELETE ON seals
FOR EACH ROW WHEN (OLD.ends_at IS NULL)
EXECUTE FUNCTION forbid('a seal without an end can not be deleted');

-- When the account may next make as many keys at once as its plan allows: the state of that limit.
ALTER TABLE accounts ADD COLUMN new_keys_full_at BIGINT NOT NULL DEFAULT 0; -- nanoseconds since 1970

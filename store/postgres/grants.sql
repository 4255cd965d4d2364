-- What the running service may do, and no more: it can not change the schema, nor what a key
-- was issued with, nor a seal, an event or a check value, and it can delete only what has an
-- end. keywright migrate runs this after the migrations, with the role's name for "service".
-- Whoever adds a table adds its line.

REVOKE ALL ON ALL TABLES IN SCHEMA here FROM "service";
REVOKE CREATE ON SCHEMA here FROM "service";
GRANT USAGE ON SCHEMA here TO "service";

GRANT SELECT ON schema_versions TO "service";
GRANT SELECT, UPDATE (revision, sequence, horizon, stamp, stamp_before) ON clock TO "service";
GRANT SELECT, UPDATE (database, quarantined) ON identity TO "service"; -- and a trigger keeps the name
GRANT SELECT, INSERT ON decisions TO "service";
GRANT SELECT, INSERT, UPDATE (name, plan, state, active_keys, new_keys_full_at) ON accounts TO "service";
GRANT SELECT, INSERT, UPDATE (name, role, state, deactivated_at) ON members TO "service";
GRANT SELECT, INSERT, UPDATE, DELETE ON passwords TO "service";
GRANT SELECT, INSERT, UPDATE (expires_at, spent_at) ON links TO "service";
GRANT SELECT, INSERT, UPDATE (
	version, member_id, scopes, networks, last_four, not_before, expires_at, reminded, rotated_at,
	disabled_at, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at, last_used_from
) ON keys TO "service";
GRANT SELECT, INSERT, UPDATE (ends_at, last_four, last_used_at), DELETE ON seals TO "service"; -- and triggers keep those without an end
GRANT SELECT, INSERT, UPDATE (
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at
) ON operator_tokens TO "service";
GRANT SELECT, INSERT, UPDATE (
	reached, granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined, ended_at, key_id
) ON key_requests TO "service";
GRANT SELECT, INSERT, UPDATE (answer, answered_by, answered_at, published_at, seen_at) ON support_requests TO "service";
GRANT SELECT, INSERT ON events TO "service";
GRANT SELECT, INSERT, DELETE ON changes TO "service";
GRANT SELECT, INSERT, UPDATE (told, secret, at), DELETE ON answers TO "service";
GRANT SELECT, INSERT, UPDATE (seen_at, polls, applied), DELETE ON nodes TO "service";
GRANT SELECT, INSERT, UPDATE (safe, receipt) ON receipts TO "service";
GRANT SELECT, INSERT ON policies TO "service";
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO "service";
GRANT SELECT, INSERT ON keyring_checks TO "service";

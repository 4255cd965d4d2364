package postgres

import "github.com/keywright/keywright/store"

// keys reads all keys and their seals side by side, both from an index in the order of the key's
// id, which is where everything that is asked for is, but for what narrows a key and when a seal
// ends: few have that, and of those it comes from the table.
const keys = `SELECT convert_to(concat_ws('` + store.Separator + `',
	keys.id, keys.account_id, keys.kind, keys.version, keys.member_id,
	coalesce(narrowed.scopes, ''), coalesce(narrowed.networks, ''), seals.pepper,
	coalesce(keys.not_before::text, ''), coalesce(keys.expires_at::text, ''),
	coalesce(keys.disabled_at::text, ''), coalesce(keys.enables_at::text, ''), coalesce(keys.revoked_at::text, ''),
	coalesce(ending.ends_at::text, ''), '` + store.End + `', ''), 'UTF8') || seals.mac
FROM keys
JOIN seals ON seals.key_id = keys.id
LEFT JOIN (SELECT id, scopes, networks FROM keys WHERE scopes <> '' OR networks <> '') AS narrowed ON narrowed.id = keys.id
LEFT JOIN (SELECT key_id, mac, ends_at FROM seals WHERE ends_at IS NOT NULL) AS ending ON ending.key_id = seals.key_id AND ending.mac = seals.mac
ORDER BY seals.key_id, seals.mac`

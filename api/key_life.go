package api

import "time"

// KeySecret tells of one of a key's secrets, and holds nothing of it but its end.
type KeySecret struct {
	LastFour   string     `json:"last_four" example:"QZ1x"`
	CreatedAt  time.Time  `json:"created_at"`
	EndsAt     *time.Time `json:"ends_at" doc:"From when on it no longer works, because another one has replaced it; null: it is the current one."`
	LastUsedAt *time.Time `json:"last_used_at" doc:"The last time that this one was accepted; of the current one beside an older one, since the rotation; null: not yet."`
}

// KeyWithSecrets is a key with what is known of its secrets.
type KeyWithSecrets struct {
	Key
	Secrets []KeySecret `json:"secrets" nullable:"false" doc:"Those that work: one or, in the grace period after a rotation, two, the older one first."`
}

// Disabling says why a key stops, and for how long.
type Disabling struct {
	Reason string `json:"reason,omitempty" doc:"For the history." maxLength:"200" example:"who still uses it?"`
	For    string `json:"for,omitempty" doc:"Then it works again by itself: 1s to 7d. Left out: until it is enabled." example:"10min"`
}

// Rotation says how long the old secret goes on working.
type Rotation struct {
	Grace string `json:"grace,omitempty" doc:"A duration; 0 ends the old secret at once. Left out: what the policy says, 24h by default." example:"24h"`
}

// RotatedKey is a key with its new secret.
type RotatedKey struct {
	Key
	Secret    string    `json:"secret,omitempty" doc:"The new secret. Keep it now: it is never shown again. Missing only where a request is answered again after an hour, or under an Idempotency-Key of fewer than 22 characters." example:"kw_live_o6p4Zq81LmT3ThisIsAnExampleAndNoRealKeyQZ1xxx"`
	OldEndsAt time.Time `json:"old_secret_ends_at" doc:"From when on the old secret no longer works."`
	Restriction
}

// KeyChange is what is to be different of a key. What is left out stays.
type KeyChange struct {
	APIVersion *string   `json:"api_version,omitempty" doc:"Another version that takes new keys." example:"v2"`
	Scopes     *[]string `json:"scopes,omitempty" doc:"Fewer than before. More are for a new key."`
	Networks   *[]string `json:"networks,omitempty" maxItems:"100" doc:"Where it may be used from; an empty list: anywhere." example:"[\"192.0.2.0/24\"]"`
	NotBefore  *string   `json:"not_before,omitempty" doc:"From when on it works: a duration from now, a date, or an instant."`
	Expires    *string   `json:"expires,omitempty" doc:"From when on it no longer works: a duration from now such as 90d, a date, an instant, or never, as far as the plan lets it." example:"90d"`
	Member     *string   `json:"member,omitempty" doc:"Who answers for a service's key: a member's id." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
}

// ChangedKey is a key after a change.
type ChangedKey struct {
	Key
	Restriction
}

// KeyFilter says which keys are meant: those that fit all that is given.
type KeyFilter struct {
	State       string `json:"state,omitempty" enum:"active,not_yet_valid,disabled,expired" doc:"What they are at this moment."`
	Kind        string `json:"kind,omitempty" enum:"account,read_only,personal,service"`
	APIVersion  string `json:"api_version,omitempty" example:"v1"`
	Environment string `json:"environment,omitempty" enum:"live,test"`
	Member      string `json:"member,omitempty" doc:"Whom they act as, or who answers for them: a member's id, or me."`
	CreatedBy   string `json:"created_by,omitempty" doc:"The id of who issued them."`
	Expiring    string `json:"expiring,omitempty" doc:"They have an end, and it comes before that: a duration from now, a date or an instant."`
	Unused      string `json:"unused,omitempty" doc:"They were not used for that long, or since that date or instant, and are older." example:"90d"`
	Scope       string `json:"scope,omitempty" doc:"They were narrowed to this scope, among others."`
	Network     string `json:"network,omitempty" doc:"They were narrowed to networks that have addresses in common with this one."`
	Search      string `json:"search,omitempty" maxLength:"200" doc:"It is in the description or in the service's name, or begins the id or the last four characters."`
}

// BatchRevocation says which keys end, and why.
type BatchRevocation struct {
	Filter     KeyFilter `json:"filter" doc:"An empty object means all keys of the account."`
	Reason     string    `json:"reason,omitempty" doc:"For the history." maxLength:"200"`
	ReasonKind string    `json:"reason_kind,omitempty" enum:"lost,leaked,replaced,leaver,other"`
	DryRun     bool      `json:"dry_run,omitempty" doc:"Answer what would end, and change nothing."`
	Confirm    string    `json:"confirm,omitempty" doc:"What the answer to the dry run has as confirm: how many keys end, or the account's slug when it is all of them." example:"12"`
}

// RevokedBatch is what has ended, or would.
type RevokedBatch struct {
	Count   int    `json:"count" doc:"How many keys." example:"12"`
	Keys    []Key  `json:"keys" nullable:"false" doc:"The newest of them, 200 at most; the list of keys with the same filter has the rest."`
	DryRun  bool   `json:"dry_run" doc:"Nothing was changed."`
	Confirm string `json:"confirm" doc:"What to send as confirm to have it done." example:"12"`
	Restriction
}

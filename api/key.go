package api

import "time"

// Key is the record of an API key, never its secret.
type Key struct {
	ID           string     `json:"id" doc:"Names the key for good; its 12 characters also stand in the key's text." example:"key_o6p4Zq81LmT3"`
	Kind         string     `json:"kind" enum:"account,read_only,personal,service" doc:"What it acts as: the whole account, the whole account but only reading, one member with no more than his role gives at that moment, or a named service."`
	Member       *string    `json:"member" doc:"Whom a personal key acts as, or who answers for a service's: a member's id." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	MemberState  *string    `json:"member_state" enum:"invited,deactivated,removed" doc:"Of a personal key whose member is not active: it is refused."`
	Service      *string    `json:"service" doc:"The service that it acts as."`
	Description  string     `json:"description" doc:"Who or what holds it; never changes." example:"nightly export"`
	APIVersion   string     `json:"api_version" doc:"The API version that it is for unless a request names another." example:"v2"`
	Environment  string     `json:"environment" enum:"live,test"`
	Handle       string     `json:"handle" doc:"How to tell it apart at sight." example:"kw_live_o6p4…QZ1x"`
	LastFour     string     `json:"last_four" doc:"The end of the key's text." example:"QZ1x"`
	Scopes       []string   `json:"scopes" nullable:"false" doc:"What it was narrowed to; empty: all that its kind may." example:"[\"incidents:read\"]"`
	Networks     []string   `json:"networks" nullable:"false" doc:"Where it may be used from; empty: anywhere." example:"[\"192.0.2.0/24\"]"`
	NotBefore    *time.Time `json:"not_before" doc:"From when on it works; null: from the start."`
	ExpiresAt    *time.Time `json:"expires_at" doc:"From when on it no longer works; null: never."`
	State        string     `json:"state" enum:"active,not_yet_valid,disabled,expired,revoked" doc:"Revoked is final."`
	CreatedAt    time.Time  `json:"created_at"`
	CreatedBy    Actor      `json:"created_by"`
	LastUsedAt   *time.Time `json:"last_used_at" doc:"The last time it was accepted, as known a second ago, or longer ago where thousands of keys are in use at once; null: never."`
	LastUsedFrom *string    `json:"last_used_from" doc:"The end client's address at that time; null: it was not told." example:"192.0.2.7"`
	RotatedAt    *time.Time `json:"rotated_at" doc:"When it last got a new secret; null: never."`
	DisabledAt   *time.Time `json:"disabled_at" doc:"null: it is not disabled."`
	DisabledBy   *Actor     `json:"disabled_by"`
	DisableWhy   *string    `json:"disable_reason"`
	EnablesAt    *time.Time `json:"enables_at" doc:"When a disabled key works again by itself; null: not before somebody enables it."`
	RevokedAt    *time.Time `json:"revoked_at" doc:"When it ended; null: it has not."`
	RevokedBy    *Actor     `json:"revoked_by"`
	RevokeReason *string    `json:"revoke_reason"`
	RevokeKind   *string    `json:"revoke_reason_kind" doc:"The usual reason that the reason begins with: lost, leaked, replaced, leaver or other; null: none of them."`
}

// NewKey is what it takes to issue a key.
type NewKey struct {
	Description string `json:"description" doc:"Who or what will hold it, 1 to 200 characters; can't be changed later." minLength:"1" maxLength:"200" example:"nightly export"`
	APIVersion  string `json:"api_version,omitempty" doc:"A version of the policy; default: its preselected one." example:"v2"`
	Environment string `json:"environment,omitempty" enum:"live,test" doc:"Default live, where the policy offers it." example:"live"`

	Kind      string   `json:"kind,omitempty" enum:"account,read_only,personal,service" doc:"Default account."`
	Member    string   `json:"member,omitempty" doc:"For a service's key, who answers for it; default: who asks. For a personal key, whom it acts as, where the operator asks."`
	Service   string   `json:"service,omitempty" maxLength:"200" doc:"The name of the service; default: the description."`
	Scopes    []string `json:"scopes,omitempty" doc:"Narrow it to scopes of the policy, such as incidents:read or incidents:*; default: all that its kind may."`
	Networks  []string `json:"networks,omitempty" maxItems:"100" doc:"Where it may be used from: addresses and networks; default: anywhere." example:"[\"192.0.2.0/24\"]"`
	NotBefore string   `json:"not_before,omitempty" doc:"From when on it works: a duration from now such as 12h, a date, or an instant; default: now." example:"2027-01-01T09:00:00Z"`
	Expires   string   `json:"expires,omitempty" doc:"From when on it no longer works: a duration from now such as 90d, a date, an instant, or never; default: what the plan says." example:"90d"`
}

// IssuedKey is a new key with its secret: the only answer that ever holds one.
type IssuedKey struct {
	Key
	Secret string `json:"secret,omitempty" doc:"The key itself. Keep it now: it is never shown again. Missing only where a request is answered again after an hour, or under an Idempotency-Key of fewer than 22 characters." example:"kw_live_o6p4Zq81LmT3ThisIsAnExampleAndNoRealKeyQZ1xxx"`
}

// KeyPage is a part of the list of keys.
type KeyPage struct {
	Keys       []Key   `json:"keys" nullable:"false"`
	NextCursor *string `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

// Revocation says why a key ends.
type Revocation struct {
	Reason     string `json:"reason,omitempty" doc:"For the history; with reason_kind, what there is to say beside it." maxLength:"200" example:"in a log"`
	ReasonKind string `json:"reason_kind,omitempty" enum:"lost,leaked,replaced,leaver,other" doc:"The usual reason." example:"leaked"`
}

// RevokedKey is a key that has ended.
type RevokedKey struct {
	Key
	Restriction
}

// Actor is who did something, with the name that he had then.
type Actor struct {
	Kind string `json:"kind" enum:"operator,member,key"`
	ID   string `json:"id,omitempty" example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	Name string `json:"name" example:"Ada"`
}

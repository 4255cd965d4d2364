package api

import "time"

// OperatorToken is the record of a token of the operator's own, never its secret.
type OperatorToken struct {
	ID           string     `json:"id" doc:"Names the token for good; its 12 characters also stand in the token's text." example:"tok_o6p4Zq81LmT3"`
	Use          string     `json:"use" enum:"verify,operate" doc:"What it opens: verify asks the data plane for verdicts and nothing else; operate does everything that the operator may, and asks for verdicts."`
	Description  string     `json:"description" doc:"Who or what holds it; never changes." example:"edge gateway"`
	Handle       string     `json:"handle" doc:"How to tell it apart at sight." example:"kwop_live_o6p4…QZ1x"`
	LastFour     string     `json:"last_four" doc:"The end of the token's text." example:"QZ1x"`
	State        string     `json:"state" enum:"active,expired,revoked" doc:"Revoked is final."`
	CreatedAt    time.Time  `json:"created_at"`
	CreatedBy    Actor      `json:"created_by"`
	ExpiresAt    *time.Time `json:"expires_at" doc:"From when on it does not work; null: no end."`
	LastUsedAt   *time.Time `json:"last_used_at" doc:"The last time it was accepted, exact to a second; null: never."`
	RevokedAt    *time.Time `json:"revoked_at" doc:"When it ended; null: it has not."`
	RevokedBy    *Actor     `json:"revoked_by"`
	RevokeReason *string    `json:"revoke_reason"`
}

// NewOperatorToken is what it takes to issue a token of the operator's.
type NewOperatorToken struct {
	Description string     `json:"description" doc:"Who or what will hold it, 1 to 200 characters; can't be changed later." minLength:"1" maxLength:"200" example:"edge gateway"`
	Use         string     `json:"use" enum:"verify,operate" doc:"verify for gateways and services: whoever gets hold of it can make no keys."`
	ExpiresAt   *time.Time `json:"expires_at,omitempty" doc:"From when on it will not work; default: no end."`
}

// IssuedOperatorToken is a new token with its secret: the only answer that ever holds it.
type IssuedOperatorToken struct {
	OperatorToken
	Secret string `json:"secret,omitempty" doc:"The token itself. Keep it now: it is never shown again. Missing only where a request is answered again after an hour, or under an Idempotency-Key of fewer than 22 characters." example:"kwop_live_o6p4Zq81LmT3ThisIsAnExampleAndNoRealKeyQZ1xxx"`
}

// RevokedOperatorToken is a token that has ended.
type RevokedOperatorToken struct {
	OperatorToken
	Restriction
}

// OperatorTokenPage is a part of the list of the operator's tokens.
type OperatorTokenPage struct {
	Tokens     []OperatorToken `json:"tokens" nullable:"false"`
	NextCursor *string         `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

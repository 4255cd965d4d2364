package api

import "time"

// KeyRequest is a member's request for a key that he may not make himself. It holds no secret.
type KeyRequest struct {
	ID            string     `json:"id" example:"req_0VLk2mQp8dR3sT5uV7wX"`
	State         string     `json:"state" enum:"open,approved,declined,withdrawn,collected,expired" doc:"open: someone has to decide. approved: whoever asked can collect the key."`
	RequestedBy   Actor      `json:"requested_by"`
	Description   string     `json:"description" doc:"What the key is for; becomes its description." example:"nightly export"`
	APIVersion    string     `json:"api_version" example:"v2"`
	Asked         Reach      `json:"asked" doc:"What was asked for."`
	Granted       *Reach     `json:"granted" doc:"What was approved of it, no more than that; null before."`
	CreatedAt     time.Time  `json:"created_at"`
	Until         *time.Time `json:"until" doc:"When it expires, if nobody decides before, or nobody collects; null: it is at an end."`
	DecidedAt     *time.Time `json:"decided_at" doc:"When it was approved or declined."`
	DecidedBy     *Actor     `json:"decided_by"`
	DeclineReason *string    `json:"decline_reason"`
	EndedAt       *time.Time `json:"ended_at" doc:"When it was withdrawn, or the key collected."`
	KeyID         *string    `json:"key_id" doc:"The key, once collected." example:"key_o6p4Zq81LmT3"`
}

// Reach is what a key may do, and for how long.
type Reach struct {
	Scopes []string `json:"scopes" nullable:"false" doc:"Scopes, wildcards such as incidents:*, or * for everything that the account may." example:"[\"incidents:read\"]"`
	Days   *int     `json:"days" doc:"For how many days from its collection; null: without end." example:"90"`
}

// NewKeyRequest is what it takes to ask for a key.
type NewKeyRequest struct {
	Description string   `json:"description" doc:"What the key is for, and who or what will hold it, 1 to 200 characters; becomes its description and can't be changed later." minLength:"1" maxLength:"200" example:"nightly export"`
	APIVersion  string   `json:"api_version,omitempty" doc:"A version of the policy; default: its preselected one." example:"v2"`
	Scopes      []string `json:"scopes" nullable:"false" minItems:"1" maxItems:"256" doc:"What the key must be able to do: scopes, wildcards such as incidents:*, or * for everything that the account may." example:"[\"incidents:read\"]"`
	Days        int      `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"For how many days from its collection; default: without end." example:"90"`
}

// Approval says how much of what was asked for is approved.
type Approval struct {
	Scopes []string `json:"scopes,omitempty" nullable:"false" maxItems:"256" doc:"A part of what was asked for; default: all of it." example:"[\"incidents:read\"]"`
	Days   int      `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"At most what was asked for; default: that." example:"30"`
}

// Refusal says why a request is declined.
type Refusal struct {
	Reason string `json:"reason" doc:"Whoever asked reads it." minLength:"1" maxLength:"200" example:"use the key of the export team"`
}

// KeyRequestPage is a part of the list of requests.
type KeyRequestPage struct {
	Requests   []KeyRequest `json:"requests" nullable:"false"`
	NextCursor *string      `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

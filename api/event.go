package api

import "time"

// Event is one line of the audit log: who did what when.
type Event struct {
	Sequence  int64             `json:"sequence" doc:"1, 2, 3 … over the whole installation, in the order in which things happened." example:"1042"`
	ID        string            `json:"id" example:"aud_0VLk2mQp8dR3sT5uV7wX"`
	At        time.Time         `json:"at"`
	AccountID *string           `json:"account_id" doc:"In which account; null: the operator did it outside of all." example:"acct_0VLk2mQp8dR3sT5uV7wX"`
	Actor     Actor             `json:"actor"`
	Action    string            `json:"action" doc:"What was done. There may be new ones." example:"key.issued"`
	Subject   EventSubject      `json:"subject"`
	Details   map[string]string `json:"details" nullable:"false" doc:"What else there is to say, such as the reason of a revocation."`
	Receipt   *Receipt          `json:"receipt,omitempty" doc:"What was proved of the change, if someone has waited for that."`
}

// EventSubject is what was acted on, with the name that it had then.
type EventSubject struct {
	Kind string `json:"kind" doc:"account, member, key or token; there may be new ones." example:"key"`
	ID   string `json:"id" example:"key_o6p4Zq81LmT3"`
	Name string `json:"name" example:"nightly export"`
}

// EventPage is a part of the audit log.
type EventPage struct {
	Events     []Event `json:"events" nullable:"false"`
	NextCursor *string `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

package keywright

import (
	"strconv"
	"strings"
	"time"
)

// How long a request for a key lives.
const (
	RequestLife = 30 * 24 * time.Hour // until someone decided about it
	CollectLife = 7 * 24 * time.Hour  // from its approval until its key was collected
)

// MaxKeyDays is the most days for which a key can be asked for.
const MaxKeyDays = 3650

// KeyRequest is what a member wants who may not make a key himself (F19). It holds no secret:
// the key is made at the moment when he collects it.
type KeyRequest struct {
	ID          KeyRequestID
	Account     AccountID
	By          Actor  // the member who asked, with the name that he had then
	Description string // what the key is for; becomes its description
	Version     string
	Wanted      Reach
	Created     time.Time

	Reached   RequestState // the last step that was taken; State also looks at the time
	Granted   Reach        // once approved: Wanted or less
	Decided   time.Time    // when it was approved or declined; zero: neither
	DecidedBy Actor
	Why       string // it was declined

	Ended time.Time // when it was withdrawn, or its key collected; zero: neither
	Key   KeyID     // once collected
}

// Reach is what a key may do, and for how long.
type Reach struct {
	Scopes []string // grants; ["*"] is everything that the account may
	Days   int      // from when it is collected; 0: without end
}

// RequestState is what a request is at one moment.
type RequestState string

// The states of a request. Only the first two can change.
const (
	RequestOpen      RequestState = "open"
	RequestApproved  RequestState = "approved" // its key waits to be collected
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
	RequestCollected RequestState = "collected"
	RequestExpired   RequestState = "expired" // nobody decided in time, or it was not collected in time
)

// RequestStates lists them all.
func RequestStates() []RequestState {
	return []RequestState{RequestOpen, RequestApproved, RequestDeclined, RequestWithdrawn, RequestCollected, RequestExpired}
}

// State is what the request is at now.
func (r KeyRequest) State(now time.Time) RequestState {
	if until := r.Until(); !until.IsZero() && !now.Before(until) {
		return RequestExpired
	}
	return r.Reached
}

// Until is the first instant at which the request has expired unless it goes on before; zero when
// it is at an end.
func (r KeyRequest) Until() time.Time {
	switch r.Reached {
	case RequestOpen:
		return r.Created.Add(RequestLife)
	case RequestApproved:
		return r.Decided.Add(CollectLife)
	}
	return time.Time{}
}

// MadeBy reports whether p is the member who asked.
func (r KeyRequest) MadeBy(p Principal) bool {
	return p.Kind == PrincipalMember && string(p.Member) == r.By.ID && p.Account == r.Account
}

// notNow says why a request in a state is not what it must be.
func notNow(state RequestState) error {
	why := map[RequestState]string{
		RequestOpen:      "is not approved yet",
		RequestApproved:  "was approved already",
		RequestDeclined:  "was declined already",
		RequestWithdrawn: "was withdrawn by whoever made it",
		RequestCollected: "was approved, and its key was collected: a secret is shown once",
		RequestExpired:   "has expired; it takes a new one",
	}[state]
	return &ConflictError{Field: "request", Why: why}
}

func (r KeyRequest) subject() Subject {
	return Subject{Kind: "request", ID: string(r.ID), Name: r.Description}
}

// details are those of the event of an asking or an approval.
func (r Reach) details() map[string]string {
	return map[string]string{"scopes": strings.Join(r.Scopes, " "), "days": strconv.Itoa(r.Days)}
}

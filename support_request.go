package keywright

import "time"

// The lengths of what members and the operator write to each other, in characters.
const (
	MaxSubject  = 120
	MaxQuestion = 2000
	MaxAnswer   = 4000
)

// SupportRequest is what a member asks the operator: for himself, or, with a Page, under a page of
// the help, where the question and its answer can be published for every account (F21).
type SupportRequest struct {
	ID      SupportID
	Account AccountID
	Slug    string // of the account, where the operator reads it
	By      Actor  // the member who asked
	Page    string // the help page's name, such as "using-a-key"; empty: it is between him and the operator
	Subject string // empty where there is a Page
	Text    string // plain, of several lines
	Signed  string // how it is signed where it is published: "Ada", "Ada, Acme"; empty: "a member of an account"
	Created time.Time

	Answer     string // plain, of several lines
	AnsweredBy string // the name that its readers see
	Answered   time.Time
	Published  time.Time // zero: it is not
	Seen       time.Time // when whoever asked has seen the answer; zero: not yet
}

// Signature says how a question is signed where it is published. It never shows an address.
type Signature string

// The signatures. Whoever asks chooses; without a choice nothing is shown.
const (
	SignedNothing Signature = "anonymous"        // "a member of an account"
	SignedName    Signature = "name"             // "Ada"
	SignedAccount Signature = "name_and_account" // "Ada, Acme"
)

// shows is the name under a question.
func (sign Signature) shows(m Member, a Account) string {
	switch sign {
	case SignedName:
		return m.Name
	case SignedAccount:
		return m.Name + ", " + a.Name
	case SignedNothing:
	}
	return ""
}

func (r SupportRequest) subject() Subject {
	return Subject{Kind: "support", ID: string(r.ID), Name: r.By.Name} // not what it says: the account's admins read this
}

func (r SupportRequest) details() map[string]string {
	if r.Page == "" {
		return nil
	}
	return map[string]string{"page": r.Page}
}

// maxAsked is how often a member can ask within askedIn: for a key, and apart from that the operator.
const (
	maxAsked = 10
	askedIn  = 24 * time.Hour
)

// notTooOften refuses one more than maxAsked within askedIn. recent are the last ones, newest first.
func notTooOften[T any](recent []T, at func(T) time.Time, now time.Time) error {
	if len(recent) < maxAsked {
		return nil
	}
	if wait := at(recent[maxAsked-1]).Add(askedIn).Sub(now); wait > 0 {
		return &TooFastError{What: "requests", Retry: wait}
	}
	return nil
}

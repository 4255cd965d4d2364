package api

import "time"

// SupportRequest is what a member asks the operator: for himself, or under a page of the help,
// where it can be published for every account.
type SupportRequest struct {
	ID          string     `json:"id" example:"sup_0VLk2mQp8dR3sT5uV7wX"`
	AccountID   string     `json:"account_id" example:"acct_0VLk2mQp8dR3sT5uV7wX"`
	Account     string     `json:"account" doc:"The account's slug." example:"acme"`
	AskedBy     Actor      `json:"asked_by"`
	Page        *string    `json:"page" doc:"The help page under which it was asked; null: it is between the member and the operator." example:"using-a-key"`
	Subject     *string    `json:"subject" doc:"Null under a help page." example:"An invoice is missing"`
	Text        string     `json:"text" doc:"Plain text of several lines." example:"Where do I find it?"`
	Signed      *string    `json:"signed" doc:"How it is signed where it is published, as its writer allowed; null: \"a member of an account\"." example:"Ada"`
	CreatedAt   time.Time  `json:"created_at"`
	Answer      *string    `json:"answer" doc:"Plain text of several lines."`
	AnsweredBy  *string    `json:"answered_by" doc:"The name that its readers see." example:"Kim"`
	AnsweredAt  *time.Time `json:"answered_at"`
	PublishedAt *time.Time `json:"published_at" doc:"Since when every account can read it; null: none can."`
	SeenAt      *time.Time `json:"seen_at" doc:"When whoever asked has seen the answer."`
}

// NewSupportRequest is what it takes to ask the operator.
type NewSupportRequest struct {
	Page    string `json:"page,omitempty" maxLength:"64" doc:"The help page under which it is asked; default: it is between the member and the operator." example:"using-a-key"`
	Subject string `json:"subject,omitempty" maxLength:"120" doc:"Required, unless it is asked under a help page." example:"An invoice is missing"`
	Text    string `json:"text" minLength:"1" maxLength:"2000" doc:"Plain text of several lines. One that holds an API key is refused." example:"Where do I find it?"`
	Sign    string `json:"sign,omitempty" enum:"anonymous,name,name_and_account" doc:"How it is signed if it is published under a help page; default anonymous. An e-mail address is never shown."`
}

// SupportAnswer is what the operator answers.
type SupportAnswer struct {
	Text       string `json:"text" doc:"Plain text of several lines, 1 to 4,000 characters." minLength:"1" maxLength:"4000" example:"In the header Authorization."`
	AnsweredBy string `json:"answered_by,omitempty" doc:"The name that its readers see; default: the product's." maxLength:"100" example:"Kim"`
	Publish    bool   `json:"publish,omitempty" doc:"Also publish it, where it was asked under a help page."`
}

// SupportPage is a part of the list of what members have asked.
type SupportPage struct {
	Requests   []SupportRequest `json:"requests" nullable:"false"`
	NextCursor *string          `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

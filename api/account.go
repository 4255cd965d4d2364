package api

import "time"

// Account is a customer of the product: it owns keys and members.
type Account struct {
	ID         string    `json:"id" doc:"Names the account for good." example:"acct_0VLk2mQp8dR3sT5uV7wX"`
	Slug       string    `json:"slug" doc:"Short unique name, for addresses and the command line." example:"acme"`
	Name       string    `json:"name" doc:"Name for people." example:"Acme"`
	Plan       string    `json:"plan" doc:"What the account pays for." example:"standard"`
	State      string    `json:"state" enum:"active,suspended" doc:"Whether anything may be done at all."`
	ActiveKeys int       `json:"active_keys" doc:"How many keys are not revoked." example:"7"`
	CreatedAt  time.Time `json:"created_at" doc:"When it was created."`
}

// NewAccount is what it takes to create an account.
type NewAccount struct {
	Slug  string    `json:"slug" doc:"2 to 39 lower-case letters, digits and hyphens, a letter first; unique." pattern:"^[a-z][a-z0-9-]{1,38}$" example:"acme"`
	Name  string    `json:"name" doc:"Name for people." minLength:"1" maxLength:"100" example:"Acme"`
	Plan  string    `json:"plan" doc:"A plan of the policy." example:"standard"`
	Owner NewMember `json:"owner" doc:"The first member; the role is always the owner's."`
}

// CreatedAccount is a new account with its first member.
type CreatedAccount struct {
	Account
	Owner AddedMember `json:"owner"`
}

// AccountPage is a part of the list of accounts.
type AccountPage struct {
	Accounts   []Account `json:"accounts" nullable:"false"`
	NextCursor *string   `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

// ChangedAccount is an account whose plan may have changed.
type ChangedAccount struct {
	Account
	Restriction
}

// AccountChange is what can be changed about an account.
type AccountChange struct {
	Plan string `json:"plan" doc:"A plan of the policy; takes effect at once." example:"enterprise"`
}

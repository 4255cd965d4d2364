package api

import "time"

// Member is a person in an account.
type Member struct {
	ID        string    `json:"id" example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	Email     string    `json:"email" example:"ada@example.com"`
	Name      string    `json:"name" example:"Ada"`
	Role      string    `json:"role" doc:"A role of the policy." example:"admin"`
	State     string    `json:"state" enum:"invited,active,deactivated,removed" doc:"An invited member has yet to choose a password; a deactivated one is shut out until he is activated."`
	CreatedAt time.Time `json:"created_at"`

	DeactivatedAt *time.Time `json:"deactivated_at,omitempty" doc:"When he was last deactivated, also if he is active again."`
}

// NewMember is what it takes to add a member.
type NewMember struct {
	Email    string `json:"email" doc:"Unique in the account." format:"email" maxLength:"254" example:"ada@example.com"`
	Name     string `json:"name,omitempty" doc:"Default: what stands before the @." minLength:"1" maxLength:"100" example:"Ada"`
	Role     string `json:"role,omitempty" doc:"A role of the policy." example:"admin"`
	Password string `json:"password,omitempty" format:"password" minLength:"8" doc:"At most 1,024 bytes. Left out, the member is invited and chooses one himself."`
}

// AddedMember is a new member and, if he was invited, the link by which he joins.
type AddedMember struct {
	Member
	InvitationURL string `json:"invitation_url,omitempty" doc:"For the invited member alone; works once, for 7 days, and is not shown again."`
}

// MemberPage is a part of the list of members.
type MemberPage struct {
	Members    []Member `json:"members" nullable:"false"`
	NextCursor *string  `json:"next_cursor" doc:"Begins the next page; null on the last one."`
}

// ChangedMember is a member with another role or state, or one who was removed.
type ChangedMember struct {
	Member
	Restriction
}

// Departure says what becomes of what a member leaves behind.
type Departure struct {
	Responsible string `json:"responsible,omitempty" doc:"The id of the member who is from now on responsible for the service keys that he was responsible for. Left out: you, or the longest-serving other owner." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
}

// NewOwner says whose place a member takes as owner.
type NewOwner struct {
	From string `json:"from,omitempty" doc:"The id of the owner who gives it up. Left out: you, or the only owner." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
}

// Transfer is a new owner, and who was owner before.
type Transfer struct {
	Owner  Member `json:"owner"`
	Before Member `json:"before" doc:"With the role that he has now."`
	Restriction
}

// MemberChange is what can be changed about a member.
type MemberChange struct {
	Role string `json:"role" doc:"A role of the policy; takes effect at once." example:"user"`
}

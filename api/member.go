package api

import "time"

// Member is a person in an account.
type Member struct {
	ID        string    `json:"id" example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	Email     string    `json:"email" example:"ada@example.com"`
	Name      string    `json:"name" example:"Ada"`
	Role      string    `json:"role" doc:"A role of the policy." example:"admin"`
	State     string    `json:"state" enum:"invited,active,deactivated,removed" doc:"An invited member has yet to choose a password."`
	CreatedAt time.Time `json:"created_at"`
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

// ChangedMember is a member with another role, or one who was removed.
type ChangedMember struct {
	Member
	Restriction
}

// MemberChange is what can be changed about a member.
type MemberChange struct {
	Role string `json:"role" doc:"A role of the policy; takes effect at once." example:"user"`
}

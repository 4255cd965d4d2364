package api

// SomeKeys are keys that are not revoked, the newest first.
type SomeKeys struct {
	Keys []Key `json:"keys" nullable:"false"`
	More bool  `json:"more" doc:"There may be more than these."`
}

// LeavePreview is what it would mean for keys if a member left.
type LeavePreview struct {
	Member      Member   `json:"member"`
	Stop        SomeKeys `json:"stop" doc:"His personal keys: refused while he is deactivated, and for ever once he is removed."`
	Stay        SomeKeys `json:"stay" doc:"Keys that he made and that act for the account or a service: they go on working."`
	HandOver    SomeKeys `json:"hand_over" doc:"Service keys that he is responsible for: they go on working."`
	Responsible *Member  `json:"responsible" doc:"Who would be responsible for them; null: there is nobody else."`
	Unseen      bool     `json:"unseen" doc:"You may not see the account's keys: none is listed."`
}

// RolePreview is what another role would give a member and take from him.
type RolePreview struct {
	Member      Member     `json:"member"`
	From        string     `json:"from" example:"admin"`
	To          string     `json:"to" example:"user"`
	GainsRights []string   `json:"gains_rights" nullable:"false"`
	LosesRights []string   `json:"loses_rights" nullable:"false" example:"[\"keys:manage\"]"`
	GainsScopes []string   `json:"gains_scopes" nullable:"false" doc:"What his personal keys may reach at most."`
	LosesScopes []string   `json:"loses_scopes" nullable:"false" example:"[\"services:write\"]"`
	Keys        []KeyReach `json:"keys" nullable:"false" doc:"His personal keys that would reach something else."`
	More        bool       `json:"more" doc:"There may be more keys than these."`
	Unseen      bool       `json:"unseen" doc:"You may not see the account's keys: none is listed."`
}

// KeyReach is what a key would gain and lose.
type KeyReach struct {
	Key   Key      `json:"key"`
	Gains []string `json:"gains" nullable:"false" doc:"Scopes."`
	Loses []string `json:"loses" nullable:"false" doc:"Scopes."`
}

// PlanPreview is what another plan would mean for the account's keys.
type PlanPreview struct {
	Account Account  `json:"account"`
	From    string   `json:"from" example:"standard"`
	To      string   `json:"to" example:"lite"`
	Stop    SomeKeys `json:"stop" doc:"Keys that would be refused and are not now. None is deleted: on a plan that has them they work again."`
	Wake    SomeKeys `json:"wake" doc:"Keys that are refused now and would work again."`
	KeysMax int      `json:"keys_max" doc:"How many keys the plan allows; 0: as many as you like."`
	Beyond  int      `json:"beyond" doc:"By how many the account has more. They go on working, but no new one can be issued before there are fewer than keys_max."`
}

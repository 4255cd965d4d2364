package rest

import "github.com/keywright/keywright"

// KeyQuery says which keys are meant. It is exported because huma looks into no embedded field
// that is not.
type KeyQuery struct {
	State       string `query:"state" enum:"active,not_yet_valid,disabled,expired,revoked" doc:"What they are at this moment."`
	Kind        string `query:"kind" enum:"account,read_only,personal,service"`
	APIVersion  string `query:"api_version" example:"v1"`
	Environment string `query:"environment" enum:"live,test"`
	Member      string `query:"member" doc:"Whom they act as, or who answers for them: a member's id, or me." example:"me"`
	CreatedBy   string `query:"created_by" doc:"The id of who issued them." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	Expiring    string `query:"expiring" doc:"They have an end, and it comes before that: a duration from now, a date or an instant." example:"30d"`
	Unused      string `query:"unused" doc:"They were not used for that long, or since that date or instant, and are older." example:"90d"`
	Scope       string `query:"scope" doc:"They were narrowed to this scope, among others." example:"incidents:write"`
	Network     string `query:"network" doc:"They were narrowed to networks that have addresses in common with this one." example:"192.0.2.0/24"`
	Sort        string `query:"sort" enum:"newest,description,last_used,expires" default:"newest" doc:"Which come first: the newest, by description, the last used, or the next to expire."`
	Search      string `query:"search" maxLength:"200" doc:"It is in the description or in the service's name, or begins the id or the last four characters." example:"export"`
}

func (q KeyQuery) query() keywright.KeyQuery {
	return keywright.KeyQuery{
		State: q.State, Kind: q.Kind, Version: q.APIVersion, Environment: q.Environment, Member: q.Member, Creator: q.CreatedBy,
		Expiring: q.Expiring, Unused: q.Unused, Scope: q.Scope, Network: q.Network, Search: q.Search, Sort: q.Sort,
	}
}

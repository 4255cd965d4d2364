// Package policy says what an operator's product offers and who may do what in it: API
// versions, plans, roles, the rights and scopes that a role grants, which scope a route needs,
// and in which form end clients are refused. It decides and holds nothing: no files, no clock,
// no accounts.
//
// Start at [Policy]. [Parse] reads one from the text of a policy file and says everything that
// is wrong with it; [Default] is the product of the founding page, from default.yaml beside
// this file. [Compare] says what a new file would change. The rule for rights is [Role.May],
// for scopes [Covers], for routes [Router.Find].
package policy

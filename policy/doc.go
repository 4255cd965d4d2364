// Package policy says what an operator's product offers and who may do what in it: API
// versions, plans, roles, and the rights that a role grants. It decides and holds nothing:
// no files, no clock, no accounts. [Default] is the product of the founding page.
//
// Start at [Policy]; the rule for rights is [Role.May].
package policy

// Package postgres opens a keywright.Store on PostgreSQL, for one process or several.
//
// It refuses rather than guesses: a server that is too old, a setting that could lose a commit,
// tables that are behind and that its role may not change. What the Store then does is in
// package store; the tables are in migrations/, and who may do what with them in grants.sql.
package postgres

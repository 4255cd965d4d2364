// Package store implements keywright.Store once, on database/sql, for every database that we
// run on. A folder below opens one of them (sqlite, postgres) and says in a [Dialect] what
// differs.
//
// The SQL is in queries/, one file per table, and the Go beside it is generated (sqlc.yaml
// says how). One text serves all databases, which it can because it keeps to plain types,
// ON CONFLICT, RETURNING, and parameters numbered in the order of their first use.
//
// write.go has the one way in which anything is changed; the other files are one table each.
// storetest is the suite that every database must pass.
package store

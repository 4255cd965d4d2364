// Package queries is the SQL that the store runs, one file per table, and the Go that sqlc
// makes of it. Edit the .sql and generate again: ../sqlc.yaml says how.
package queries

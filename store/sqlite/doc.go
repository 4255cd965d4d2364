// Package sqlite opens a keywright.Store in a folder: one SQLite file, for one process.
//
// It refuses rather than guesses: a folder that another process uses, a file that is not
// ours or comes from a newer version, a library or a setting that could lose a commit. What
// the Store then does is in package store, and the tables are in migrations/.
package sqlite

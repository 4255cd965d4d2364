// Package backup is the form of a backup: the tables of a database as lines of JSON, the same
// whatever database it was, so that it is also the way from one to another.
//
// The first line is a Header. Then each table has a line that names its columns, and a line for
// each row, which is an array. The last line has a checksum of everything before it: without it
// the file is not whole. It is written and read as a stream, and nowhere as a whole.
//
// [Writer] writes one, [Check] finds out whether one is whole and ours, [Read] reads it. What goes
// into it is in package store.
package backup

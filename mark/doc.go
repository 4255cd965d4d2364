// Package mark keeps outside of the database what a node knows of the database's history: how
// far it has seen it, and what was taken away from whom. A database that was put back to an
// older state can't tell that itself.
//
// [Keeper] has two files in the node's data folder. The mark, mark.json, is the last point of
// the history that the node has seen. The journal, journal.jsonl, has a line for each
// restriction, on the disk before the change is answered by the node that made it. [Keeper.Examine]
// compares both with a database; what becomes of one that lacks something, an operator decides.
//
// The journal holds no secret: ids, names, times and reasons, as the audit log has them.
package mark

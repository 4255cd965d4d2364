// Package follow keeps a keyset current: it loads a snapshot, applies each change in order, and
// extends the lease for as long as it knows that it has them all.
//
// [Follower.Load] and [Follower.Run] are for whoever starts it; [Follower.Committed] is for the
// Store of the same process, whose changes are applied before their writes are answered;
// [Follower.Ready] and [Follower.Applied] say where it is.
//
// What the lease is, and what becomes of an answer without one, is in package keyset. Where
// changes come from is behind a small interface: the store, and some day a node or a stream.
package follow

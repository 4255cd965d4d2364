// Package keyset is every live key of all accounts in memory, at one revision, and the answer to
// the one question that is asked with every request: is this text good for this?
//
// [Set.Verify] takes no lock, does no I/O, allocates nothing, and costs little more than the one
// MAC that it must compute. A key that is not in the Set does not exist: nothing is looked up
// elsewhere, so nothing is cached, and nothing that was revoked can come back from a cache.
//
// [Load] makes a Set from a snapshot, [Set.Apply] brings it from one revision to the next, and a
// verdict is always that of one revision, never a mixture of two. [Set.Extend] says for how long
// that may be relied on; after it, every answer is stale.
//
// record.go has what comes in. To follow a question: verify.go, view.go for how a reader never waits
// for a writer, check.go, verdict.go. To follow a change: set.go, writer.go, encode.go. What it is
// all kept in, without a pointer for each key: words.go, keytable.go, table.go, texts.go. What is
// compiled for many keys at once: rules.go, scopes.go, networks.go, narrowing.go.
//
// The package is pure. It does not know where changes come from, what time it is, or what an
// answer looks like on the wire.
package keyset

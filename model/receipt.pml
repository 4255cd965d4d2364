/* When a receipt says that nobody accepts the key any more, is it so? Another node revokes, and waits for the one that
   we look at. Claims: I1, I4, I13, and C21: the receipt always ends by the bound and one tick. */

#define COMMITS 2

#include "time.pml"
#include "key.pml"
#include "database.pml"
#include "set.pml"
#include "verify.pml"
#include "registry.pml"
#include "member.pml"

byte wanted;       /* the revision of the revocation: a receipt is in the making */
byte waited;       /* since its commit */
bool looked;       /* at the rows, in this tick */
bool listed;       /* the row was there when the revocation began; only the fault LISTS_BEFORE_COMMIT looks at that */

inline revokes() {
	becomes(REVOKED); revision++; locked = false; wanted = revision;
	printf("revoker: commits revision %d\n", revision)
}

/* The rows are read after the commit. A node whose row is gone, or says that it has applied it, has no lease without it;
   nor has any after the bound, since each poll that did not bring it began before its commit. */
inline looks_at_rows() {
	looked = true;
	if
	:: !row -> safe = true
	:: row && row_applied >= wanted -> safe = true
#ifdef IGNORES_SILENT
	:: waited > 0 -> safe = true
#endif
#ifdef TRUSTS_OLD_ROW
	:: row_age >= BOUND -> safe = true
#endif
#ifdef LISTS_BEFORE_COMMIT
	:: !listed -> safe = true
#endif
	:: true /* not yet, or the database does not answer */
	fi;
#ifndef WAITS_FOR_EVER
	safe = (safe || waited >= BOUND);
#endif
	if
	:: safe -> wanted = 0; waited = 0; looked = false; printf("receipt: safe\n")
	:: else -> printf("receipt: not yet\n")
	fi
}

proctype Revoker() {
	d_step { !locked -> locked = true; listed = row; printf("revoker: begins\n") }
	d_step { revokes() }
end:	do
	:: atomic { wanted > 0 && !looked -> looks_at_rows() }
	od
}

/* A change of something else, so that revisions differ. */
proctype Other() {
	d_step { !locked && revision < COMMITS -> revision++; printf("other: commits revision %d\n", revision) }
}

/* Who waits looks once a tick at least. */
proctype Time() {
end:	do
	:: d_step { wanted == 0 || looked ->
		assert(!(claimed(21) && wanted > 0 && waited >= BOUND));
		looked = false;
		if :: wanted > 0 -> waited++ :: else fi;
		key_grows_older();
		shrink(lease);
		if :: polling -> grow(poll_age) :: else fi;
		if :: watching -> grow(watched) :: else fi;
#ifdef TRUSTS_OLD_ROW
		if :: row -> grow(row_age) :: else fi;
#endif
		printf("tick\n")
	}
	od
}

init {
	atomic {
		key = ACTIVE; left[key] = 0;
		run Time(); run Revoker(); run Other(); run Member(); run Observer(); run Verification()
	}
}

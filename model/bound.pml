/* How long a node may be wrong: one node, which also writes, and all others as one writer. Nodes meet only in the
   database, so that one is enough. Claims: I1, I2, I3, I4, I5. */

#include "time.pml"
#include "key.pml"
#include "database.pml"
#include "set.pml"
#include "verify.pml"
#include "node.pml"

proctype Writer(byte w) {
end:	do
	:: d_step { write[w].phase == IDLE && may_begin -> begins(w) }
	:: atomic { write[w].phase == BEGUN -> commits(w) }
	:: d_step { write[w].phase == BEGUN -> rolls_back(w) }
	od
}

proctype Time() {
end:	do
	:: d_step { true ->
		key_grows_older();
		shrink(lease);
		if :: polling -> grow(poll_age) :: else fi;
		printf("tick\n")
	}
	od
}

init {
	atomic {
		if
		:: key = ABSENT
		:: key = ACTIVE
		fi;
		left[key] = 0;
		run Time(); run Writer(HERE); run Writer(THERE); run Node(); run Verification()
	}
}

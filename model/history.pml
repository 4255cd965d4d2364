/* What a node makes of a database that goes backwards when it has seen more, and what becomes of a key that was revoked
   meanwhile. Nodes meet only in the database, so that one is enough. Claims: I4, I11, I13, for this node and until an
   operator accepts what is lost. */

#include "time.pml"
#include "losses.pml"

/* What clients saw, as far as the node must know it: since it started, or because it is on its disk. */
Point told;          /* of which it gave its last verdict */
bool told_ended;     /* it said: revoked */
bool answered_ended; /* it answered the revocation itself */
Point told_before;   /* when the poll was asked */
bool forked;         /* it is answered from a history that has not got that */

#include "marked.pml"

inline tells() {
	assert(!(claimed(4) && told_ended && !set_ended));
	assert(!(claimed(13) && safe && !set_ended));
	sets(told, set.revision, set.stamp);
	told_ended = (told_ended || set_ended);
	printf("node: a verdict of revision %d, stamp %d; revoked: %d\n", set.revision, set.stamp, set_ended)
}

inline acknowledges() { sets(row, set.revision, set.stamp); printf("database: the row says applied %d\n", row.revision) }

#define talks (!refused && !quarantined)
#ifdef ACKNOWLEDGES_BY_NUMBER
#define may_acknowledge (loaded && talks && set.revision > row.revision)
#else
#define may_acknowledge (loaded && talks && set.revision > row.revision && has(known))
#endif

/* The phases of its own write: committed, heard, in the journal. */
byte phase;

proctype Node() {
end:	do
	:: d_step { poll == NOTHING && !refused -> asks() }
	:: d_step { poll == ASKED && talks -> is_read() }
	:: d_step { poll == READ -> applies() }
	:: d_step { poll != NOTHING -> forgets_poll() }
	:: d_step { loaded && talks && revision < COMMITS && made.revision == 0 -> writes(false) }
	:: d_step { loaded && talks && revision < COMMITS && made.revision == 0 -> writes(true) }
	:: d_step { made.revision > 0 && phase == 0 ->
		notes();
		if :: made.revision > 0 -> hears(); phase = 1 :: else fi }
#ifdef ANSWERS_BEFORE_JOURNAL
	:: d_step { made.revision > 0 && phase == 1 -> answered_ended = (answered_ended || made_ended); phase = 2 }
	:: d_step { made.revision > 0 && phase == 2 -> keeps(); answers(); phase = 0 }
#else
	:: d_step { made.revision > 0 && phase == 1 -> keeps(); phase = 2 }
	:: d_step { made.revision > 0 && phase == 2 -> answers(); phase = 0 }
#endif
	:: d_step { loaded && talks -> marks() }
	:: d_step { may_acknowledge -> acknowledges() }
	:: d_step { leased -> tells() }
	:: d_step { leased -> leased = false }
	:: d_step { loaded || refused -> crashes(); phase = 0 }
	:: d_step { (refused || quarantined) && revision < COMMITS && mark.revision < COMMITS -> /* by this node's journal */
#ifdef NO_REPLAY
		is_decided(mark.revision, false);
#else
		is_decided(mark.revision, journal);
#endif
		sets(mark, revision, stamp[revision]);
		sets(told, 0, 0);
		crashes(); phase = 0 }
	od
}

init { atomic { run Database(); run Node() } }

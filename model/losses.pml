/* A database that loses its last commits: an older copy is put in its place, or a standby takes over that had not got
   them yet. Each commit draws a stamp: what is lost and written anew gets the number again, but not the stamp. */

#ifndef COMMITS
#define COMMITS 3
#endif
#ifndef LOSSES
#define LOSSES 1
#endif

#define NOWHERE 9 /* the stamp of revisions that are in no history */

typedef Point { byte revision; byte stamp };

byte revision;
byte stamp[COMMITS + 1];
bool ended_at[COMMITS + 1]; /* the key was revoked as of this revision */
byte losses;
bool quarantined; /* restored by our own command; no operator has decided yet */
Point row;        /* what the node says in the registry that it has applied */
byte wanted;      /* a receipt is asked for this revision, which revoked the key */
bool safe;        /* and it said that nobody accepts the key any more */
bool excused;     /* the node has crashed before what it said was on its disk */

#define is_history(p) (p.revision <= revision && stamp[p.revision] == p.stamp)

#define sets(p, r, s) p.revision = r; p.stamp = s

inline commits(revokes) {
	revision++;
	stamp[revision] = losses;
	ended_at[revision] = (ended_at[revision - 1] || revokes);
	if
	:: ended_at[revision] && !ended_at[revision - 1] -> wanted = revision
	:: else
	fi;
	printf("database: revision %d, stamp %d; revoked: %d\n", revision, stamp[revision], ended_at[revision])
}

inline loses_one() { stamp[revision] = 0; ended_at[revision] = false; revision-- }

inline has_lost() {
	losses++;
	if :: row.revision > revision -> sets(row, 0, 0) :: else fi;
	if :: wanted > revision -> wanted = 0 :: else fi;
	printf("database: goes back to revision %d\n", revision)
}

/* An operator's decision: history goes on beyond a node's mark, and what is in its journal is revoked again. */
inline is_decided(beyond, also) {
	do
	:: beyond > revision -> revision++; stamp[revision] = NOWHERE; ended_at[revision] = ended_at[revision - 1]
	:: else -> break
	od;
	commits(also);
	quarantined = false
}

proctype Database() {
end:	do
	:: d_step { !quarantined && revision < COMMITS -> commits(false) }
	:: d_step { !quarantined && revision < COMMITS -> commits(true) }
	:: atomic { losses < LOSSES && revision > 0 ->
		loses_one();
		do
		:: revision > 0 -> loses_one()
		:: break
		od;
		has_lost();
		if
		:: quarantined = true
		:: true /* a copy by other means, or a standby */
		fi }
	:: d_step { quarantined && revision < COMMITS -> is_decided(0, false) } /* with the journal of another node */
	:: d_step { quarantined && revision < COMMITS -> is_decided(0, true) }
	:: d_step { wanted > 0 && row.revision >= wanted -> wanted = 0; safe = !excused; printf("receipt: safe\n") }
	od
}

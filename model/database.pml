/* The database: the counter row, the change log, and two who write. HERE is in the node that we look at, which hears of
   a commit before it is answered; THERE is in any other node. */

#ifndef COMMITS
#define COMMITS 3
#endif

#define HERE  0
#define THERE 1

#define IDLE      0
#define BEGUN     1 /* has its number */
#define COMMITTED 2 /* HERE: and the node has not heard yet */

typedef Write {
	byte phase;
	byte number;
	bool lost /* who began it has crashed: nobody hears, nobody is answered */
};

Write write[2];
bool locked;              /* the counter row */
byte sequence;            /* what there is in its place with the fault SEQUENCE */
byte revision;            /* of the last commit */
bool of_key[COMMITS + 1]; /* what the change log says: these revisions changed the key, the others something else */
byte made;                /* the key as the commit HERE left it, until the node has heard */
bool hint;                /* NOTIFY */

/* What clients were told, as soon as can be. */
byte told;            /* the highest revision in an answer */
bool told_ended;      /* an answer to the revocation was among them */
bool told_ended_here; /* and it was from the node that we look at */
bool told_there_is;   /* that node: the key has been issued */
bool safe;            /* a receipt: nobody accepts the key any more */

#ifdef SEQUENCE
#define may_begin (sequence < COMMITS)
#define may_change_key(w) (w == THERE) /* as if by the lock on the key's own row, one at a time */
#else
#define may_begin (revision < COMMITS && !locked)
#define may_change_key(w) true
#endif

/* The first statement of all takes the number and, with it, the row's lock until the end. */
inline begins(w) {
#ifdef SEQUENCE
	sequence++;
	write[w].number = sequence;
#else
	locked = true;
	write[w].number = revision + 1;
#endif
	write[w].phase = BEGUN
}

inline ends(w) { write[w].phase = IDLE; write[w].number = 0; write[w].lost = false }

inline commits(w) {
	if
	:: may_change_key(w) -> changes_key();
#ifndef UNLOGGED
		of_key[write[w].number] = true
#endif
	:: true
	fi;
	if :: write[w].number > revision -> revision = write[w].number :: else fi;
	locked = false;
	printf("database: commit %d; it is at revision %d, the key is %d\n", write[w].number, revision, key);
#ifdef NOTIFY_ONLY
	hint = true;
#endif
	if
	:: write[w].lost -> ends(w)
	:: !write[w].lost && w == THERE -> is_answered(w, key); ends(w)
	:: !write[w].lost && w == HERE -> write[w].phase = COMMITTED; made = key;
#ifdef ANSWERS_BEFORE_IT_HEARS
		is_answered(w, key)
#endif
	fi
}

inline rolls_back(w) { locked = false; ends(w) }

inline is_answered(w, state) {
	if :: write[w].number > told -> told = write[w].number :: else fi;
	if :: state == REVOKED -> told_ended = true :: else fi;
	if :: w == HERE && state == REVOKED -> told_ended_here = true :: else fi;
	if :: w == HERE && state != ABSENT -> told_there_is = true :: else fi
}

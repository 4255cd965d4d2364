/* A node that remembers how far it has seen the database: while it runs, and on its disk. What it took away itself is in
   its journal before that is answered; what it followed is there a little later. Its lease may end at any moment: there
   is no clock here. */

bool loaded, leased;
bool refused;   /* the database, until an operator has decided */
Point set;
bool set_ended;
Point known;    /* the last point that was seen of the database, while it runs */
Point mark;     /* on the disk */
bool journal;   /* on the disk: the key was revoked */

#define NOTHING 0
#define ASKED   1
#define READ    2

byte poll;
Point before;       /* what was known when it was asked */
byte asked_after;   /* the set's revision then */
Point read;
bool read_ended;    /* the key is in the answer: it was revoked since, or everything is in it */

/* A write of this node, committed, of which it has not heard yet. */
Point made;
bool made_ended;
Point since;        /* what it found before that */

#ifdef NO_STAMPS
#define has(p) (p.revision <= revision)
#else
#define has(p) is_history(p)
#endif

inline asks() {
	poll = ASKED;
	sets(before, known.revision, known.stamp);
	asked_after = set.revision;
	sets(told_before, told.revision, told.stamp);
	printf("node: asks; it knows revision %d, stamp %d\n", before.revision, before.stamp)
}

/* The database must have what was known when it was asked, and what has become known since. */
inline is_read() {
	if
	:: asked_after <= revision && has(before) && (known.revision > revision || has(known)) ->
		poll = READ;
		sets(read, revision, stamp[revision]);
		read_ended = ended_at[revision] && (!loaded || !ended_at[asked_after]);
		forked = !is_history(told_before);
		sets(told_before, 0, 0);
		if
#ifdef FORGETS_WHEN_IT_WROTE
		:: known.revision == before.revision -> sets(known, read.revision, read.stamp)
#else
		:: known.revision <= revision -> sets(known, read.revision, read.stamp)
#endif
		:: else /* the answer is from before a write of this node; the next poll compares with that */
		fi;
		printf("database: the answer is revision %d, stamp %d; revoked: %d\n", read.revision, read.stamp, read_ended)
	:: else -> refuses()
	fi
}

inline refuses() { refused = true; leased = false; forgets_poll(); printf("node: refuses the database\n") }

inline forgets_poll() {
	poll = NOTHING; sets(before, 0, 0); asked_after = 0; sets(read, 0, 0); read_ended = false;
	sets(told_before, 0, 0); forked = false
}

inline applies() {
	if
	:: !loaded || read.revision > set.revision -> sets(set, read.revision, read.stamp); set_ended = (set_ended || read_ended)
	:: else
	fi;
	assert(!(claimed(11) && forked));
	loaded = true; leased = true;
	forgets_poll();
	printf("node: the set is at revision %d, stamp %d; revoked: %d\n", set.revision, set.stamp, set_ended)
}

inline writes(revokes) {
	if
#ifdef COMPARES_THE_LAST_ONLY
	:: revision < known.revision || revision == known.revision && stamp[revision] != known.stamp -> refuses()
#else
	:: !has(known) -> refuses()
#endif
	:: else ->
		sets(since, revision, stamp[revision]);
#ifndef COMPARES_THE_LAST_ONLY
		sets(known, revision, stamp[revision]);
#endif
		commits(revokes);
		sets(made, revision, stamp[revision]);
		made_ended = ended_at[revision]
	fi
}

#define is_point(p, q) (p.revision == q.revision && p.stamp == q.stamp)

/* What it committed is known from now on. When a poll has seen more meanwhile, the database is asked for it first. */
inline notes() {
	if
	:: is_point(known, since) -> sets(known, made.revision, made.stamp)
	:: !is_point(known, since) && !is_point(known, made) ->
#ifdef BELIEVES_THE_POLL
		skip
#else
#ifndef COMPARES_THE_LAST_ONLY
		if
		:: has(made) && known.revision > revision
		:: has(made) && has(known) -> sets(known, revision, stamp[revision])
		:: else -> refuses(); forgets_write() /* and answers that nobody can say whether it stands */
		fi
#else
		skip
#endif
#endif
	:: else
	fi;
	sets(since, 0, 0)
}

inline forgets_write() { sets(made, 0, 0); made_ended = false; sets(since, 0, 0) }

/* It hears what changed since the revision before, or asks for what it lacks. Then it writes its journal and answers. */
inline hears() {
	if
	:: loaded && set.revision >= made.revision /* a poll has brought it */
	:: loaded && set.revision + 1 == made.revision -> sets(set, made.revision, made.stamp); set_ended = (set_ended || made_ended)
	:: loaded && set.revision + 1 < made.revision && has(known) ->
		sets(set, revision, stamp[revision]); set_ended = (set_ended || ended_at[revision]);
		sets(known, revision, stamp[revision])
	:: loaded && set.revision + 1 < made.revision && !has(known) -> refuses()
	:: else -> leased = false
	fi;
	printf("node: hears; the set is at revision %d, stamp %d; revoked: %d\n", set.revision, set.stamp, set_ended)
}

/* The journal has it before the write is answered, and counts as a mark. */
inline keeps() {
	if
	:: made_ended && made.revision > mark.revision -> sets(mark, made.revision, made.stamp)
	:: else
	fi;
	journal = (journal || made_ended);
	printf("node: the journal is written\n")
}

inline answers() {
	answered_ended = (answered_ended || made_ended);
	told_ended = (told_ended || made_ended);
	printf("node: answers\n");
	forgets_write()
}

/* Now and then it writes down what it followed. */
inline marks() {
	if
	:: has(known) ->
		sets(known, revision, stamp[revision]);
		sets(mark, revision, stamp[revision]);
		journal = (journal || ended_at[revision])
	:: else -> refuses()
	fi
}

/* What was only seen, and is not on the disk yet, is forgotten: no claim is made of it. */
inline crashes() {
	loaded = false; leased = false; refused = false;
	sets(set, 0, 0); set_ended = false;
	forgets_write();
	forgets_poll();
#ifdef NO_MARK
	sets(known, 0, 0);
#else
	sets(known, mark.revision, mark.stamp);
#endif
	if :: told.revision > mark.revision -> sets(told, mark.revision, mark.stamp) :: else fi;
	told_ended = answered_ended;
	safe = (safe && journal);
	excused = (excused || row.revision > mark.revision);
	printf("node: crashes; the mark is revision %d, stamp %d\n", mark.revision, mark.stamp)
}

/* A node follows the database: it polls, it hears of its own commits, and it may crash and start again at any moment. */

byte poll_age;
byte read_revision;
byte read_key;
byte owed; /* a revision that was committed HERE and could not be applied: no lease without it */

inline asks() { poll = ASKED; printf("node: asks\n") }

inline forgets_poll() { poll = NOTHING; poll_age = 0; read_revision = 0; read_key = 0 }

/* What the log says has changed after the set's revision is in the answer, as it is now; without a set, everything. */
inline is_read() {
	byte r = set_revision + 1;
	bool changed = !loaded;
	do
	:: r <= COMMITS -> changed = (changed || of_key[r]); r++
	:: else -> break
	od;
	poll = READ;
	read_revision = revision;
	read_key = (changed -> key : set_key);
	r = 0;
	changed = false;
	printf("database: the answer is revision %d, key %d\n", read_revision, read_key)
}

inline applies() {
	if
#ifdef APPLIES_BACKWARDS
	:: true -> set_revision = read_revision; set_key = read_key
#else
	:: !loaded || read_revision > set_revision -> set_revision = read_revision; set_key = read_key
	:: else
#endif
	fi;
	loaded = true;
	if
	:: set_revision >= owed -> owed = 0;
#ifdef LEASE_FROM_ANSWER
		lease = BOUND
#else
		lease = BOUND - poll_age
#endif
	:: else
	fi;
	printf("node: the set is at revision %d, key %d; the lease is %d\n", set_revision, set_key, lease);
	forgets_poll()
}

/* The commit is applied before it is answered. If that can't be done, the lease ends. */
inline hears() {
	if
	:: loaded && write[HERE].number == set_revision + 1 -> set_revision = write[HERE].number; set_key = made
	:: loaded && write[HERE].number >  set_revision + 1 -> set_revision = revision; set_key = key /* it asks */
	:: loaded && write[HERE].number <= set_revision
	:: !loaded || write[HERE].number > set_revision -> owed = write[HERE].number; lease = 0
	fi;
	printf("node: hears; the set is at revision %d, key %d; the lease is %d\n", set_revision, set_key, lease);
	is_answered(HERE, made);
	ends(HERE);
	made = 0
}

inline crashes() {
	loaded = false; set_revision = 0; set_key = 0; lease = 0; owed = 0; made = 0;
	forgets_poll();
	is_over();
	if
	:: write[HERE].phase == BEGUN     -> write[HERE].lost = true
	:: write[HERE].phase == COMMITTED -> ends(HERE)
	:: else
	fi;
	printf("node: crashes\n")
}

proctype Node() {
end:	do
#ifdef NOTIFY_ONLY
	:: d_step { poll == NOTHING && (hint || !loaded) -> hint = false; asks() }
	:: d_step { hint -> hint = false; printf("the hint is lost\n") }
	:: d_step { loaded -> lease = BOUND } /* the connection is up, so all must be well */
#else
	:: d_step { poll == NOTHING -> asks() } /* a hint would only make it sooner */
#endif
	:: d_step { poll == ASKED -> is_read() }
	:: d_step { poll == READ -> applies() }
	:: d_step { poll != NOTHING -> forgets_poll(); printf("node: the poll is lost\n") }
	:: atomic { write[HERE].phase == COMMITTED -> hears() }
	:: d_step { loaded || poll != NOTHING -> crashes() }
#ifdef WALL_CLOCK
	:: d_step { lease > 0 -> lease = BOUND; printf("the clock is set back\n") }
#endif
	od
}

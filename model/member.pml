/* A node among several: it has no lease but from a poll that found its row and was committed. It may crash and start
   again at any moment, or stop in order. */

#define AT_WORK 3 /* the poll's transaction is under way */
#define REFUSED 4 /* on its way back: there is no row */

byte poll_age;
byte read_revision;
byte read_key;
bool member;   /* as far as the node knows */
bool stopping;

inline forgets_poll() { poll = NOTHING; poll_age = 0; read_revision = 0; read_key = 0 }

inline begins_poll() {
	if
	:: row -> opens(); poll = AT_WORK; printf("database: counts the poll\n")
#ifdef EXTENDS_WITHOUT_ROW
	:: !row -> read_revision = revision; read_key = key; poll = READ; printf("database: no row; revision %d\n", revision)
#else
	:: !row -> poll = REFUSED; printf("database: no row\n")
#endif
	fi
}

inline is_read() {
	transaction = WHOLE;
	if
	:: poll == AT_WORK -> read_revision = revision; read_key = key
	:: else
	fi;
	printf("database: reads revision %d\n", revision)
}

inline is_committed() {
	closes();
	if
	:: poll == AT_WORK -> poll = READ
	:: else
	fi;
	printf("database: commits the poll; the row says applied %d\n", row_applied)
}

inline is_rolled_back() {
	is_forgotten();
	if
	:: poll == AT_WORK -> forgets_poll()
	:: else
	fi;
	printf("database: rolls the poll back\n")
}

inline applies() {
	if
	:: !loaded || read_revision > set_revision -> set_revision = read_revision; set_key = read_key
	:: else
	fi;
	loaded = true;
	lease = BOUND - poll_age;
	forgets_poll();
	printf("node: the set is at revision %d; the lease is %d\n", set_revision, lease)
}

inline acknowledges() { row_applied = set_revision; printf("database: the row says applied %d\n", row_applied) }

/* The set stays, but it answers no more before all keys are loaded anew. */
inline ends_lease() { loaded = false; lease = 0; member = false; forgets_poll() }

inline crashes() { ends_lease(); set_revision = 0; set_key = 0; is_over(); printf("node: crashes\n") }

proctype Member() {
end:	do
	:: d_step { !member && !stopping && !row -> member = true; joins() }
	:: d_step { member && poll == NOTHING -> poll = ASKED; printf("node: asks\n") }
	:: d_step { poll == ASKED && !transaction -> begins_poll() }
	:: d_step { transaction == COUNTED -> is_read() }
	:: d_step { transaction == WHOLE -> is_committed() }
	:: d_step { transaction -> is_rolled_back() }
	:: d_step { poll == READ -> applies() }
	:: d_step { poll == REFUSED -> ends_lease(); printf("node: is no member\n") }
	:: d_step { poll != NOTHING -> forgets_poll(); printf("node: gives the poll up\n") }
	:: d_step { loaded && row && !transaction && row_applied < set_revision -> acknowledges() }
	:: d_step { member -> crashes() }
#ifdef LEAVES_BEFORE_LEASE_ENDS
	:: d_step { member && row && !stopping && !transaction -> stopping = true; leaves() }
	:: d_step { member && stopping -> ends_lease(); stopping = false; printf("node: ends its lease\n") }
#else
	:: d_step { member -> ends_lease(); stopping = true; printf("node: ends its lease\n") }
	:: d_step { stopping && row && !transaction -> stopping = false; leaves() }
	:: d_step { stopping && !row -> stopping = false }
#endif
	od
}

/* A verification, in the steps in which it looks at what others change. The claims are about the moment of its call:
   what it must not tell is known then, but for a state that the key comes back to while it goes on. */

#define NOBODY 0
#define CALLED 1
#define LOOKED 2 /* at the first of lease and set */

byte call;
bool leased;
byte seen_revision;
byte seen_key;
byte least; /* min_revision, when the call is a strict one */

inline is_called(strict) {
	call = CALLED;
	/* I1: a key is accepted only if it was active at some moment since BOUND before the call; */
	wrong = (claimed(1) -> long_left(ACTIVE) : 0);
	/* I5: nor is it refused for what was not so since then, nor for not being there by whoever answered its issue. */
	wrong = wrong | (claimed(5) -> long_left(ABSENT) | long_left(DISABLED) | long_left(REVOKED) : 0);
	wrong = wrong | (claimed(5) && told_there_is -> bit_of(ABSENT) : 0);
	/* I2: whoever answered the revocation knows it. */
	wrong = wrong | (claimed(2) && told_ended_here -> bit_of(ACTIVE) | bit_of(DISABLED) : 0);
	/* I3: a strict call gets no verdict from before what its caller was told. */
	wrong = wrong | (claimed(3) && strict && told_ended -> bit_of(ACTIVE) : 0);
	/* I4: revoked is for ever. */
	wrong = wrong | (claimed(4) && ended && ended_for >= BOUND -> bit_of(ACTIVE) : 0);
	/* I13: after a receipt nobody accepts the key. */
	wrong = wrong | (claimed(13) && safe -> bit_of(ACTIVE) : 0);
	least = (strict -> told : 0)
}

inline looks_at_lease() {
#ifdef NO_LEASE
	leased = loaded
#else
#ifdef SERVES_WHILE_POLLING
	leased = (lease > 0 || loaded && polling)
#else
	leased = (lease > 0)
#endif
#endif
}

inline looks_at_set() { seen_revision = set_revision; seen_key = set_key }

inline decides() {
	printf("verification: leased: %d, revision %d, the key is %d\n", leased, seen_revision, seen_key);
	assert(!(leased && seen_revision >= least && (wrong & bit_of(seen_key))));
	is_over()
}

inline is_over() { call = NOBODY; leased = false; seen_revision = 0; seen_key = 0; least = 0; wrong = 0 }

proctype Verification() {
end:	do
	:: d_step { call == NOBODY -> is_called(false); printf("verification: is called\n") }
	:: d_step { call == NOBODY && told > 0 -> is_called(true); printf("verification: is called, strict\n") }
#ifdef LOOKS_AT_SET_FIRST
	:: d_step { call == CALLED -> looks_at_set(); call = LOOKED }
	:: d_step { call == LOOKED -> looks_at_lease(); decides() }
#else
	:: d_step { call == CALLED -> looks_at_lease(); call = LOOKED }
	:: d_step { call == LOOKED -> looks_at_set(); decides() }
#endif
	od
}

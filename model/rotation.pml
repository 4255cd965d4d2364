/* A key whose secret is rotated twice, with a grace period or without, and which is revoked some time. A node accepts
   each of the three secrets when it is good and refuses it when it is not, but for what it can't know yet. Wall clocks,
   by which a grace period ends, are taken to agree. How a node follows is in the other models: here a poll brings the
   key as it is at some moment after the poll began. Claim: I8. */

#include "time.pml"

#define SECRETS 3
#ifndef GRACE
#define GRACE 3
#endif

typedef Record {
	byte current; /* the secret; 0 before anything is known */
	bool before;  /* the one before it has, or had, a grace period */
	bool revoked
};

Record truth;
byte grace[SECRETS + 1]; /* ticks that are left to each secret since it was rotated */

#define is_good(s) (!truth.revoked && (s == truth.current || s + 1 == truth.current && truth.before && grace[s] > 0))

/* How long ago each secret was last good, and last not. BOUND is that long, longer, or never. */
byte good_ago[SECRETS + 1] = BOUND;
byte bad_ago[SECRETS + 1] = BOUND;

inline is_now(s) {
	if
	:: is_good(s) -> good_ago[s] = 0
	:: else       -> bad_ago[s] = 0
	fi
}

inline is_noted() { is_now(1); is_now(2); is_now(3); printf("database: secret %d; revoked: %d\n", truth.current, truth.revoked) }

proctype Database() {
end:	do
	:: d_step { truth.current < SECRETS && !truth.revoked -> grace[truth.current] = GRACE; truth.current++; truth.before = true; is_noted() }
	:: d_step { truth.current < SECRETS && !truth.revoked -> truth.current++; truth.before = false; is_noted() }
	:: d_step { !truth.revoked -> truth.revoked = true; is_noted() }
	od
}

#define NOTHING 0
#define ASKED   1
#define READ    2

Record set, read;
byte lease, poll, poll_age;
byte own_grace[SECRETS + 1]; /* as the fault GRACE_FROM_APPLYING counts it */

#ifdef GRACE_FROM_APPLYING
#define left_of(s) own_grace[s]
#else
#define left_of(s) grace[s]
#endif
#ifdef SPARES_OLDER
#define in_grace(s) (s < set.current && left_of(s) > 0)
#else
#define in_grace(s) (s + 1 == set.current && set.before && left_of(s) > 0)
#endif
#ifdef REVOKES_CURRENT_ONLY
#define accepts(s) (s == set.current && !set.revoked || in_grace(s))
#else
#define accepts(s) ((s == set.current || in_grace(s)) && !set.revoked)
#endif

inline copies(to, from) { to.current = from.current; to.before = from.before; to.revoked = from.revoked }

inline forgets_poll() { poll = NOTHING; poll_age = 0; read.current = 0; read.before = false; read.revoked = false }

inline applies() {
#ifdef GRACE_FROM_APPLYING
	if :: read.before && read.current != set.current -> own_grace[read.current - 1] = GRACE :: else fi;
#endif
	copies(set, read);
	lease = BOUND - poll_age;
	forgets_poll();
	printf("node: secret %d; revoked: %d\n", set.current, set.revoked)
}

proctype Node() {
end:	do
	:: d_step { poll == NOTHING -> poll = ASKED; printf("node: asks\n") }
	:: d_step { poll == ASKED -> poll = READ; copies(read, truth) }
	:: d_step { poll == READ -> applies() }
	:: d_step { poll != NOTHING -> forgets_poll() }
	:: d_step { set.current > 0 -> set.current = 0; set.before = false; set.revoked = false; lease = 0; printf("node: crashes\n") }
	od
}

inline verifies(s) {
	printf("verification: secret %d is accepted: %d\n", s, accepts(s));
	assert(!(accepts(s) && !is_good(s) && good_ago[s] >= BOUND));
	assert(!(!accepts(s) && is_good(s) && bad_ago[s] >= BOUND))
}

proctype Verification() {
end:	do
	:: d_step { lease > 0 -> verifies(1) }
	:: d_step { lease > 0 -> verifies(2) }
	:: d_step { lease > 0 -> verifies(3) }
	od
}

inline grows_older(s) {
	if
	:: is_good(s) -> grow(bad_ago[s])
	:: else       -> grow(good_ago[s])
	fi
}

proctype Time() {
end:	do
	:: d_step { true ->
		grows_older(1); grows_older(2); grows_older(3);
		shrink(grace[1]); shrink(grace[2]);
		shrink(own_grace[1]); shrink(own_grace[2]);
		is_now(1); is_now(2); is_now(3);
		shrink(lease);
		if :: poll != NOTHING -> grow(poll_age) :: else fi;
		printf("tick\n")
	}
	od
}

init { atomic { truth.current = 1; good_ago[1] = 0; bad_ago[2] = 0; bad_ago[3] = 0; run Time(); run Database(); run Node(); run Verification() } }

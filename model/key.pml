/* The key as it truly is, which only a commit changes; and what no program knows, but the claims look at. */

#define ABSENT   0
#define ACTIVE   1
#define DISABLED 2
#define REVOKED  3
#define STATES   4

#define bit_of(state) (1 << (state))

byte key;
byte left[STATES] = BOUND; /* how long ago it was last in each state; BOUND is that long, longer, or never */
bool ended;                /* it was revoked, whatever it is now */
byte ended_for;

/* For the verification that goes on: a bit for each state of the key that it must not tell. */
byte wrong;

#define long_left(state) (key != (state) && left[state] >= BOUND -> bit_of(state) : 0)

inline becomes(state) {
	left[key] = 0;
	key = state;
	left[key] = 0;
	if
	:: !ended -> wrong = wrong & ~bit_of(key); ended = (key == REVOKED)
	:: else
	fi
}

/* One of the changes that there are: issue, disable, enable, revoke. */
inline changes_key() {
	if
	:: key == ABSENT   -> becomes(ACTIVE)
	:: key == ACTIVE   -> becomes(DISABLED)
	:: key == DISABLED -> becomes(ACTIVE)
	:: key == ACTIVE   -> becomes(REVOKED)
	:: key == DISABLED -> becomes(REVOKED)
#ifdef ENABLES_AFTER_REVOKE
	:: key == REVOKED  -> becomes(ACTIVE)
#endif
	fi
}

inline key_grows_older() {
	if :: key != ABSENT   -> grow(left[ABSENT])   :: else fi;
	if :: key != ACTIVE   -> grow(left[ACTIVE])   :: else fi;
	if :: key != DISABLED -> grow(left[DISABLED]) :: else fi;
	if :: key != REVOKED  -> grow(left[REVOKED])  :: else fi;
	if :: ended           -> grow(ended_for)      :: else fi
}

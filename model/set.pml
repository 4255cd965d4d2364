/* What a node answers from: every key as of a revision, and a lease. */

bool loaded;
byte set_revision;
byte set_key;
byte lease; /* ticks that are left */

#define NOTHING 0
#define ASKED   1 /* the poll is on its way to the database; since when is noted */
#define READ    2 /* on its way back */

byte poll;
#define polling (poll != NOTHING)

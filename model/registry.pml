/* The registry: the node's row in the database, the transaction in which it polls, and another node, which expels it
   when it is silent. One row is enough: a receipt judges each row alone, and is safe when all of them are. */

bool row;         /* it is there */
byte row_applied; /* what the node says that it has applied */
byte row_age;     /* how long ago the poll began that wrote it; only the fault TRUSTS_OLD_ROW looks at that */

/* The node's transaction, also after the node has given it up. While there is one, the row is locked. */
#define COUNTED 1 /* it has counted the poll in the row, which locks it */
#define WHOLE   2 /* and it has read the changes */

byte transaction;
byte claimed_applied;

inline opens() { transaction = COUNTED; claimed_applied = set_revision }

inline is_forgotten() { transaction = 0; claimed_applied = 0 }

inline closes() { row_applied = claimed_applied; row_age = poll_age; another_count = true; is_forgotten() }

/* A node gets another id each time, so that what was seen of one row says nothing of the next. */
inline joins() { row = true; row_applied = 0; row_age = 0; another_count = true; printf("database: there is a row\n") }

inline leaves() { row = false; row_applied = 0; row_age = 0; printf("database: the row is gone\n") }

/* Whoever has seen one count for the bound deletes the row of that count. */
bool watching;
byte watched;       /* for how long */
bool another_count; /* than when it was first seen */
bool decided;       /* the fault EXPELS_BLINDLY: to delete the row, whatever its count is by then */

proctype Observer() {
end:	do
	:: d_step { !watching && row -> watching = true; another_count = false; printf("observer: watches\n") }
	:: d_step { watching && another_count && !decided -> watching = false; watched = 0 }
#ifdef EXPELS_BLINDLY
	:: d_step { watching && watched >= BOUND && !another_count -> decided = true; printf("observer: decides\n") }
	:: d_step { decided && !transaction ->
		decided = false; watching = false; watched = 0; printf("observer: expels\n"); leaves() }
#else
	:: d_step { watching && watched >= BOUND && !another_count && !transaction ->
		watching = false; watched = 0; printf("observer: expels\n"); leaves() }
#endif
	od
}

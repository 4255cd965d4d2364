/* Time goes by in ticks, the same for everybody, and as many as it likes between any two steps: whoever is slow, paused
   or cut off is somebody who takes no step meanwhile. Nothing counts further than BOUND, so that there are finitely
   many states although time has no end. */

#ifndef BOUND
#define BOUND 2 /* ticks: for so long a node may answer after its last poll began */
#endif

#define grow(age)    age = (age < BOUND -> age + 1 : age)
#define shrink(left) left = (left > 0 -> left - 1 : 0)

/* Each claim can be checked alone, with -DCLAIM=13 for example. */
#ifndef CLAIM
#define CLAIM 0
#endif

#define claimed(number) (CLAIM == 0 || CLAIM == number)

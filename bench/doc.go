// Package bench measures what the data plane costs: a real keywright process beside its floors,
// a bare net/http handler and nginx, under wrk. `make bench` runs it and prints one table;
// docs/reference/performance.md says how it is measured, and what came out.
//
// Time on the wall is the machine's and its other users'. What is measured is the CPU time that
// the operating system charged to a process for each request, and what is told is its ratio to
// the floor, whose requests were sent in turn with ours.
package bench

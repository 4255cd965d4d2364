package main

// headroom is never touched, so that it takes no memory of the machine's; the garbage collector
// counts it all the same. It collects whenever the heap has doubled. With few keys that is after
// each 700 requests, and took a twentieth of the time; with this it is after 6,000. The
// process has up to as much more garbage at a time.
func headroom() []byte { return make([]byte, 24<<20) }

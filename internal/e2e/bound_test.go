package e2e

import "time"

// bound is the staleness bound of the nodes in tests that wait for its end: the shortest that
// there is.
const bound = time.Second

// bounded are the settings of a node with that bound.
var bounded = []string{"--staleness-bound", bound.String(), "--log-level", "info"}

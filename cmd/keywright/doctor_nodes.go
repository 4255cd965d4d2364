package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/store"
)

// examineNodes asks the server of a data folder what it knows of the others on its database.
func examineNodes(ctx context.Context, e *store.Examination, data string) {
	answer, err := connect(data).call(ctx, http.MethodGet, "/v1/operator/nodes", nil)
	var listed api.Nodes
	if err == nil {
		listed, err = decode[api.Nodes](answer)
	}
	if err != nil {
		e.Find("nodes", "are not known", store.Worry, lowerFirst(err.Error()))
		return
	}
	found, remedy := judgeNodes(listed.Nodes)
	e.Find("nodes", found, store.Worry, remedy)
}

// judgeNodes says of which node there is something to say, and what to do about it.
func judgeNodes(nodes []api.Node) (found, remedy string) {
	var silent []string
	versions := map[string]bool{}
	for _, n := range nodes {
		versions[n.Version] = true
		if silence := time.Duration(n.SilentMS) * time.Millisecond; !n.Live || silence > wontToPoll {
			silent = append(silent, fmt.Sprintf("%s is silent for %s", n.Name, silence.Round(time.Second)))
		}
	}
	switch {
	case len(silent) > 0:
		return strings.Join(silent, ", "), "see whether it runs, and whether it reaches the database; what is revoked counts there within the staleness bound all the same. One that was killed goes from the list by itself"
	case len(versions) > 1:
		return fmt.Sprintf("%d, of %d versions", len(nodes), len(versions)), "finish the upgrade: replace the nodes that keywright nodes shows with the older version"
	}
	return fmt.Sprintf("%d, all heard of", len(nodes)), ""
}

// wontToPoll is how long no healthy node is silent: each polls every second.
const wontToPoll = 3 * time.Second

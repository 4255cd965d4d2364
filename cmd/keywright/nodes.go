package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func nodesCommand() *cli.Command {
	return &cli.Command{
		Name: "nodes", Usage: "list the processes that answer for keys, and how far each is behind",
		UsageText: "keywright nodes",
		Description: `A node is one keywright serve on this database. SEEN is how long ago it was heard of, by the
server that is asked, which is marked with a star. One that is silent for longer than the
staleness bound may answer no more, and is removed.

Examples:
  keywright nodes
  keywright nodes --json | jq -r '.nodes[] | select(.behind > 0) | .name'`,
		HideHelpCommand: true,
		Action:          listNodes,
	}
}

func listNodes(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodGet, "/v1/operator/nodes", nil)
	if err != nil {
		return err
	}
	listed, err := decode[api.Nodes](answer)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	rows := [][]string{{"NAME", "STATE", "SEEN", "REVISION", "BEHIND", "BOUND", "ON STALE", "ADDRESS", "VERSION", "STARTED"}}
	for _, n := range listed.Nodes {
		rows = append(rows, []string{
			n.Name + star(n.Self), nodeState(n), (time.Duration(n.SilentMS) * time.Millisecond).Round(100*time.Millisecond).String() + " ago",
			strconv.FormatUint(n.Applied, 10), strconv.FormatUint(n.Behind, 10),
			(time.Duration(n.StalenessBoundMS) * time.Millisecond).String(), n.OnStale, n.Address, n.Version, instant(n.StartedAt),
		})
	}
	return table(cmd.Root().Writer, rows...)
}

func star(self bool) string {
	if self {
		return " *"
	}
	return ""
}

func nodeState(n api.Node) string {
	if n.Live {
		return "live"
	}
	return "silent"
}

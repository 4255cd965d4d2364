package main

import (
	"encoding/json"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

// waitTimeout is for an answer that may come when the longest staleness bound has passed.
const waitTimeout = 301*time.Second + answerTimeout

// waitFlag is of each command that takes something away.
func waitFlag() cli.Flag {
	return text("wait", "wait for the proof that it counts on every node. `HOW`: all, until each has said so or may answer no more; bound, until the staleness bound has passed")
}

// waits notes what --wait says, for the changes that o sends.
func (o *operator) waits(cmd *cli.Command) error {
	switch wait := cmd.String("wait"); wait {
	case "":
	case "all", "bound":
		o.query = "?wait=" + wait
		o.client.Timeout = waitTimeout
	default:
		return usage(cmd, "--wait must be all or bound")
	}
	return nil
}

// settled says what was changed, and ends with 1 when --wait asked for a proof that did not come,
// although the change stands.
func settled(cmd *cli.Command, answer json.RawMessage, r api.Restriction, words string, a ...any) error {
	if err := done(cmd, answer, words, a...); err != nil {
		return err
	}
	return proved(r)
}

// proved ends with 1 when a proof was asked for that did not come.
func proved(r api.Restriction) error {
	if r.Receipt != nil && !r.Receipt.Safe {
		return failed("the change stands, but it is not proved that it counts on every node; see: keywright nodes")
	}
	return nil
}

// where is where a change counts: without a receipt, what is known is of the node that was asked.
func where(r api.Restriction) string {
	if r.Receipt == nil {
		return "on this node"
	}
	return r.Receipt.Summary
}

// alsoWhere is the same behind a sentence that says enough without.
func alsoWhere(r api.Restriction) string {
	if r.Receipt == nil {
		return ""
	}
	return "; it counts " + r.Receipt.Summary
}

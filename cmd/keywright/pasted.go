package main

import (
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// pasted refuses a secret where an id belongs, before it gets into a request and from there into
// a log, and says which id is meant.
func pasted(cmd *cli.Command, typed string) error {
	parts, ok := secret.Split(typed)
	if !ok {
		return nil
	}
	what, id := "a key's", "key_"+parts.ID
	if strings.HasSuffix(parts.Brand, policy.OperatorSuffix) {
		what, id = "a token's", "tok_"+parts.ID
	}
	return usage(cmd, "that is %s text, which does not belong on a command line: now it stands in the shell's history; its id is %s", what, id)
}

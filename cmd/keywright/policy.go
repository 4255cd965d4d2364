package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

func policyCommand() *cli.Command {
	return group("policy", "see the policy in force, and what another one would change",
		"The policy says which API versions, roles, plans, scopes and routes your product has. It is\none file, reviewed like code; without one the built-in policy counts. A file that is put in\nforce on one node of a database counts on all.",
		&cli.Command{
			Name: "check", Usage: "tell every mistake in a policy file, and what it would change for whom",
			UsageText: "keywright policy check FILE",
			Description: `Changes nothing. The mistakes are told with line and column, all at once. Then the running
server counts the accounts, members and keys that each difference concerns, and names the
first of them. Ends with 1 when the file has a mistake, or leaves someone with a role, a
plan or a version that there no longer is.

Examples:
  keywright policy check policy.yaml
  keywright policy check policy.yaml --json | jq '.effects[] | select(.restricts)'`,
			Action: checkPolicy,
		},
		&cli.Command{
			Name: "show", Usage: "print the policy in force",
			UsageText: "keywright policy show",
			Description: `Prints the file as the server read it, comments and all. All nodes of a database go by one
policy; with --json, since_revision is from when on.

Example:
  keywright policy show > policy.yaml`,
			Action: showPolicy,
		},
	)
}

func showPolicy(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodGet, "/v1/policy", nil)
	if err != nil {
		return err
	}
	shown, err := decode[api.PolicyInForce](answer)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	_, err = io.WriteString(cmd.Root().Writer, shown.Text)
	return err
}

func checkPolicy(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"FILE"})
	if err != nil {
		return err
	}
	if _, err := readPolicy(given[0]); err != nil {
		return err
	}
	text, err := os.ReadFile(given[0])
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/policy/check", api.Policy{Text: string(text)})
	if err != nil {
		return err
	}
	foreseen, err := decode[api.PolicyEffects](answer)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		err = printJSON(cmd.Root().Writer, answer)
	} else {
		err = printEffects(cmd.Root().Writer, foreseen.Effects)
	}
	if err != nil {
		return err
	}
	for _, e := range foreseen.Effects {
		if e.Orphans {
			return failed("%s: %s, and it is in use; the server would refuse this policy", given[0], e.Difference)
		}
	}
	return nil
}

func printEffects(w io.Writer, effects []api.PolicyEffect) error {
	var out strings.Builder
	if len(effects) == 0 {
		out.WriteString("nothing that counts would change\n")
	}
	for _, e := range effects {
		fmt.Fprintf(&out, "%s\n", plain(e.Difference))
		if e.Accounts+e.Members+e.Keys == 0 {
			out.WriteString("    concerns nobody now\n")
			continue
		}
		fmt.Fprintf(&out, "    concerns %d accounts, %d members, %d keys\n", e.Accounts, e.Members, e.Keys)
		for _, name := range e.Names {
			fmt.Fprintf(&out, "    %s\n", plain(name))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// readPolicy reads a policy file; "" is the built-in policy. Its mistakes are told as a
// compiler would: file, line and column.
func readPolicy(file string) (*policy.Policy, error) {
	if file == "" {
		return policy.Default(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	read, err := policy.Parse(text)
	var mistakes policy.Mistakes
	if errors.As(err, &mistakes) {
		return nil, &failure{code: exitFailed, lines: strings.Split(strings.TrimSuffix(mistakes.In(file), "\n"), "\n")}
	}
	return read, err
}

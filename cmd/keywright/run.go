package main

import (
	"context"

	"github.com/urfave/cli/v3"
)

// commands are those that speak to a running server, or do what one must not be running for, and
// version.
func commands() []*cli.Command {
	return []*cli.Command{accountCommand(), memberCommand(), keyCommand(), requestCommand(), supportCommand(), tokenCommand(), policyCommand(), auditCommand(), nodesCommand(), backupCommand(), restoreCommand(), versionCommand()}
}

// run runs one command line and answers the exit code.
func run(ctx context.Context, args []string) int { return runLine(ctx, root(), args) }

func runLine(ctx context.Context, all *cli.Command, args []string) int {
	all.Flags = append(all.Flags, globalFlags()...)
	all.Action = chooseCommand
	all.ExitErrHandler = func(context.Context, *cli.Command, error) {} // the library's would exit before report speaks
	_ = all.Walk(func(c *cli.Command) error {
		c.OnUsageError = misused
		return nil
	})
	err := all.Run(ctx, args)
	return report(all.ErrWriter, err)
}

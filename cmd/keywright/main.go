// Command keywright gives a product its API Access page and checks every request's key:
// `keywright serve` runs it, the other commands speak to a running one.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args))
}

// root is the command line as a whole.
func root() *cli.Command {
	return &cli.Command{
		Name:                  "keywright",
		Usage:                 "issue, verify and revoke API keys",
		Version:               version(),
		EnableShellCompletion: true,
		Commands:              append([]*cli.Command{serveCommand(), migrateCommand(), doctorCommand()}, commands()...),
	}
}

package main

import (
	"cmp"
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// globalFlags are those of the root command. They are taken before and after the name of
// any command below it.
func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "data", Value: "data", TakesFile: true, OnlyOnce: true, Sources: cli.EnvVars("KEYWRIGHT_DATA"),
			Usage: "folder `DIR` of the server's database, keyring and operator socket",
		},
		&cli.StringFlag{Name: "server", OnlyOnce: true, Usage: "`URL` of the console of a server on another machine, in place of the one here; needs a token of the operator's in KEYWRIGHT_TOKEN"},
		&cli.StringFlag{Name: "token-file", TakesFile: true, OnlyOnce: true, Usage: "`FILE` with the token for --server, in place of KEYWRIGHT_TOKEN"},
		&cli.DurationFlag{Name: "retry-for", Value: 30 * time.Second, OnlyOnce: true, Usage: "how long to ask again for a change whose answer was lost, such as 2m; it is made once"},
		&cli.BoolFlag{Name: "json", Usage: "print the API's JSON object in place of text"},
	}
}

func accountFlag(usage string) cli.Flag { return text("account", usage) }

func asFlag() cli.Flag {
	return text("as", "act as the account's member with this `EMAIL`: with their rights, no more")
}

func yesFlag() cli.Flag {
	return &cli.BoolFlag{Name: "yes", Usage: "do it; without this flag it is only shown what would be done"}
}

func passwordFlag() cli.Flag {
	return &cli.BoolFlag{
		Name:  "password-stdin",
		Usage: "read the password from the first line of standard input; without this flag a one-time link to choose one is printed",
	}
}

// text is a flag with a value. It is refused when given twice: of two accounts, someone
// meant the other one.
func text(name, usage string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: usage, OnlyOnce: true}
}

// texts is a flag with a value that can be given several times, and several values with commas.
func texts(name, usage string) cli.Flag {
	return &cli.StringSliceFlag{Name: name, Usage: usage}
}

// arguments answers the positional arguments, when they are as many as they are named, and
// refuses to go on without each of the required flags. What is missing is told all at once.
func arguments(cmd *cli.Command, names []string, required ...string) ([]string, error) {
	given := cmd.Args().Slice()
	if len(given) > len(names) {
		return nil, usage(cmd, "too many arguments: it takes %s; put quotes around text with blanks", cmp.Or(strings.Join(names, " and "), "none"))
	}
	missing := append([]string{}, names[len(given):]...)
	for i, value := range given {
		if strings.TrimSpace(value) == "" {
			missing = append(missing, names[i])
		}
	}
	for _, flag := range required {
		if strings.TrimSpace(cmd.String(flag)) == "" {
			missing = append(missing, "--"+flag)
		}
	}
	if len(missing) > 0 {
		return nil, usage(cmd, "missing or empty: %s", strings.Join(missing, ", "))
	}
	for _, flag := range cmd.Flags {
		// --as "$WHO" with WHO unset must not act as the operator, nor --account as for all.
		name := flag.Names()[0]
		if value, ok := flag.Get().(string); ok && flag.IsSet() && strings.TrimSpace(value) == "" {
			return nil, usage(cmd, "--%s is empty; leave it out or say what", name)
		}
	}
	return given, nil
}

var (
	unknownFlag  = regexp.MustCompile(`^flag provided but not defined: -+(.*)`)
	withoutValue = regexp.MustCompile(`^flag needs an argument: -*(.*)`)
	badValue     = regexp.MustCompile(`(?s) for flag -([a-z-]+): (.*)$`)
)

// misused turns what the parser says into our words. What was given as a value is left out: it
// may be a password.
func misused(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	said := err.Error()
	if m := unknownFlag.FindStringSubmatch(said); m != nil {
		return usage(cmd, "there is no flag --%s here", m[1])
	}
	if m := withoutValue.FindStringSubmatch(said); m != nil {
		return usage(cmd, "--%s needs a value after it", m[1])
	}
	if m := badValue.FindStringSubmatch(said); m != nil {
		if strings.Contains(m[2], "duplicate") {
			return usage(cmd, "--%s is given twice; give it once", m[1])
		}
		return usage(cmd, "--%s has a value that it does not take", m[1])
	}
	return usage(cmd, "%s", said)
}

// group is a command that holds others and does nothing alone.
func group(name, short, long string, commands ...*cli.Command) *cli.Command {
	for _, c := range commands {
		c.HideHelpCommand = true // else "account create help" would not make an account named help
	}
	return &cli.Command{
		Name: name, Usage: short, Description: long, Commands: commands, Action: chooseCommand,
	}
}

// chooseCommand is what happens when no command of a group was named, or none that there is.
func chooseCommand(_ context.Context, cmd *cli.Command) error {
	var names []string
	for _, c := range cmd.VisibleCommands() {
		names = append(names, c.Name)
	}
	if cmd.Args().Present() {
		return usage(cmd, "there is no such command; choose one of %s", strings.Join(names, ", "))
	}
	return usage(cmd, "choose a command: %s", strings.Join(names, ", "))
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

// build says what this binary was made from.
type build struct {
	Version  string `json:"version"`          // of the module: v1.2.3; "devel" when built in a checkout
	Commit   string `json:"commit,omitempty"` // 12 digits, and "+" when files differed from it
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// readBuild reads what the Go linker wrote into the binary.
func readBuild() build {
	b := build{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	modified := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				modified = "+"
			}
		}
	}
	if b.Commit != "" {
		b.Commit += modified
	}
	return b
}

// version is the build in one line.
func version() string {
	b := readBuild()
	if b.Commit == "" {
		return fmt.Sprintf("%s (%s, %s)", b.Version, b.Go, b.Platform)
	}
	return fmt.Sprintf("%s (%s, %s, %s)", b.Version, b.Commit, b.Go, b.Platform)
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version of this program",
		UsageText: "keywright version", HideHelpCommand: true,
		Action: func(_ context.Context, cmd *cli.Command) error {
			if _, err := arguments(cmd, nil); err != nil {
				return err
			}
			if !asJSON(cmd) {
				_, err := fmt.Fprintf(cmd.Root().Writer, "keywright version %s\n", version())
				return err
			}
			text, err := json.Marshal(readBuild())
			if err != nil {
				return err
			}
			return printJSON(cmd.Root().Writer, text)
		},
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/keyring"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/sqlite"
)

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "look at everything that keywright serve stands on, and say what to do about what is not well",
		Description: `Looks at the data folder, the database, the keyring and the server of the folder, if one
runs, and changes nothing. Each line is one thing that was looked at, what was found, and what
to do if it is not well. Ends with 1 when something is wrong; what is only a worry works today.

With PostgreSQL, give it the URL that keywright serve has.

Examples:
  keywright doctor --data /var/lib/keywright
  keywright doctor --database postgres://keywright@db.example.com/keywright --json`,
		Flags: []cli.Flag{
			databaseFlag("database", "`URL` of the PostgreSQL database, or file: and the path of a file with it; default: SQLite in the data folder", "KEYWRIGHT_DATABASE"),
		},
		Action: doctor,
	}
}

func doctor(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	data := cmd.String("data")
	if data == "" {
		return usage(cmd, "--data (or KEYWRIGHT_DATA) is empty; name the folder that the server uses")
	}
	e := store.Examination{}
	e.Find("keywright", version(), store.Well, "")
	examineFolder(&e, data)
	url, err := databaseURL(cmd.String("database"))
	if err != nil {
		return err
	}
	database := store.Examination{}
	if url == "" {
		database = sqlite.Examine(ctx, data)
	} else {
		database = postgres.Examine(ctx, url)
	}
	e.Findings = append(e.Findings, database.Findings...)
	examineKeyring(&e, filepath.Join(data, "keyring"), database.Checks)
	examineServer(ctx, &e, data)
	return tellFindings(cmd, e.Findings)
}

func examineFolder(e *store.Examination, data string) {
	info, err := os.Stat(data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Find("data folder", "there is no "+data, store.Worry, "start keywright serve, which makes it; or name the right one with --data")
		return
	case err != nil:
		e.Find("data folder", err.Error(), store.Wrong, "be the user who runs keywright")
		return
	}
	remedy := ""
	if info.Mode().Perm()&0o077 != 0 {
		remedy = "run chmod 700 on it"
	}
	e.Find("data folder", fmt.Sprintf("%s, mode %04o", data, info.Mode().Perm()), store.Worry, remedy)
	examineDisk(e, data)
}

func examineKeyring(e *store.Examination, path string, checks map[int][]byte) {
	var ring *secret.Keyring
	var err error
	where := path
	if text := os.Getenv(keyring.Variable); text != "" {
		where = keyring.Variable
		ring, err = secret.ParseKeyring([]byte(text))
	} else {
		ring, err = keyring.Load(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(checks) == 0:
		e.Find("keyring", "there is none yet", store.Worry, "the first start of keywright serve makes one; copy it to each further node before that one's first start")
		return
	case errors.Is(err, fs.ErrNotExist):
		e.Find("keyring", "is missing", store.Wrong, "restore "+path+" from your backup: the database's keys were sealed with it")
		return
	case err != nil:
		e.Find("keyring", "can't be used", store.Wrong, err.Error())
		return
	}
	if err := keyring.Compare(ring, checks); err != nil {
		e.Find("keyring", where, store.Wrong, err.Error())
		return
	}
	proved := "proved by the database"
	if len(checks) == 0 {
		proved = "not proved yet"
	}
	e.Find("keyring", fmt.Sprintf("%s, peppers %v, %s", where, ring.Versions(), proved), store.Well, "")
}

// tellFindings prints one line for each, and ends with an error when something is wrong.
func tellFindings(cmd *cli.Command, findings []store.Finding) error {
	wrong := 0
	for _, f := range findings {
		if f.Health == store.Wrong {
			wrong++
		}
	}
	if err := printFindings(cmd, findings); err != nil {
		return err
	}
	if wrong > 0 {
		return failed("%d of %d things that were looked at are wrong", wrong, len(findings))
	}
	return nil
}

func printFindings(cmd *cli.Command, findings []store.Finding) error {
	out := cmd.Root().Writer
	if !asJSON(cmd) {
		return printFindingLines(out, findings)
	}
	type told struct {
		What   string       `json:"what"`
		Health store.Health `json:"health"`
		Found  string       `json:"found"`
		Remedy string       `json:"remedy,omitempty"`
	}
	list := make([]told, len(findings))
	for i, f := range findings {
		list[i] = told(f)
	}
	text, err := json.Marshal(map[string]any{"findings": list})
	if err != nil {
		return err
	}
	return printJSON(out, text)
}

func printFindingLines(out io.Writer, findings []store.Finding) error {
	rows := make([][]string, len(findings))
	for i, f := range findings {
		found := f.Found
		if f.Remedy != "" {
			found += ": " + f.Remedy
		}
		rows[i] = []string{string(f.Health), f.What, found}
	}
	return table(out, rows...)
}

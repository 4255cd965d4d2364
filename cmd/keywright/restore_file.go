package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/keyring"
	"github.com/keywright/keywright/store"
)

func restoreCommand() *cli.Command {
	return &cli.Command{
		Name: "restore", Usage: "fill an empty database with a backup, and decide what becomes of an older copy",
		UsageText: "keywright restore FILE\n   keywright restore replay|accept [--yes]",
		Description: `FILE is what keywright backup wrote, on SQLite or on PostgreSQL, from this version or an earlier
one. The keyring has to be in its place before: it is compared with what the backup says of it.

Nothing serves a restored database, or one that was put back to an older state in another way,
before you have decided: what was revoked after the backup works in it. If this machine, or
another node, has the journal of that time, replay takes away again what was taken away.

Examples:
  keywright restore /var/backups/keywright-2026-05-03
  keywright restore replay --yes`,
		Flags: storeFlags(),
		Commands: []*cli.Command{
			decideCommand(keywright.Replayed, "take away again what the database has forgotten was taken away",
				`Compares the database with this node's mark and journal, and makes the restrictions again that
it lacks: a key stays revoked since its first time and for its first reason; the audit log says
that it was done again. Then history goes on at a revision that no node has seen before, and
keywright serve can be started. All sessions and invitations end.

What was given since, such as new keys, is lost: nobody can make it again.

Examples:
  keywright restore replay
  keywright restore replay --journal /mnt/old/journal.jsonl --yes`),
			decideCommand(keywright.Accepted, "go on with the database as it is",
				`History goes on at a revision that no node has seen before, and keywright serve can be started.
What was revoked since the copy works again: see first which keys that are. The journal as it
was stays beside the new one. All sessions and invitations end.

Example:
  keywright restore accept --yes`),
		},
		Action: restoreFile,
	}
}

func restoreFile(ctx context.Context, cmd *cli.Command) (err error) {
	given, err := arguments(cmd, []string{"FILE"})
	if err != nil {
		return err
	}
	if err := here(cmd); err != nil {
		return err
	}
	path, settings := given[0], storeSettings(cmd)
	file, err := os.Open(path)
	if err != nil {
		return failed("%v; give the file that keywright backup wrote, or choose one of replay, accept", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	h, err := backup.Check(file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return failed("%s %v", path, err)
	}
	if len(h.Peppers) > 0 {
		if _, err := keyring.Open(ctx, filepath.Join(settings.Data, "keyring"), os.Getenv(keyring.Variable), known(h.Peppers), rand.Reader); err != nil {
			return err
		}
	}
	db, err := openStore(ctx, settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.Restore(ctx, h, file)
	switch {
	case errors.Is(err, store.ErrNotEmpty):
		return failed("the database %v; name an empty folder with --data, or an empty database", err)
	case errors.Is(err, store.ErrNewerSchema):
		return failed("%s %v", path, err)
	case err != nil:
		return err
	}
	say(cmd.Root().ErrWriter, "restored %s", contents(h))
	for _, line := range append([]string{"nothing serves it before you have decided what becomes of what was taken away since"}, decisions(settings)...) {
		say(cmd.Root().ErrWriter, "%s", line)
	}
	return nil
}

// known are the check values in a backup, as the keyring asks for them.
type known map[int][]byte

func (k known) KeyringChecks(context.Context) (map[int][]byte, error) { return k, nil }
func (known) SaveKeyringChecks(context.Context, map[int][]byte) error { return nil }

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/backup"
)

// backupPath is where the operator socket answers a backup. It is no part of the REST API: what
// it answers is for keywright restore.
const backupPath = "/backup"

func backupCommand() *cli.Command {
	return &cli.Command{
		Name: "backup", Usage: "write all of the database to a file",
		UsageText: "keywright backup FILE",
		Description: `Writes everything as it is at one moment, while the server goes on; without a running server
it opens the database itself. The file is for keywright restore, on SQLite and on PostgreSQL.
It is made with mode 0600 and never replaces another one.

The keyring is not in it, and without the keyring no key of it ever verifies again: keep that
apart. Nor are sessions: people sign in again after a restore.

Examples:
  keywright backup /var/backups/keywright-$(date +%F)
  keywright backup today --data /var/lib/keywright`,
		Flags:  storeFlags(),
		Action: backUp,
	}
}

func backUp(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"FILE"})
	if err != nil {
		return err
	}
	if err := here(cmd); err != nil {
		return err
	}
	path := given[0]
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return failed("%s is there already, and is not replaced; name another file", path)
	}
	if err != nil {
		return failed("make the backup: %v", err)
	}
	h, err := writeBackup(ctx, cmd, file)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(path) // the error on its way says more
		return err
	}
	if asJSON(cmd) {
		text, err := json.Marshal(h)
		if err != nil {
			return err
		}
		if err := printJSON(cmd.Root().Writer, text); err != nil {
			return err
		}
	}
	say(cmd.Root().ErrWriter, "%s has %s", path, contents(h))
	if len(h.Peppers) > 0 {
		say(cmd.Root().ErrWriter, "the keyring is not in it: keep that apart; its keys need %s", peppers(h))
	}
	return nil
}

// writeBackup fills a file, and checks what is on the disk then.
func writeBackup(ctx context.Context, cmd *cli.Command, file *os.File) (backup.Header, error) {
	err := receiveBackup(ctx, cmd.String("data"), file)
	if errors.Is(err, errNoServer) {
		err = makeBackup(ctx, cmd, file)
	}
	if err != nil {
		return backup.Header{}, err
	}
	if err := file.Sync(); err != nil {
		return backup.Header{}, failed("write the backup: %v", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return backup.Header{}, failed("read the backup: %v", err)
	}
	h, err := backup.Check(file)
	if err != nil {
		return h, failed("the backup %v, and was not kept; the server's log says more", err)
	}
	return h, nil
}

var errNoServer = errors.New("no server")

// receiveBackup has the server of a data folder make the backup. It may take as long as it takes.
func receiveBackup(ctx context.Context, data string, file io.Writer) error {
	o := connect(data)
	o.client.Timeout = 0
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+backupPath, nil)
	if err != nil {
		return err
	}
	answer, err := o.client.Do(r)
	var dialing *net.OpError
	if errors.As(err, &dialing) && dialing.Op == "dial" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)) {
		return errNoServer
	}
	if err != nil {
		return o.unanswered(err, http.MethodGet)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
		return o.refused(http.MethodGet, answer.StatusCode, text)
	}
	if _, err := io.Copy(file, answer.Body); err != nil {
		return failed("the backup was broken off: %v", err)
	}
	return nil
}

// makeBackup makes the backup while nothing serves the database from this folder.
func makeBackup(ctx context.Context, cmd *cli.Command, file io.Writer) (err error) {
	db, err := openStore(ctx, storeSettings(cmd), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Backup(ctx, file)
}

// backups answers the whole database to the operator, and leaves all else to next.
func (p *process) backups(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == backupPath {
			p.sendBackup(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *process) sendBackup(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it may take minutes
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	if err := p.store.Backup(r.Context(), w); err != nil {
		p.log.Error("a backup failed", "error", err)
		panic(http.ErrAbortHandler) // so that nobody takes it for a whole one
	}
}

// contents says in words what a backup has.
func contents(h backup.Header) string {
	return fmt.Sprintf("%d accounts, %d members and %d keys of %s at revision %d, %s",
		h.Rows["accounts"], h.Rows["members"], h.Rows["keys"], h.Database, h.Revision, h.At.Format(time.RFC3339))
}

func peppers(h backup.Header) string {
	var names []string
	for _, version := range slices.Sorted(maps.Keys(h.Peppers)) {
		names = append(names, fmt.Sprint(version))
	}
	if len(names) == 1 {
		return "pepper " + names[0]
	}
	return "peppers " + strings.Join(names, ", ")
}

// here refuses --server for what is done on the server's machine alone.
func here(cmd *cli.Command) error {
	if cmd.IsSet("server") || cmd.IsSet("token-file") {
		return usage(cmd, "this is done on the server's machine, with --data; --server is for the commands that speak to a server elsewhere")
	}
	return nil
}

package postgrestest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// Options are what is special about a server.
type Options struct {
	Settings map[string]string // beside ours
	Files    map[string]string // in its folder, readable by it alone: certificates, pg_hba.conf
	TCP      bool              // it also listens on 127.0.0.1
}

// Server is a running PostgreSQL in a folder of its own, reached by a socket in that folder.
type Server struct {
	Port int // of the socket, and on 127.0.0.1 where it listens there

	folder string
	bin    string
	as     *syscall.Credential // nil: as whoever runs the test
	leash  io.WriteCloser      // what the keeper is to do
	done   *bufio.Scanner      // a line when it has stopped the server
	shared bool
}

// keeper starts and stops the server as it is told, until nobody can tell it any more, which is
// when the test's process is gone. It leaves nothing behind.
const keeper = `
while read -r word; do
	case $word in
	start) "$1/postgres" -D "$2/data" >>"$2/log" 2>&1 & server=$! ;;
	*) kill "-$word" $server; wait $server; echo ;;
	esac
done
kill -QUIT $server 2>/dev/null
kill -CONT $server 2>/dev/null
wait
rm -rf "$2"
`

// keep starts the keeper.
func (s *Server) keep() error {
	command := exec.Command("sh", "-c", keeper, "keeper", s.bin, s.folder)
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	leash, err := command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	s.leash, s.done = leash, bufio.NewScanner(out)
	return command.Start() // it ends with us, and nobody is left to wait for it
}

// begin starts the server and waits until it answers.
func (s *Server) begin() error {
	if _, err := io.WriteString(s.leash, "start\n"); err != nil {
		return err
	}
	db, err := sql.Open("pgx", s.URL("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if err = db.Ping(); err == nil {
			return nil
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("the server does not answer: %w\n%s", err, log)
		}
	}
}

// URL is how a role reaches a database of this server.
func (s *Server) URL(role, database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%d", role, database, s.folder, s.Port)
}

// start makes a folder with an empty cluster and starts it.
func start(o Options) (_ *Server, err error) {
	s := &Server{Port: 5432}
	if o.TCP {
		if s.Port, err = freePort(); err != nil {
			return nil, err
		}
	}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp(place(), "kwpg"); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 { // as which PostgreSQL refuses to run
		if s.as, err = other(); err != nil {
			return nil, err
		}
		if err := os.Chown(s.folder, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	// Another order of letters than that of bytes, as a server may well have it.
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", filepath.Join(s.folder, "data"), "-U", "postgres", "-A", "trust", "-N",
		"-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
	initdb.Dir, initdb.SysProcAttr = "/", &syscall.SysProcAttr{Credential: s.as}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := s.configure(o); err != nil {
		return nil, err
	}
	if err := s.keep(); err != nil {
		return nil, err
	}
	return s, s.begin()
}

// place is in memory where that has room: a database is made in 50 ms there and in half a second
// on a disk that others use too.
func place() string {
	const memory, room = "/dev/shm", 2 << 30
	var found syscall.Statfs_t
	if err := syscall.Statfs(memory, &found); err != nil || found.Bavail*uint64(found.Bsize) < room {
		return ""
	}
	return memory
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

func (s *Server) configure(o Options) error {
	all := map[string]string{
		"listen_addresses": "", "port": strconv.Itoa(s.Port), "unix_socket_directories": s.folder, "max_connections": "200", "shared_buffers": "64MB",
		"autovacuum": "off", "checkpoint_timeout": "1h", "max_wal_size": "4GB", "wal_level": "minimal", "max_wal_senders": "0",
		"fsync": "on", "log_min_messages": "fatal", "log_statement": "none",
	}
	if o.TCP {
		all["listen_addresses"] = "127.0.0.1"
	}
	maps.Copy(all, o.Settings)
	var lines strings.Builder
	for name, value := range all {
		fmt.Fprintf(&lines, "%s = '%s'\n", name, value)
	}
	for name, text := range o.Files {
		path := filepath.Join(s.folder, "data", name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		if s.as != nil {
			if err := os.Chown(path, int(s.as.Uid), int(s.as.Gid)); err != nil {
				return err
			}
		}
	}
	file, err := os.OpenFile(filepath.Join(s.folder, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(lines.String())
	return errors.Join(err, file.Close())
}

// binaries is the folder of the newest server on this machine.
func binaries() (string, error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		found, err = filepath.EvalSymlinks(found) // the others need not be linked beside it
		return filepath.Dir(found), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // as Debian has them
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL is not installed; scripts/install-test-needs does it")
	}
	slices.SortFunc(found, func(a, b string) int { return number(a) - number(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func number(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// other is the user that Debian makes for PostgreSQL.
func other() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// do runs statements as the superuser.
func (s *Server) do(ctx context.Context, database string, statements ...string) error {
	db, err := sql.Open("pgx", s.URL("postgres", database))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

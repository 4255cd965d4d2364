package bench

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// process is a server that is measured.
type process struct {
	address string // 127.0.0.1:PORT
	pid     int
}

// keywright starts keywright on a data folder and waits until it has loaded all keys.
func keywright(b *testing.B, folder string) process {
	b.Helper()
	log, err := os.Create(filepath.Join(folder, "log"))
	must(b, err)
	defer log.Close()
	command := exec.Command(binary, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--verify-listen", "127.0.0.1:0", "--trusted-hops", "1")
	command.Stdout, command.Stderr = log, log
	start(b, command, os.Interrupt)
	var where struct{ Verify string }
	eventually(b, "keywright is ready", func() bool {
		text, err := os.ReadFile(filepath.Join(folder, "addresses.json"))
		return err == nil && json.Unmarshal(text, &where) == nil
	})
	return process{strings.TrimPrefix(where.Verify, "http://"), command.Process.Pid}
}

// bare starts a floor that gives this answer.
func bare(b *testing.B, answer canned) process {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), bareVariable+"=1")
	in, err := command.StdinPipe()
	must(b, err)
	out, err := command.StdoutPipe()
	must(b, err)
	start(b, command, os.Kill)
	must(b, json.NewEncoder(in).Encode(answer))
	line, err := bufio.NewReader(out).ReadString('\n')
	must(b, err)
	return process{strings.TrimSpace(line), command.Process.Pid}
}

const nginxConf = `
daemon off;
master_process off; # one worker, and nothing else
pid nginx.pid;
events {}
http {
	access_log off;
	keepalive_requests 1000000000;
	client_body_temp_path .;
	server {
		listen ADDRESS;
		location / { return 200; }
	}
}
`

// nginx starts an nginx that answers 200, and does no more.
func nginx(b *testing.B) process {
	b.Helper()
	folder := b.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	address := listener.Addr().String() // nginx can't choose one itself
	must(b, listener.Close())
	must(b, os.WriteFile(filepath.Join(folder, "nginx.conf"), []byte(strings.Replace(nginxConf, "ADDRESS", address, 1)), 0o600))
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
	}
	command := exec.Command(program, "-p", folder, "-c", "nginx.conf", "-e", "stderr")
	start(b, command, os.Interrupt)
	p := process{address, command.Process.Pid}
	eventually(b, "nginx listens", func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	})
	return p
}

// start runs a command until the benchmark ends.
func start(b *testing.B, command *exec.Cmd, stop os.Signal) {
	b.Helper()
	must(b, command.Start())
	b.Cleanup(func() {
		_ = command.Process.Signal(stop)
		_ = command.Wait()
	})
}

// used is the CPU time that a process has been charged so far, in all its threads, by the
// scheduler's own clock, which counts nanoseconds and not ticks.
func (p process) used(b *testing.B) time.Duration {
	b.Helper()
	const scheduler = 2 // CPUCLOCK_SCHED of the kernel's posix-timers.h
	var now unix.Timespec
	must(b, unix.ClockGettime(int32(^p.pid<<3|scheduler), &now))
	return time.Duration(now.Nano())
}

func eventually(b *testing.B, what string, is func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	b.Fatalf("waited in vain until %s", what)
}

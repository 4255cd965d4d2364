package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// namespace is a network of its own, which ends with the test's process and those that run in it.
type namespace struct{ handle *os.File }

// newNamespace makes one. Only root may.
func newNamespace(t *testing.T) *namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("networks can be made, and cut, by root only; CI must be root")
		}
		t.Skip("networks can be made, and cut, by root only")
	}
	home, err := os.Open("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	n := &namespace{home}
	err = n.inside(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		n.handle, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	if err != nil {
		t.Fatalf("make a network namespace: %v", err)
	}
	t.Cleanup(func() { _ = n.handle.Close() })
	n.run(t, "ip", "link", "set", "lo", "up")
	return n
}

// inside does something on a thread in the namespace: what it connects or starts is there.
func (n *namespace) inside(do func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(n.handle.Fd()), unix.CLONE_NEWNET); err != nil {
		return err
	}
	err = do()
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back) // the thread stays locked, and ends with the goroutine
	}
	runtime.UnlockOSThread()
	return err
}

func (n *namespace) dial(ctx context.Context, network, address string) (c net.Conn, err error) {
	var dialer net.Dialer
	err = n.inside(func() (err error) {
		c, err = dialer.DialContext(ctx, network, address)
		return err
	})
	return c, err
}

// run runs a program in the namespace.
func (n *namespace) run(t *testing.T, program string, args ...string) {
	t.Helper()
	if err := n.try("", program, args...); err != nil {
		t.Fatal(err)
	}
}

func (n *namespace) try(stdin, program string, args ...string) error {
	return n.inside(func() error {
		command := exec.Command(program, args...)
		command.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
		if found, err := exec.LookPath("/usr/sbin/" + program); err == nil {
			command = exec.Command(found, args...)
		}
		command.Stdin = strings.NewReader(stdin)
		out, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, out)
		}
		return nil
	})
}

// hubAddress is that of a hub, to which nodes in namespaces of their own are connected.
const hubAddress = "10.77.0.1"

func newHub(t *testing.T) *namespace {
	t.Helper()
	hub := newNamespace(t)
	hub.run(t, "ip", "link", "add", "name", "hub", "type", "bridge")
	hub.run(t, "ip", "address", "add", hubAddress+"/24", "dev", "hub")
	hub.run(t, "ip", "link", "set", "hub", "up")
	return hub
}

// connect makes a namespace with a cable to the hub.
func (n *namespace) connect(t *testing.T, number int) *namespace {
	t.Helper()
	spoke := newNamespace(t)
	cable := fmt.Sprint("node", number)
	n.run(t, "ip", "link", "add", "name", cable, "type", "veth", "peer", "name", "uplink", "netns", fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), spoke.handle.Fd()))
	n.run(t, "ip", "link", "set", cable, "master", "hub", "up")
	spoke.run(t, "ip", "address", "add", fmt.Sprintf("10.77.0.%d/24", 10+number), "dev", "uplink")
	spoke.run(t, "ip", "link", "set", "uplink", "up")
	return spoke
}

// Ways to cut a cable: what does not get through.
const (
	bothWays = "both directions"
	comingIn = "what comes in"
	goingOut = "what goes out"
)

// cut drops packets without a word, as a broken network does.
func (n *namespace) cut(what string) error {
	rules := "add table inet cut\n"
	if what != goingOut {
		rules += "add chain inet cut in { type filter hook input priority 0; }\nadd rule inet cut in iifname uplink drop\n"
	}
	if what != comingIn {
		rules += "add chain inet cut out { type filter hook output priority 0; }\nadd rule inet cut out oifname uplink drop\n"
	}
	return n.try(rules, "nft", "-f", "-")
}

func (n *namespace) heal() error { return n.try("", "nft", "delete", "table", "inet", "cut") }

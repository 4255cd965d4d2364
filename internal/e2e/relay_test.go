package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// relay stands between nodes and a PostgreSQL, and can be told to misbehave.
type relay struct {
	listener net.Listener
	all      sync.WaitGroup

	mu     sync.Mutex
	target string         // the server's socket
	delay  time.Duration  // of every answer of the server
	commit func() breakup // asked at each commit; nil: none is in the way
	open   map[net.Conn]bool
}

// breakup is what happens to a connection when a commit goes by.
type breakup int

const (
	noBreakup    breakup = iota
	beforeCommit         // the server never sees it
	afterCommit          // the server has done it, and the answer is lost
	amidCommit           // the server has it, and whether it does it is a race
)

func newRelay(t *testing.T, s *postgrestest.Server) *relay {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener, target: s.Socket(), open: map[net.Conn]bool{}}
	r.all.Go(r.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		r.sever()
		r.all.Wait()
	})
	return r
}

// url is how nodes reach a database through it.
func (r *relay) url(d *postgrestest.Database) string {
	return fmt.Sprintf("postgres://%s@%s/%s", postgrestest.Service, r.listener.Addr(), d.Name)
}

// set changes how it behaves from now on.
func (r *relay) set(change func(r *relay)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

// sever resets every connection.
func (r *relay) sever() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		reset(c)
	}
}

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

func (r *relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.all.Go(func() { r.carry(client) })
	}
}

// carry is one connection.
func (r *relay) carry(client net.Conn) {
	r.mu.Lock()
	target := r.target
	r.open[client] = true
	r.mu.Unlock()
	defer r.set(func(r *relay) { delete(r.open, client) })
	defer reset(client)
	server, err := net.Dial("unix", target)
	if err != nil {
		return
	}
	defer server.Close()
	var mute sync.Mutex // held while the server's answer must not get through
	r.all.Go(func() {
		defer client.Close()
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			r.mu.Lock()
			delay := r.delay
			r.mu.Unlock()
			time.Sleep(delay) // the fault itself
			mute.Lock()
			_, err = client.Write(buffer[:n])
			mute.Unlock()
			if err != nil {
				return
			}
		}
	})
	from := bufio.NewReader(client)
	for first := true; ; first = false {
		message, err := next(from, first)
		if err != nil {
			return
		}
		r.mu.Lock()
		commit := r.commit
		r.mu.Unlock()
		what := noBreakup
		if commit != nil && bytes.EqualFold(message, commitMessage) {
			what = commit()
		}
		switch what {
		case beforeCommit:
			return
		case afterCommit, amidCommit:
			mute.Lock() // for good: the connection ends here
			_, _ = server.Write(message)
			if what == afterCommit {
				// When it reads the end of the input the server has done all that came before.
				_ = server.(*net.UnixConn).CloseWrite()
			}
			reset(client)
			mute.Unlock()
			return
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// commitMessage is a commit as the driver sends it: a query (PostgreSQL's manual, 54.7).
var commitMessage = append([]byte{'Q', 0, 0, 0, 11}, "commit\x00"...)

// next reads a message of the client. The first has no type before its length.
func next(from *bufio.Reader, first bool) ([]byte, error) {
	before := 1
	if first {
		before = 0
	}
	head, err := from.Peek(before + 4)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, b := range head[before:] {
		size = size<<8 | int(b)
	}
	if size < 4 || size > 16<<20 {
		return nil, errors.New("this is not a message")
	}
	message := make([]byte, before+size)
	_, err = io.ReadFull(from, message)
	return message, err
}

package postgres_test

import (
	"bytes"
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// line is a network between a store and its server, which can fail at the worst moment.
type line struct {
	to string // the server's socket

	mu         sync.Mutex
	atCommit   string // what becomes of the next commit: "", lost before, lost after, held, or unanswered
	unanswered bool
	open       []net.Conn
	held       chan struct{} // closed to let go what is held or unanswered
}

// through is a line to a database's server, and the URL by which to go through it.
func through(t *testing.T, d *postgrestest.Database) (*line, string) {
	t.Helper()
	u, err := url.Parse(d.URL(postgrestest.Service))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{to: filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port")), held: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { l.connect(near) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.fail("")
		serving.Wait()
	})
	u.Host, u.RawQuery = listener.Addr().String(), ""
	return l, u.String()
}

// fail says what becomes of the next commit, and cuts off everyone with the word "".
func (l *line) fail(how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.atCommit = how
	if how == "" {
		for _, c := range l.open {
			_ = c.Close()
		}
		l.open = nil
		close(l.held)
		l.held = make(chan struct{})
	}
}

func (l *line) connect(near net.Conn) {
	far, err := net.Dial("unix", l.to)
	if err != nil {
		_ = near.Close()
		return
	}
	l.mu.Lock()
	l.open = append(l.open, near, far)
	l.mu.Unlock()
	lost := make(chan struct{}) // closed when answers are no longer passed on
	var answers sync.WaitGroup
	answers.Go(func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := far.Read(buffer)
			select {
			case <-lost:
				l.mu.Lock()
				unanswered, held := l.unanswered, l.held
				l.mu.Unlock()
				if unanswered {
					<-held
				}
				err = errors.New("lost on the way back")
			default:
			}
			if err == nil {
				_, err = near.Write(buffer[:n])
			}
			if err != nil {
				_ = near.Close()
				return
			}
		}
	})
	l.ask(near, far, lost)
	_, _ = near.Close(), far.Close()
	answers.Wait()
}

// ask passes on what the store asks, and looks for its commits.
func (l *line) ask(near, far net.Conn, lost chan struct{}) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := near.Read(buffer)
		if err != nil {
			return
		}
		how := ""
		var held chan struct{}
		if bytes.Contains(buffer[:n], []byte("commit\x00")) {
			l.mu.Lock()
			how, held, l.atCommit = l.atCommit, l.held, ""
			l.mu.Unlock()
		}
		switch how {
		case "lost before":
			return
		case "held":
			<-held
			return
		case "lost after", "unanswered":
			l.mu.Lock()
			l.unanswered = how == "unanswered"
			l.mu.Unlock()
			close(lost)
		}
		if _, err := far.Write(buffer[:n]); err != nil {
			return
		}
		if how == "lost after" || how == "unanswered" {
			_, _ = near.Read(buffer) // until the answer came and was lost, or is no longer waited for
			return
		}
	}
}

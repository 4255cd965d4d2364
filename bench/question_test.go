package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// question is a request with a hole for a key's text.
type question struct{ before, after string }

// The questions as they are asked: by an SDK that passes on all that it knows of a request, and
// by nginx with the configuration of examples/nginx.
var (
	verify = post("/v1/verify", `{"authorization":"Bearer `, `","accept":"application/json","method":"GET","path":"/api/v1/incidents?limit=5","client_ip":"192.0.2.7"}`)

	forwardAuth = question{"GET /forward-auth HTTP/1.1\r\nHost: keywright\r\nAuthorization: Bearer ", "\r\n" +
		"X-Original-Method: GET\r\nX-Original-URI: /api/v1/incidents?limit=5\r\nX-Forwarded-For: 192.0.2.7\r\n" +
		"Accept: application/json\r\nUser-Agent: acme/1.0\r\n\r\n"}
)

func post(path, before, after string) question {
	return question{fmt.Sprintf("POST %s HTTP/1.1\r\nHost: keywright\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, len(before)+width-1+len(after), before), after}
}

// ask sends the question once, for the first of the texts.
func (q question) ask(b *testing.B, address string, texts []byte) canned {
	b.Helper()
	connection, err := net.Dial("tcp", address)
	must(b, err)
	defer connection.Close()
	_, err = io.WriteString(connection, q.before+string(texts[:width-1])+q.after)
	must(b, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	must(b, err)
	body, err := io.ReadAll(response.Body)
	must(b, err)
	must(b, response.Body.Close())
	for _, name := range []string{"Date", "Content-Length"} {
		response.Header.Del(name) // net/http's own business
	}
	return canned{response.StatusCode, response.Header, body}
}

// expect fails when the first of the texts is not answered so.
func (a canned) expect(b *testing.B, status int, part string) {
	b.Helper()
	if a.Status != status || !strings.Contains(string(a.Body), part) {
		b.Fatalf("got %d %s, want %d and %q", a.Status, a.Body, status, part)
	}
}

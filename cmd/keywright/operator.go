package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
)

const (
	answerTimeout = 30 * time.Second // for the whole exchange; the server gives up after 15 s
	maxAnswer     = 8 << 20          // bytes; a page of 200 keys is below 1 MiB

	// maxSocketPath is what the kernel takes, in bytes, without the zero at the end: 107 on
	// Linux (unix(7)), 103 on macOS.
	maxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1

	accountHeader = "Keywright-Account" // a slug: in which account the operator acts
	actAsHeader   = "Keywright-Act-As"  // an e-mail address: of the member in whose place he acts
)

// socketPath is where the server of a data folder listens for the operator.
func socketPath(data string) string { return filepath.Join(data, "keywright.sock") }

// operator speaks REST to a server: over its operator socket, without a credential, because the
// socket's mode keeps everyone else out; or to one on another machine, with a token.
type operator struct {
	client *http.Client
	base   string // begins the address of each request
	data   string // the folder of the socket's server
	server string // the address of the other machine's, else empty
	header http.Header

	patience time.Duration // for changes whose answer was lost
	query    string        // of changes: what --wait says
}

// request is what is sent, as often as it must be.
type request struct {
	method, path string
	body         []byte // JSON; nil: none
	once         string // its idempotency key
}

// dial prepares to speak to the server of the data folder, or to that of --server. It connects at
// the first call.
func dial(cmd *cli.Command) (*operator, error) {
	if cmd.String("as") != "" && cmd.String("account") == "" {
		return nil, usage(cmd, "--as needs --account: a member is one of an account")
	}
	reach := local
	if cmd.IsSet("server") { // also to nothing: a variable that was not set must not mean the server here
		reach = remote
	}
	o, err := reach(cmd)
	if err != nil {
		return nil, err
	}
	o.patience = cmd.Duration("retry-for")
	if err := o.waits(cmd); err != nil {
		return nil, err
	}
	for flag, header := range map[string]string{"account": accountHeader, "as": actAsHeader} {
		if value := cmd.String(flag); value != "" {
			if err := o.name(cmd, header, "--"+flag, value); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}

// local prepares to speak to the server of the data folder.
func local(cmd *cli.Command) (*operator, error) {
	data := cmd.String("data")
	switch socket := socketPath(data); {
	case cmd.IsSet("token-file"):
		return nil, usage(cmd, "--token-file needs --server: the server here takes no token")
	case data == "":
		return nil, usage(cmd, "--data (or KEYWRIGHT_DATA) is empty; name the folder that the server uses")
	case len(socket) > maxSocketPath:
		return nil, failed("the path of the operator socket has %d bytes, and at most %d can be used; name the folder by a shorter path, such as a relative one", len(socket), maxSocketPath)
	}
	return connect(data), nil
}

// name says in a header of each request which account or member is meant; what was typed for
// it is called typed.
func (o *operator) name(cmd *cli.Command, header, typed, value string) error {
	if strings.ContainsFunc(value, hostile) { // which a header could not carry
		return usage(cmd, "%s holds a control character", typed)
	}
	o.header.Set(header, value)
	return nil
}

// connect makes an operator that acts in no account yet.
func connect(data string) *operator {
	return &operator{data: data, base: "http://localhost", header: http.Header{}, client: client(&http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socketPath(data))
		},
	})}
}

// client goes nowhere else than it is told to: a token must not follow a redirect.
func client(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Timeout: answerTimeout, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call sends body, if any, and answers what the server sent.
//
// Errors: *api.Problem when the server refused; *failure when the account or the member in whose
// place to act does not exist, when it could not be asked, or when its answer was lost.
func (o *operator) call(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	r := request{method: method, path: path}
	if body != nil {
		var err error
		if r.body, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("write the request: %w", err)
		}
	}
	if method == http.MethodGet {
		return o.send(ctx, r)
	}
	r.once, r.path = rand.Text(), r.path+o.query
	return o.insist(ctx, r)
}

// send sends a request once.
func (o *operator) send(ctx context.Context, r request) (json.RawMessage, error) {
	sent, err := http.NewRequestWithContext(ctx, r.method, o.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	sent.Header = o.header.Clone()
	if r.body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	if r.once != "" {
		sent.Header.Set(onceHeader, `"`+r.once+`"`)
	}
	answer, err := o.client.Do(sent)
	if err != nil {
		return nil, o.unanswered(err, r.method)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, o.unanswered(err, r.method)
	}
	if answer.StatusCode >= 300 {
		return nil, o.refused(r.method, answer.StatusCode, text)
	}
	if len(text) > maxAnswer {
		return nil, failed("the server's answer has more than %d bytes", maxAnswer)
	}
	return text, nil
}

// decode reads an answer as what it should be. Members that are not known here are left
// out: the server may be newer.
func decode[T any](answer json.RawMessage) (T, error) {
	var v T
	if err := json.Unmarshal(answer, &v); err != nil {
		return v, failed("the server's answer can't be read; is it of this version? ours: keywright version")
	}
	return v, nil
}

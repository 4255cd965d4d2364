package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// tokenVariable holds the operator's token for --server. There is no flag for it: every user of
// the machine can read the list of processes, and the shell's history keeps it.
const tokenVariable = "KEYWRIGHT_TOKEN"

// maxTokenFile is in bytes; a token has 66 at most.
const maxTokenFile = 4096

// remote prepares to speak to the server that --server names, with the operator's token.
func remote(cmd *cli.Command) (*operator, error) {
	if cmd.IsSet("data") && cmd.String("data") != os.Getenv("KEYWRIGHT_DATA") {
		return nil, usage(cmd, "--server and --data name two servers; give one of them")
	}
	base, wrong := serverURL(cmd.String("server"))
	if wrong != "" {
		return nil, usage(cmd, "--server %s", wrong)
	}
	token, err := readToken(cmd)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() // with the proxy that the environment names
	return &operator{
		server: base, base: base, header: http.Header{"Authorization": {"Bearer " + token}}, client: client(transport),
	}, nil
}

// serverURL reads where a server is, or answers what is wrong with it. The address is not said
// again: it may hold a password.
func serverURL(text string) (base, wrong string) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", "must be the console's address, like https://keys.example.com, without a path"
	case u.Scheme == "http" && !onThisMachine(u.Hostname()):
		return "", "would send the token in clear; say https://"
	}
	return u.String(), ""
}

func onThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// readToken reads the operator's token from the file of --token-file, else from the environment.
func readToken(cmd *cli.Command) (string, error) {
	from, text := tokenVariable, os.Getenv(tokenVariable)
	if file := cmd.String("token-file"); file != "" {
		if parts, ok := secret.Split(file); ok {
			return "", usage(cmd, "--token-file names a file; a token does not belong on a command line: now it stands in the shell's history; its id is tok_%s", parts.ID)
		}
		read, err := readSmall(file)
		if err != nil {
			return "", failed("--token-file: %v", err)
		}
		from, text = file, read
	}
	text = strings.TrimSpace(text)
	parts, ok := secret.Split(text)
	switch {
	case text == "" && from == tokenVariable:
		return "", usage(cmd, "--server needs a token of the operator's, in %s or in a file that --token-file names; on the server's machine, make one with: keywright token issue --use operate --description TEXT", tokenVariable)
	case text == "":
		return "", failed("%s is empty", from)
	case !ok:
		return "", failed("%s does not hold a token: a character is wrong, missing or too many", from)
	case !strings.HasSuffix(parts.Brand, policy.OperatorSuffix):
		return "", failed("%s holds an API key, which is no token of the operator's: those have a brand that ends with %s", from, policy.OperatorSuffix)
	}
	return text, nil
}

func readSmall(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxTokenFile+1))
	if err == nil && len(text) > maxTokenFile {
		err = fmt.Errorf("%s has more than %d bytes, which no token has", file, maxTokenFile)
	}
	return string(bytes.ToValidUTF8(text, []byte("?"))), err
}

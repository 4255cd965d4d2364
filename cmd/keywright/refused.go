package main

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/keywright/keywright/api"
)

// refused reads why the server refused. What answers without a problem is not Keywright, or
// not of this version.
func (o *operator) refused(method string, status int, text []byte) error {
	var p api.Problem
	if json.Unmarshal(text, &p) != nil || p.Title == "" {
		why := fmt.Sprintf("the server answered %d (%s) without saying why; is it of this version? ours: keywright version", status, http.StatusText(status))
		if o.server != "" {
			why = fmt.Sprintf("%s answered %d (%s) and not as Keywright does; is it the console's address, and the server of this version? ours: keywright version", o.server, status, http.StatusText(status))
		}
		if status >= http.StatusInternalServerError { // a proxy, which may have passed the request on
			return lostAnswer(method, why)
		}
		return failed("%s", why)
	}
	if p.Code == api.CodeUnauthenticated && o.server != "" {
		return failed("%s does not know this token; was it issued there? on its machine, see: keywright token list", o.server)
	}
	if p.Code == api.CodeOutcomeUnknown {
		return lostAnswer(method, "the server's database failed, and nobody can say yet whether that was done; its log says more, at request "+p.RequestID)
	}
	for _, wrong := range p.Errors {
		switch {
		case p.Code == api.CodeNotFound && wrong.Pointer == "#header/"+accountHeader:
			return o.noAccount()
		case p.Code == api.CodeNotFound && wrong.Pointer == "#header/"+actAsHeader:
			return o.noMember("active member", o.header.Get(actAsHeader))
		}
	}
	return &p
}

// unanswered says why no answer came, and whether something may have been changed.
func (o *operator) unanswered(err error, method string) error {
	socket := cmp.Or(o.server, socketPath(o.data))
	var dialing *net.OpError
	notSent := errors.As(err, &dialing) && dialing.Op == "dial"
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		return failed("the certificate of %s is not to be trusted: %v", socket, untrusted.Err)
	case errors.Is(err, http.ErrSchemeMismatch):
		return failed("%s does not speak https", socket)
	case notSent && o.server != "":
		return notReached("can't reach %s: %v", socket, dialing.Err)
	case notSent && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)):
		return notReached("no server on %s; start one with: keywright serve --data %s, or name another's folder with --data", socket, o.data)
	case notSent && errors.Is(err, fs.ErrPermission):
		return failed("%s may only be used by the user who runs the server; be that user", socket)
	case notSent:
		return notReached("can't reach the server on %s: %v", socket, dialing.Err)
	}
	return lostAnswer(method, "no answer came from the server on "+socket+"; its log says more")
}

// The server answers what is absent without repeating its name: it may be a key that was
// typed in the wrong place. Here a name is said again if it has the form of one.

func (o *operator) noAccount() error {
	return failed("no account %s; see: keywright account list", slugOr(o.header.Get(accountHeader)))
}

func (o *operator) noMember(kind, email string) error {
	if !strings.Contains(email, "@") {
		email = "of that name"
	}
	account := slugOr(o.header.Get(accountHeader))
	return failed("no %s %s in account %s; see: keywright member list --account %s", kind, email, account, account)
}

// noKey says which key is absent, if that is what err says.
func (o *operator) noKey(err error, id string) error {
	account := o.header.Get(accountHeader)
	switch {
	case !isProblem(err, api.CodeNotFound):
		return err
	case account == "":
		return failed("no key %s in any account; see: keywright key list --account SLUG", id)
	}
	return failed("no key %s in account %s; see: keywright key list --account %s", id, account, account)
}

// slugOr is a slug, or words for what cannot be one.
func slugOr(text string) string {
	for _, r := range text {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return "of that name"
		}
	}
	return text
}

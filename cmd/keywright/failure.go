package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the server refused, or could not be asked
	exitUsage  = 2 // what was typed cannot be done; nothing was changed
)

// failure ends a command. Its lines are for people, each with a hint what to do.
type failure struct {
	code  int
	lines []string
	reach reach
}

// reach is how far a request got.
type reach int

const (
	answered reach = iota
	unsent         // it did not reach the server
	lost           // it was sent, and nobody can say what came of it
)

func (f *failure) Error() string { return strings.Join(f.lines, "; ") }

func failed(format string, a ...any) error {
	return &failure{code: exitFailed, lines: []string{fmt.Sprintf(format, a...)}}
}

func notReached(format string, a ...any) error {
	return &failure{code: exitFailed, lines: []string{fmt.Sprintf(format, a...)}, reach: unsent}
}

// usage refuses what was typed, and says where to read what can be.
func usage(cmd *cli.Command, format string, a ...any) error {
	return &failure{code: exitUsage, lines: []string{fmt.Sprintf(format, a...), "see: " + cmd.FullName() + " --help"}}
}

// unconfirmed ends a command that only shows what it would do.
func unconfirmed(would string, a ...any) error {
	return foreseen(nil, would, a...)
}

// foreseen is unconfirmed with lines about what it would mean.
func foreseen(means []string, would string, a ...any) error {
	lines := append([]string{"this would " + fmt.Sprintf(would, a...)}, means...)
	return &failure{code: exitUsage, lines: append(lines, "nothing was changed; to do it, add --yes")}
}

// report prints why a command ended, and answers the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	code, lines := exitFailed, strings.Split(err.Error(), "\n")
	var f *failure
	var p *api.Problem
	var c cli.ExitCoder // of the library: help for a command that there isn't
	switch {
	case errors.As(err, &f):
		code, lines = f.code, f.lines
	case errors.As(err, &p):
		lines = problemLines(p)
	case errors.As(err, &c):
		code, lines = exitUsage, []string{lowerFirst(c.Error()), "see: keywright --help"}
	}
	for _, line := range lines {
		say(w, "%s", line)
	}
	return code
}

// problemLines is what the server said, as it said it: one line for each field that is wrong.
func problemLines(p *api.Problem) []string {
	var lines []string
	for _, wrong := range p.Errors {
		place, name, _ := strings.Cut(wrong.Pointer, "/")
		if place == "#path" || name == "" { // not typed, or nothing to point at: the detail says more
			continue
		}
		lines = append(lines, name+": "+wrong.Detail)
	}
	if len(lines) == 0 {
		lines = []string{lowerFirst(cmp.Or(p.Detail, p.Title))}
	}
	if p.Status >= 500 && p.RequestID != "" {
		lines = append(lines, "the server's log says more, at request "+p.RequestID)
	}
	return lines
}

// isProblem reports whether the server refused for this reason.
func isProblem(err error, code api.Code) bool {
	var p *api.Problem
	return errors.As(err, &p) && p.Code == code
}

// say prints words for people. They go to standard error, so that standard output holds
// nothing but data.
func say(w io.Writer, format string, a ...any) {
	_, _ = fmt.Fprintf(w, "keywright: %s\n", plain(fmt.Sprintf(format, a...)))
}

// lowerFirst begins a sentence in lower case, unless it begins with an abbreviation: "API …".
func lowerFirst(text string) string {
	upper := func(i int) bool { return i < len(text) && text[i] >= 'A' && text[i] <= 'Z' }
	if !upper(0) || upper(1) {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

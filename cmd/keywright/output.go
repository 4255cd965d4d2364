package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"unicode/utf16"

	"github.com/urfave/cli/v3"
)

func asJSON(cmd *cli.Command) bool { return cmd.Bool("json") }

// done says what was changed. With --json it also prints what the API answered.
func done(cmd *cli.Command, answer json.RawMessage, words string, a ...any) error {
	say(cmd.Root().ErrWriter, words, a...)
	if !asJSON(cmd) {
		return nil
	}
	return printJSON(cmd.Root().Writer, answer)
}

// printJSON prints what the API answered, indented. It escapes what a terminal would obey, so
// it is the same JSON, safe to look at.
func printJSON(w io.Writer, answer json.RawMessage) error {
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(answer), "", "  "); err != nil {
		return failed("the server's answer can't be read; is it of this version? ours: keywright version")
	}
	indented.WriteByte('\n')
	var out bytes.Buffer
	for _, r := range indented.String() {
		// Outside of strings JSON has no such characters but the line ends of the indentation.
		if !hostile(r) || r == '\n' {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// printList prints a whole list as the API would if its pages had no end.
func printList(w io.Writer, name string, elements []json.RawMessage) error {
	if elements == nil {
		elements = []json.RawMessage{}
	}
	var whole bytes.Buffer
	encoder := json.NewEncoder(&whole)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{name: elements, "next_cursor": nil}); err != nil {
		return err
	}
	return printJSON(w, whole.Bytes())
}

// printOnce prints what the server will not tell a second time. When that fails the reader
// must hear of it: a closed pipe would else end the process without a word.
func printOnce(cmd *cli.Command, answer json.RawMessage, once, lost string) error {
	signal.Ignore(syscall.SIGPIPE)
	var err error
	if asJSON(cmd) {
		err = printJSON(cmd.Root().Writer, answer)
	} else {
		_, err = fmt.Fprintln(cmd.Root().Writer, plain(once))
	}
	if err != nil {
		return failed("could not be printed (%v) and can't be shown again: %s", err, lost)
	}
	return nil
}

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v3"
)

// maxPasswordLine is in bytes, and more than any password that the server takes.
const maxPasswordLine = 4096

// readPassword reads the password if it was announced, else answers "". It comes by standard
// input and not as an argument, which every user of the machine can read in the list of
// processes, and which stays in the shell's history.
func readPassword(cmd *cli.Command) (string, error) {
	if !cmd.Bool("password-stdin") {
		return "", nil
	}
	input := cmd.Root().Reader
	if file, ok := input.(*os.File); ok && isatty.IsTerminal(file.Fd()) {
		return "", usage(cmd, "standard input is a terminal, which would show the password; pipe it in, for example: read -rs P; printf '%%s\\n' \"$P\" | keywright …")
	}
	return firstLine(input)
}

// firstLine reads up to the first line end, which is left out, or to the end.
func firstLine(input io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(input, maxPasswordLine+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", failed("can't read the password from standard input: %v", err)
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	switch {
	case line == "":
		return "", failed("the password on standard input is empty; nothing was changed")
	case len(line) > maxPasswordLine:
		return "", failed("the first line of standard input is longer than a password can be; nothing was changed")
	case !utf8.ValidString(line): // JSON would carry another password than was typed
		return "", failed("the password on standard input is not UTF-8 text; nothing was changed")
	}
	return line, nil
}

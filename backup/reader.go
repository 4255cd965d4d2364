package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxLine is far more than a row can have: texts that people write are a few hundred characters.
const maxLine = 1 << 20

// Check finds out whether r is a whole backup, and answers its header.
//
// Errors: ErrForeign, ErrNewer, ErrTruncated, ErrDamaged.
func Check(r io.Reader) (Header, error) {
	var h Header
	last, sum := []byte(nil), sha256.New()
	err := lines(r, func(line []byte) error {
		if last == nil {
			if json.Unmarshal(line, &h) != nil {
				return ErrForeign
			}
			if err := h.readable(); err != nil {
				return err
			}
		}
		_, _ = sum.Write(last) // all but the line that turns out to be the last
		last = append(last[:0], line...)
		return nil
	})
	var e end
	switch {
	case err != nil:
		return h, err
	case last == nil:
		return h, ErrForeign
	case json.Unmarshal(last, &e) != nil || len(e.SHA256) == 0:
		return h, ErrTruncated
	case !bytes.Equal(e.SHA256, sum.Sum(nil)):
		return h, ErrDamaged
	}
	return h, nil
}

// lines hands each line to visit, with its end. A text without any is no backup.
func lines(r io.Reader, visit func(line []byte) error) error {
	in := bufio.NewReaderSize(r, maxLine)
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case errors.Is(err, io.EOF) && !first:
			return ErrTruncated
		case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
			return ErrForeign
		case err != nil:
			return fmt.Errorf("read a backup: %w", err)
		}
		if err := visit(line); err != nil {
			return err
		}
	}
}

// Read reads a backup that Check found to be whole: it hands each table to begin, and each of its
// rows to the function that begin answers, of nil, int64, string and []byte. The slice is the
// same each time.
//
// Errors: those of begin and its function, and what does not fit the form.
func Read(r io.Reader, begin func(Table) (row func(values []any) error, err error)) error {
	var table Table
	var row func([]any) error
	var isBytes []bool
	var values []any
	number, ended := 0, false
	err := lines(r, func(line []byte) (err error) {
		number++
		switch {
		case ended:
			return errors.New("something comes after its end")
		case number == 1: // the header
			return nil
		case line[0] == '[' && row != nil:
			if values, err = parseRow(values[:0], line, isBytes); err != nil {
				return err
			}
			return row(values)
		}
		var e end
		if json.Unmarshal(line, &e) == nil && len(e.SHA256) > 0 {
			ended = true
			return nil
		}
		table = Table{}
		if err := json.Unmarshal(line, &table); err != nil || table.Name == "" || len(table.Columns) == 0 {
			return errors.New("neither a table nor a row")
		}
		isBytes = isBytes[:0]
		for _, column := range table.Columns {
			isBytes = append(isBytes, slices.Contains(table.Bytes, column))
		}
		row, err = begin(table)
		return err
	})
	if err != nil {
		return fmt.Errorf("line %d of the backup: %w", number, err)
	}
	if !ended {
		return ErrTruncated
	}
	return nil
}

// parseRow reads what Writer.Row wrote.
func parseRow(values []any, line []byte, isBytes []bool) ([]any, error) {
	wrong := errors.New("a row that is not as its table says")
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil || len(values) != len(isBytes) {
		return values, wrong
	}
	for i, value := range values {
		switch v := value.(type) {
		case nil:
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return values, wrong
			}
			values[i] = n
		case string:
			if !isBytes[i] {
				continue
			}
			decoded, err := base64.StdEncoding.Strict().DecodeString(v)
			if err != nil {
				return values, wrong
			}
			values[i] = decoded
		default:
			return values, wrong
		}
	}
	return values, nil
}

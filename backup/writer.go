package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"
	"unicode/utf8"
)

// Writer writes a backup.
type Writer struct {
	out  *bufio.Writer
	sum  hash.Hash
	line []byte
}

// NewWriter begins a backup.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format = Format
	sum := sha256.New()
	b := &Writer{out: bufio.NewWriterSize(w, 64<<10), sum: sum}
	return b, b.json(h)
}

// Table begins a table. The rows that follow have its columns, in their order.
func (b *Writer) Table(t Table) error { return b.json(t) }

// Row writes a row: of nil, int64, string and []byte.
func (b *Writer) Row(values []any) error {
	line := append(b.line[:0], '[')
	for i, value := range values {
		if i > 0 {
			line = append(line, ',')
		}
		switch v := value.(type) {
		case nil:
			line = append(line, "null"...)
		case int64:
			line = strconv.AppendInt(line, v, 10)
		case string:
			var err error
			if line, err = appendText(line, v); err != nil {
				return err
			}
		case []byte:
			line = append(line, '"')
			line = append(base64.StdEncoding.AppendEncode(line, v), '"')
		default:
			return fmt.Errorf("write a backup: a value of type %T", v)
		}
	}
	b.line = append(line, "]\n"...)
	return b.write(b.line)
}

// appendText quotes a text. Most need nothing but the quotes.
func appendText(line []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(text)
			return append(line, quoted...), err
		}
	}
	return append(append(append(line, '"'), text...), '"'), nil
}

// End writes the last line. Without it the backup is not whole.
func (b *Writer) End() error {
	if err := b.json(end{b.sum.Sum(nil)}); err != nil {
		return err
	}
	return b.out.Flush()
}

func (b *Writer) json(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	return b.write(append(line, '\n'))
}

func (b *Writer) write(line []byte) error {
	_, _ = b.sum.Write(line)
	if _, err := b.out.Write(line); err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	return nil
}

package backup

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var rows = [][]any{
	{int64(1), "Zoë 🚀", nil, []byte{0, 0xff, '"'}},
	{int64(-1 << 63), "a \"quoted\" \\ text\n\t\x01 </script>", "", []byte{}},
	{int64(1<<63 - 1), strings.Repeat("x", 100_000), nil, nil},
}

func header() Header {
	return Header{
		Format: Format, Schema: 5, At: time.Date(2026, 5, 3, 12, 0, 0, 123e6, time.UTC), Database: "db_1", Revision: 7, Stamp: 1<<63 - 1,
		Sequence: 3, Peppers: map[int][]byte{1: {1, 2}}, Rows: map[string]int64{"things": 3, "none": 0},
	}
}

func written(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, header())
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(w.Table(Table{"things", []string{"n", "text", "more", "raw"}, []string{"raw"}}))
	for _, row := range rows {
		err = errors.Join(err, w.Row(row))
	}
	if err = errors.Join(err, w.Table(Table{"none", []string{"n"}, nil}), w.End()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestABackupIsReadAsItWasWritten(t *testing.T) {
	text := written(t)
	h, err := Check(bytes.NewReader(text))
	if err != nil || !reflect.DeepEqual(h, header()) {
		t.Errorf("header: got %+v, %v", h, err)
	}
	var tables []string
	var got [][]any
	err = Read(bytes.NewReader(text), func(t Table) (func([]any) error, error) {
		tables = append(tables, t.Name)
		return func(values []any) error { got = append(got, slices.Clone(values)); return nil }, nil
	})
	want := [][]any{rows[0], rows[1], rows[2]}
	if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(tables, []string{"things", "none"}) {
		t.Errorf("got %v, %v, %v", tables, got, err)
	}
}

func TestWhatIsNotAWholeBackupIsRefused(t *testing.T) {
	text := string(written(t))
	lines := strings.SplitAfter(text, "\n")
	without := func(n int) string { return strings.Join(slices.Delete(slices.Clone(lines), n, n+1), "") }
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":                    {"", ErrForeign},
		"a database":                 {"SQLite format 3\x00" + strings.Repeat("\x00", 1000), ErrForeign},
		"one without any line":       {strings.Repeat("x", 3<<20), ErrForeign},
		"a text":                     {"hello\nworld\n", ErrForeign},
		"JSON of someone else":       {`{"backup":1}` + "\n", ErrForeign},
		"a list":                     {"[1]\n", ErrForeign},
		"a newer form":               {strings.Replace(text, `"keywright_backup":1`, `"keywright_backup":2`, 1), ErrNewer},
		"without its last line":      {strings.Join(lines[:len(lines)-2], ""), ErrTruncated},
		"cut off in the last line":   {text[:len(text)-2], ErrTruncated},
		"without the last line end":  {text[:len(text)-1], ErrTruncated},
		"only a header":              {lines[0], ErrTruncated},
		"without a row":              {without(2), ErrDamaged},
		"without a table":            {without(1), ErrDamaged},
		"with another text in a row": {strings.Replace(text, "Zo", "Za", 1), ErrDamaged},
		"with another revision":      {strings.Replace(text, `"revision":7`, `"revision":8`, 1), ErrDamaged},
		"rows the other way round":   {lines[0] + lines[1] + lines[3] + lines[2] + strings.Join(lines[4:], ""), ErrDamaged},
		"with a blank more":          {strings.Replace(text, ",null,", ", null,", 1), ErrDamaged},
		"something after the end":    {text + lines[2], ErrTruncated},
	} {
		if _, err := Check(strings.NewReader(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	for i := range text[:2000] {
		damaged := []byte(text)
		damaged[i] ^= 1
		if h, err := Check(bytes.NewReader(damaged)); err == nil {
			t.Fatalf("with a bit turned over at %d: got %+v", i, h)
		}
	}
}

func TestReadRefusesWhatDoesNotFit(t *testing.T) {
	const start = `{"keywright_backup":1}` + "\n" + `{"table":"t","columns":["a","b"],"bytes":["b"]}` + "\n"
	const finish = `{"sha256":"AAAA"}` + "\n"
	for name, text := range map[string]string{
		"a row before its table":   `{"keywright_backup":1}` + "\n" + `[1,"AA=="]` + "\n" + finish,
		"too few values":           start + "[1]\n" + finish,
		"too many":                 start + "[1,null,2]\n" + finish,
		"no base64":                start + `[1,"x"]` + "\n" + finish,
		"a fraction":               start + `[1.5,null]` + "\n" + finish,
		"a number beyond 64 bits":  start + `[9223372036854775808,null]` + "\n" + finish,
		"an object":                start + `[{},null]` + "\n" + finish,
		"a truth":                  start + `[true,null]` + "\n" + finish,
		"a table without columns":  start + `{"table":"u","columns":[]}` + "\n" + finish,
		"a word":                   start + "what\n" + finish,
		"something after the end":  start + finish + "[1,null]\n",
		"no end":                   start + "[1,null]\n",
		"a row without its finish": start + "[1,null\n" + finish,
	} {
		err := Read(strings.NewReader(text), func(Table) (func([]any) error, error) { return func([]any) error { return nil }, nil })
		if err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
	stop := errors.New("stop")
	for name, begin := range map[string]func(Table) (func([]any) error, error){
		"a table": func(Table) (func([]any) error, error) { return nil, stop },
		"a row":   func(Table) (func([]any) error, error) { return func([]any) error { return stop }, nil },
	} {
		if err := Read(strings.NewReader(start+"[1,null]\n"+finish), begin); !errors.Is(err, stop) {
			t.Errorf("the error of %s: got %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f))
	f.Add([]byte("{}\n[]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, whole := Check(bytes.NewReader(text))
		err := Read(bytes.NewReader(text), func(Table) (func([]any) error, error) { return func([]any) error { return nil }, nil })
		if whole == nil && errors.Is(err, ErrTruncated) {
			t.Errorf("a whole one is cut off: %v", err)
		}
	})
}

package mark

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/keywright/keywright"
)

const journalFile = "journal.jsonl"

// maxLine is far more than a line can have: names and reasons are a few hundred characters.
const maxLine = 64 << 10

// journal is the file that lines are added to.
type journal struct {
	file *os.File
	size int64 // up to the end of its last whole line
	sync func(*os.File) error
}

// openJournal opens the journal at path, and makes it when there is none. What a crash has left
// of a last line is cut off. It answers the last line's point.
func openJournal(path string, sync func(*os.File) error) (*journal, keywright.Point, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, keywright.Point{}, fmt.Errorf("open the journal: %w", err)
	}
	j := &journal{file: f, sync: sync}
	last, err := j.settle()
	if err != nil {
		return nil, keywright.Point{}, errors.Join(fmt.Errorf("open the journal: %w", err), f.Close())
	}
	return j, last, nil
}

// settle finds the end of the last whole line, and reads that line.
func (j *journal) settle() (keywright.Point, error) {
	info, err := j.file.Stat()
	if err != nil {
		return keywright.Point{}, err
	}
	tail := make([]byte, min(info.Size(), maxLine))
	if _, err := j.file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return keywright.Point{}, err
	}
	end := bytes.LastIndexByte(tail, '\n') + 1
	j.size = info.Size() - int64(len(tail)-end)
	if err := j.file.Truncate(j.size); err != nil {
		return keywright.Point{}, err
	}
	var last keywright.Point
	for text := range bytes.Lines(tail[:end]) { // the first may begin in the middle
		if r, err := parseLine(bytes.TrimSuffix(text, []byte("\n"))); err == nil && r.At.Revision >= last.Revision {
			last = r.At
		}
	}
	return last, nil
}

// add writes lines and brings them to the disk: all of them, or else none will be read.
func (j *journal) add(list []keywright.Restriction) error {
	var lines []byte
	var err error
	for _, r := range list {
		if lines, err = appendLine(lines, r); err != nil {
			return err
		}
	}
	if _, err = j.file.WriteAt(lines, j.size); err == nil {
		err = j.sync(j.file)
	}
	if err != nil {
		return errors.Join(err, j.file.Truncate(j.size))
	}
	j.size += int64(len(lines))
	return nil
}

// Journal is what a journal has, of each thing the last line.
type Journal struct {
	Last       []keywright.Restriction // in the order of their lines
	Points     []keywright.Point       // of all lines, each once, in their order
	Since      time.Time               // of the first line; zero when there is none
	Unreadable int                     // lines that the disk, or someone, has damaged
}

// ReadJournal reads the file at path; one that is not there is an empty journal.
func ReadJournal(path string) (Journal, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Journal{}, nil
	}
	if err != nil {
		return Journal{}, fmt.Errorf("read the journal: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var j Journal
	at := map[string]int{} // where a subject is in Last
	err = lines(f, func(text []byte) error {
		r, err := parseLine(text)
		if err != nil {
			j.Unreadable++
			return nil
		}
		if j.Since.IsZero() {
			j.Since = r.When
		}
		if len(j.Points) == 0 || j.Points[len(j.Points)-1] != r.At {
			j.Points = append(j.Points, r.At)
		}
		if i, ok := at[r.Subject()]; ok {
			j.Last[i] = keywright.Restriction{} // and it is deleted below
		}
		at[r.Subject()] = len(j.Last)
		j.Last = append(j.Last, r)
		return nil
	})
	if err != nil {
		return Journal{}, fmt.Errorf("read the journal: %w", err)
	}
	j.Last = slices.DeleteFunc(j.Last, func(r keywright.Restriction) bool { return r.Subject() == "" })
	return j, nil
}

// lines hands the lines of a journal to visit, without their ends. A last one without its end
// was not written to its end, and counts as none.
func lines(f io.Reader, visit func(text []byte) error) error {
	r := bufio.NewReaderSize(f, maxLine)
	for {
		text, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, bufio.ErrBufferFull): // no line of ours: count it once, and go on after it
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = r.ReadSlice('\n')
			}
			text = nil
		case err != nil:
			return err
		}
		if err := visit(bytes.TrimSuffix(text, []byte("\n"))); err != nil {
			return err
		}
	}
}

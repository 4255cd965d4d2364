package mark

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/keywright/keywright"
)

// some are restrictions with all that they can have.
func some() []keywright.Restriction {
	by := keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "Zoë \"🚀\"\n"}
	return []keywright.Restriction{
		{At: keywright.Point{Revision: 1, Stamp: 1<<63 - 1}, When: instant(1), Account: "acct_1", Plan: "lite", State: "suspended"},
		{At: keywright.Point{Revision: 2, Stamp: 2}, When: instant(2), Account: "acct_1", Member: "mem_1", Role: "user", State: "removed"},
		{At: keywright.Point{Revision: 2, Stamp: 2}, When: instant(2), Account: "acct_1", Key: "key_1", Disabled: instant(2), Enables: instant(3), Expires: instant(4), Rotated: instant(1), Scopes: []string{"incidents:read"}},
		{At: keywright.Point{Revision: 1<<63 - 1}, When: instant(3), Account: "acct_1", Key: "key_2", Revoked: instant(1), RevokedBy: by, WhyRevoked: `leaked ,"sum":"00000000"}`},
		{At: keywright.Point{Revision: 4, Stamp: 4}, When: instant(4), Token: "tok_1", Revoked: instant(1), RevokedBy: by},
	}
}

func encoded(t *testing.T, list []keywright.Restriction) []byte {
	t.Helper()
	var text []byte
	for _, r := range list {
		var err error
		if text, err = appendLine(text, r); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

func TestALineIsReadAsItWasWrittenOrNotAtAll(t *testing.T) {
	for _, r := range some() {
		text := bytes.TrimSuffix(encoded(t, []keywright.Restriction{r}), []byte("\n"))
		if got, err := parseLine(text); err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("got %+v, %v, want %+v", got, err, r)
		}
		for i := range text {
			for _, damaged := range [][]byte{text[:i], append(bytes.Clone(text[:i]), text[i+1:]...), bytes.Replace(text, text[i:i+1], []byte{text[i] ^ 4}, 1)} {
				if got, err := parseLine(damaged); err == nil {
					t.Fatalf("damaged at %d: got %+v", i, got)
				}
			}
		}
	}
}

func read1(t *testing.T, path string) Journal {
	t.Helper()
	j, err := ReadJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// A crash, or a full disk, can end the file anywhere. What was written down before is read, and
// what is written down then too.
func TestATornLastLineIsCutOff(t *testing.T) {
	list := some()
	whole := encoded(t, list[:3])
	before := len(encoded(t, list[:2]))
	for end := before; end < len(whole); end++ {
		path := filepath.Join(t.TempDir(), journalFile)
		if err := os.WriteFile(path, whole[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := read1(t, path); !reflect.DeepEqual(got.Last, list[:2]) || got.Unreadable != 0 {
			t.Fatalf("cut at %d: got %+v", end, got)
		}
		j, last, err := openJournal(path, (*os.File).Sync)
		if err != nil || last != list[1].At {
			t.Fatalf("cut at %d: got the point %+v, %v", end, last, err)
		}
		if err := errors.Join(j.add(list[3:]), j.file.Close()); err != nil {
			t.Fatal(err)
		}
		want := append(list[:2:2], list[3:]...)
		if got := read1(t, path); !reflect.DeepEqual(got.Last, want) || got.Unreadable != 0 {
			t.Errorf("cut at %d, and written to: got %+v, want %+v", end, got.Last, want)
		}
	}
}

func TestALineThatCannotBeReadIsCountedAndTheOthersAreRead(t *testing.T) {
	list := some()
	text := encoded(t, list)
	text = bytes.Replace(text, []byte("suspended"), []byte("suspendex"), 1)
	text = append(append(bytes.Repeat([]byte("x"), 3*maxLine), '\n'), text...)
	path := filepath.Join(t.TempDir(), journalFile)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got := read1(t, path)
	if got.Unreadable != 2 || !reflect.DeepEqual(got.Last, list[1:]) || !got.Since.Equal(list[1].When) {
		t.Errorf("got %+v", got)
	}
	if none := read1(t, path+".none"); len(none.Last) > 0 {
		t.Errorf("no journal: got %+v", none)
	}
}

func TestOfEachSubjectTheLastLineCounts(t *testing.T) {
	list := some()
	later := list[1]
	later.At, later.State = keywright.Point{Revision: 9, Stamp: 9}, "active"
	path := filepath.Join(t.TempDir(), journalFile)
	if err := os.WriteFile(path, encoded(t, append(list, later, later)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := read1(t, path)
	want := []keywright.Restriction{list[0], list[2], list[3], list[4], later}
	if !reflect.DeepEqual(got.Last, want) {
		t.Errorf("got %+v, want %+v", got.Last, want)
	}
	if want := fmt.Sprint([]keywright.Point{list[0].At, list[1].At, list[3].At, list[4].At, later.At}); fmt.Sprint(got.Points) != want {
		t.Errorf("points: got %v, want %s", got.Points, want)
	}
}

// A journal that is read from its end finds the last point, however long it is.
func TestALongJournalIsOpenedFromItsEnd(t *testing.T) {
	var list []keywright.Restriction
	for i := range 2000 {
		list = append(list, keywright.Restriction{At: keywright.Point{Revision: uint64(i + 1), Stamp: 7}, When: instant(0), Account: "acct_1", Key: keywright.KeyID(fmt.Sprintf("key_%012d", i)), Revoked: instant(0)})
	}
	path := filepath.Join(t.TempDir(), journalFile)
	if err := os.WriteFile(path, encoded(t, list), 0o600); err != nil {
		t.Fatal(err)
	}
	j, last, err := openJournal(path, (*os.File).Sync)
	if err != nil || last != list[1999].At {
		t.Errorf("got %+v, %v", last, err)
	}
	_ = j.file.Close()
}

package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/policy"
)

// backup is a backup of the store, and its header.
func (s *test) backup() ([]byte, backup.Header) {
	s.Helper()
	var file bytes.Buffer
	if err := s.Store.Backup(s.ctx, &file); err != nil {
		s.Fatalf("backup: %v", err)
	}
	h, err := backup.Check(bytes.NewReader(file.Bytes()))
	if err != nil {
		s.Fatalf("check the backup: %v", err)
	}
	return file.Bytes(), h
}

// fresh is another store, which is empty.
func (s *test) fresh() *test {
	s.Helper()
	return &test{T: s.T, Subject: s.another(), ctx: s.ctx, now: s.now, another: s.another}
}

// Fill puts something into every table of a new database, and answers the text of a key.
func Fill(ctx context.Context, s Store) (string, error) {
	t := &test{Subject: Subject{Store: s}, ctx: ctx, now: instant(0)}
	svc, err := t.newService()
	if err != nil {
		return "", err
	}
	a, owner, _, err := svc.CreateAccount(ctx, keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme <Zoë> 🚀", Plan: "standard",
		Owner: keywright.NewMember{Name: "Zoë \"\\", Email: "zoe@acme.example", Password: "a good password"},
	})
	if err != nil {
		return "", err
	}
	key, text, err := svc.Issue(ctx, owner.By(), keywright.NewKey{Description: "CI <é> \"1\" \\", Once: "form"})
	_, gone, err2 := svc.Issue(ctx, owner.By(), keywright.NewKey{Description: "gone"})
	_, _, err3 := svc.AddMember(ctx, owner.By(), keywright.NewMember{Email: "ann@acme.example", Role: "user"})
	_, _, err4 := svc.IssueOperatorToken(ctx, keywright.Operator(""), keywright.NewOperatorToken{Description: "gateway", Use: keywright.UseVerify})
	err5 := s.SaveLastUsed(ctx, map[keywright.KeyID]keywright.Use{key.ID: {At: instant(5)}})
	err6 := s.SaveKeyringChecks(ctx, map[int][]byte{1: {0, 0xff, '\n'}, 2: []byte("two")})
	_, errAsked := svc.RequestKey(ctx, owner.By(), keywright.NewKeyRequest{Description: "Export <é>", Scopes: []string{"*"}})
	_, errSupport := svc.AskSupport(ctx, owner.By(), keywright.NewSupportRequest{Subject: "Rechnung", Text: "Wo?\n\"Dort\""})
	if err := errors.Join(err, err2, err3, err4, err5, err6, errAsked, errSupport); err != nil {
		return "", err
	}
	verdict, err := svc.Verify(ctx, keywright.Request{Text: gone.Reveal(), Way: policy.PresentBearer})
	if err != nil {
		return "", err
	}
	if _, _, err := svc.Revoke(ctx, owner.By(), verdict.Key.ID, "leaked in a \"log\""); err != nil {
		return "", err
	}
	odd, seal := newKey(a, "0000000000od")
	odd.NotBefore, odd.Expires, odd.Disabled = instant(-1), instant(86_400_000), instant(7)
	for i := range seal.MAC {
		seal.MAC[i] = byte(i * 9)
	}
	err = s.Write(ctx, func(tx keywright.Tx) error { return tx.InsertKey(ctx, odd, seal, "") })
	_, err7 := svc.Resume(ctx, nil, false)
	err6 = s.KeepReceipt(ctx, keywright.Commit{Revision: 8, Account: a.ID, Subject: keywright.Subject{ID: string(odd.ID)}}, keywright.Receipt{Revision: 8, Safe: true})
	return text.Reveal(), errors.Join(err, err6, err7, svc.Decide(ctx, keywright.Decision{Revision: 1000, After: 7, Choice: keywright.Accepted}))
}

// Rows are all lines of a backup but the first and the last, sorted: the same for two databases
// that hold the same.
func Rows(file []byte) []string {
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	lines = lines[1 : len(lines)-1]
	slices.Sort(lines)
	return lines
}

func backupCases() []testCase {
	return []testCase{
		{"a backup has all that there is, and is restored as it was", func(s *test) {
			text, err := Fill(s.ctx, s.Store)
			if err != nil {
				s.Fatal(err)
			}
			file, h := s.backup()
			for table, rows := range h.Rows {
				if rows == 0 {
					s.Errorf("nothing is in %s", table)
				}
			}
			was := s.history()
			want(s, "its point", was.At)(keywright.Point{Revision: h.Revision, Stamp: h.Stamp}, nil)
			want(s, "its peppers", map[int][]byte{1: {0, 0xff, '\n'}, 2: []byte("two")})(h.Peppers, nil)
			to := s.fresh()
			to.wantError("restore", to.Store.Restore(to.ctx, h, bytes.NewReader(file)), nil)
			again, second := to.backup()
			second.At = h.At
			want(s, "the header of the next backup", h)(second, nil)
			want(s, "its rows", Rows(file))(Rows(again), nil)
			want(s, "the records", s.snapshot())(to.snapshot(), nil)
			was.Quarantined = keywright.JustRestored
			want(s, "the history", was)(to.history(), nil)
			svc, err := to.newService()
			if err != nil {
				s.Fatal(err)
			}
			verdict, err := svc.Verify(s.ctx, keywright.Request{Text: text, Way: policy.PresentBearer})
			want(s, "the key", true)(verdict.Valid, err)
			to.append(newEvent(verdict.Account, "next"))
			want(s, "the next revision", h.Revision+1)(to.revision(), nil)
			changes, err := to.Store.ChangesSince(s.ctx, h.Revision-1, most)
			want(s, "who follows from before", true)(changes.Behind, err)
		}},
		{"a backup of nothing is restored too", func(s *test) {
			file, h := s.backup()
			to := s.fresh()
			to.wantError("restore", to.Store.Restore(to.ctx, h, bytes.NewReader(file)), nil)
			want(s, "the name", s.history().Database)(to.history().Database, nil)
		}},
		{"a backup is of one revision, whatever is written meanwhile", func(s *test) {
			a := s.account("acme")
			stop, writing := make(chan struct{}), sync.WaitGroup{}
			writing.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					k, seal := newKey(a, fmt.Sprintf("%012d", i))
					if err := s.Store.Write(s.ctx, func(tx keywright.Tx) error {
						return errors.Join(tx.InsertKey(s.ctx, k, seal, ""), tx.Append(s.ctx, newEvent(a, string(k.ID))))
					}); err != nil {
						s.Error(err)
						return
					}
				}
			})
			for range 10 {
				file, h := s.backup()
				// Each revision after the account's has a key, a seal and an event.
				if made := int64(h.Revision - 1); h.Rows["keys"] != made || h.Rows["seals"] != made || h.Rows["events"] != made || h.Sequence != made {
					s.Errorf("at revision %d: %v", h.Revision, h.Rows)
				}
				if !strings.Contains(string(file), fmt.Sprintf(`"standard","active",1777809600123,%d,0]`, h.Revision-1)) {
					s.Errorf("at revision %d the account has not counted its keys", h.Revision)
				}
			}
			close(stop)
			writing.Wait()
		}},
		{"many rows are restored", func(s *test) {
			a := s.account("acme")
			s.write(func(tx keywright.Tx) error {
				for i := range 3001 {
					k, seal := newKey(a, fmt.Sprintf("%012d", i))
					if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
						return err
					}
				}
				return nil
			})
			file, h := s.backup()
			to := s.fresh()
			to.wantError("restore", to.Store.Restore(to.ctx, h, bytes.NewReader(file)), nil)
			again, _ := to.backup()
			want(s, "rows", Rows(file))(Rows(again), nil)
		}},
		{"a backup is restored to nothing but an empty database", func(s *test) {
			file, h := s.backup()
			to := s.fresh()
			to.write(func(tx keywright.Tx) error {
				return tx.InsertLink(to.ctx, keywright.Link{Hash: make([]byte, 32), Expires: instant(9)})
			})
			if err := to.Store.Restore(to.ctx, h, bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), "not empty") {
				s.Errorf("got %v", err)
			}
		}},
		{"what can't be restored as a whole leaves nothing", func(s *test) {
			if _, err := Fill(s.ctx, s.Store); err != nil {
				s.Fatal(err)
			}
			whole, h := s.backup()
			for name, damage := range map[string]func(text string, h *backup.Header) string{
				"a table that there is not": func(text string, _ *backup.Header) string {
					return strings.Replace(text, `{"table":"decisions"`, `{"table":"sessions"`, 1)
				},
				"a column that there is not": func(text string, _ *backup.Header) string {
					return strings.Replace(text, `"why_revoked"`, `"why_revoked) SELECT 1; --"`, 1)
				},
				"a column twice":        func(text string, _ *backup.Header) string { return strings.Replace(text, `"slug"`, `"id"`, 1) },
				"a row less":            func(text string, h *backup.Header) string { h.Rows["keys"]++; return text },
				"a row that clashes":    func(text string, _ *backup.Header) string { return twice(text, `["key_`) },
				"a seal without a key":  func(text string, _ *backup.Header) string { return without(text, `["key_`) },
				"tables of a newer one": func(text string, h *backup.Header) string { h.Schema++; return text },
				"tables in another order": func(text string, _ *backup.Header) string {
					return strings.Replace(strings.Replace(text, `{"table":"accounts"`, `{"table":"members"`, 1), `{"table":"members"`, `{"table":"accounts"`, 2)
				},
			} {
				to, header := s.fresh(), h
				header.Rows = map[string]int64{}
				for table, rows := range h.Rows {
					header.Rows[table] = rows
				}
				text, before := damage(string(whole), &header), to.history()
				if err := to.Store.Restore(to.ctx, header, strings.NewReader(text)); err == nil {
					s.Errorf("%s: it was restored", name)
				}
				to.wantNothing(name, 0, 0)
				want(s, name+": the history", before)(to.history(), nil)
			}
		}},
	}
}

// twice repeats the first line that begins so, without leaves it out.
func twice(text, start string) string {
	i := strings.Index(text, "\n"+start) + 1
	end := i + strings.Index(text[i:], "\n") + 1
	return text[:end] + text[i:end] + text[end:]
}

func without(text, start string) string {
	i := strings.Index(text, "\n"+start) + 1
	end := i + strings.Index(text[i:], "\n") + 1
	return text[:i] + text[end:]
}

package storetest

import (
	"bytes"
	"time"

	"github.com/keywright/keywright"
)

// newAnswer is an answer of instant(0), not yet kept.
func newAnswer(id byte) keywright.Answer {
	return keywright.Answer{ID: bytes.Repeat([]byte{id}, 32), Told: []byte{0, 0xff, 'x', '\''}, Secret: []byte{id}, At: instant(0)}
}

func (s *test) keepAnswer(a keywright.Answer) {
	s.Helper()
	s.write(func(tx keywright.Tx) error { return tx.KeepAnswer(s.ctx, a) })
}

func answerCases() []testCase {
	return []testCase{
		{"an answer is found by its id, with a secret or without", func(s *test) {
			_, err := s.Store.Answer(s.ctx, newAnswer(1).ID)
			s.wantError("before", err, keywright.ErrNotFound)
			with, without := newAnswer(1), newAnswer(2)
			without.Secret = nil
			s.keepAnswer(with)
			s.keepAnswer(without)
			want(s, "with", with)(s.Store.Answer(s.ctx, with.ID))
			want(s, "without", without)(s.Store.Answer(s.ctx, without.ID))
			_, err = s.Store.Answer(s.ctx, newAnswer(3).ID)
			s.wantError("another", err, keywright.ErrNotFound)
			_, err = s.Store.Answer(s.ctx, nil)
			s.wantError("none", err, keywright.ErrNotFound)
		}},
		{"an answer takes the place of an older one of its id", func(s *test) {
			s.keepAnswer(newAnswer(1))
			later := keywright.Answer{ID: newAnswer(1).ID, Told: []byte("later"), At: instant(7)}
			s.keepAnswer(later)
			want(s, "the answer", later)(s.Store.Answer(s.ctx, later.ID))
			want(s, "rows", int64(1))(s.number("SELECT COUNT(*) FROM answers"), nil)
		}},
		{"an answer's secret is forgotten after an hour, and all of it after a day", func(s *test) {
			whole, told := newAnswer(1), newAnswer(1)
			told.Secret = nil
			s.keepAnswer(whole)
			hour, day := instant(0).Add(time.Hour), instant(0).Add(24*time.Hour)
			for _, step := range []struct {
				now  time.Time
				want keywright.Answer
			}{{instant(0), whole}, {hour.Add(-time.Millisecond), whole}, {hour, told}, {day.Add(-time.Millisecond), told}} {
				s.wantError("forget", s.Store.ForgetAnswers(s.ctx, step.now), nil)
				want(s, step.now.String(), step.want)(s.Store.Answer(s.ctx, whole.ID))
			}
			young := newAnswer(2)
			young.At = day
			s.keepAnswer(young)
			revision := s.revision()
			s.wantError("forget", s.Store.ForgetAnswers(s.ctx, day), nil)
			_, err := s.Store.Answer(s.ctx, whole.ID)
			s.wantError("after a day", err, keywright.ErrNotFound)
			want(s, "a younger one", young)(s.Store.Answer(s.ctx, young.ID))
			want(s, "the revision", revision)(s.revision(), nil)
		}},
	}
}

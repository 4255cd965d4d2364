package store

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Events pages by sequence: the cursor's id is the last one's, in decimal.
//
// Errors: *InvalidError (cursor).
func (r reader) Events(ctx context.Context, account keywright.AccountID, page keywright.Page) ([]keywright.Event, error) {
	before, err := beforeSequence(page)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.Events(ctx, queries.EventsParams{Account: nullText(string(account)), Before: before, Most: most(page)})
	return told(rows, err)
}

// EventsOf pages likewise.
//
// Errors: *InvalidError (cursor).
func (r reader) EventsOf(ctx context.Context, account keywright.AccountID, subject string, page keywright.Page) ([]keywright.Event, error) {
	before, err := beforeSequence(page)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.EventsOf(ctx, queries.EventsOfParams{Account: nullText(string(account)), Subject: subject, Before: before, Most: most(page)})
	return told(all(rows, func(row queries.EventsOfRow) queries.EventsRow { return queries.EventsRow(row) }), err)
}

// AllEvents pages likewise.
//
// Errors: *InvalidError (cursor).
func (r reader) AllEvents(ctx context.Context, page keywright.Page) ([]keywright.Event, error) {
	before, err := beforeSequence(page)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.AllEvents(ctx, queries.AllEventsParams{Before: before, Most: most(page)})
	return told(all(rows, func(row queries.AllEventsRow) queries.EventsRow { return queries.EventsRow(row) }), err)
}

func told(rows []queries.EventsRow, err error) ([]keywright.Event, error) {
	if err != nil {
		return nil, failed("list", "events", err)
	}
	events := make([]keywright.Event, len(rows))
	for i, row := range rows {
		if events[i], err = event(row); err != nil {
			return nil, err
		}
	}
	return events, nil
}

func beforeSequence(page keywright.Page) (int64, error) {
	if page.After == (keywright.Cursor{}) {
		return math.MaxInt64, nil
	}
	sequence, err := strconv.ParseInt(page.After.ID, 10, 64)
	if err != nil || sequence < 1 {
		return 0, &keywright.InvalidError{Field: "cursor", Why: "was not made for this list; leave it out to start from the beginning"}
	}
	return sequence, nil
}

// Append numbers the event: the sequence has no gaps, because a transaction that is rolled
// back gives its numbers back. e.Sequence is ignored.
func (t *tx) Append(ctx context.Context, e keywright.Event) error {
	details, err := json.Marshal(e.Details)
	if err != nil {
		return failed("write", "an event's details", err)
	}
	if len(e.Details) == 0 {
		details = []byte("{}")
	}
	sequence, err := t.q.NextSequence(ctx)
	if err != nil {
		return failed("take", "the next sequence number", err)
	}
	err = t.q.InsertEvent(ctx, queries.InsertEventParams{
		Sequence: sequence, ID: string(e.ID), Revision: t.revision, At: millis(e.At), Account: nullText(string(e.Account)),
		ActorKind: string(e.Actor.Kind), ActorID: e.Actor.ID, ActorName: e.Actor.Name, Action: string(e.Action),
		SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, SubjectName: e.Subject.Name, Details: string(details),
	})
	return t.dialect.inserted("event", "id", "is already there", err)
}

func event(row queries.EventsRow) (keywright.Event, error) {
	e := keywright.Event{
		Sequence: row.Sequence, ID: keywright.EventID(row.ID), At: instant(row.At), Account: keywright.AccountID(row.AccountID.String),
		Actor: actor(row.ActorKind, row.ActorID, row.ActorName), Action: keywright.Action(row.Action),
		Subject: keywright.Subject{Kind: row.SubjectKind, ID: row.SubjectID, Name: row.SubjectName},
	}
	if row.Receipt.Valid {
		var err error
		if e.Receipt, err = receipt(row.Receipt.String); err != nil {
			return keywright.Event{}, err
		}
	}
	if row.Details == "{}" {
		return e, nil
	}
	if err := json.Unmarshal([]byte(row.Details), &e.Details); err != nil {
		return keywright.Event{}, failed("read", "an event's details", err)
	}
	return e, nil
}

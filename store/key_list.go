package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Keys reads on until the page is full of keys that fit: a statement finds them by what it can, and
// the filter has the last word.
func (r reader) Keys(ctx context.Context, account keywright.AccountID, f keywright.KeyFilter, now time.Time, page keywright.Page) ([]keywright.Key, error) {
	if len(f.IDs) > 0 {
		return r.keysNamed(ctx, account, f, now, page)
	}
	list := []keywright.Key{}
	for want := int(most(page)); len(list) < want; {
		rows, err := r.someKeys(ctx, account, f, now, page)
		if err != nil {
			return nil, failed("list", "keys", err)
		}
		for _, row := range rows {
			if k := key(row); f.Fits(k, now) && len(list) < want {
				list = append(list, k)
			}
		}
		if len(rows) < int(most(page)) {
			return list, nil
		}
		page.After = f.Order.Cursor(key(rows[len(rows)-1]))
		page.Limit = keywright.MaxPage // what is left may be far between
	}
	return list, nil
}

func (r reader) ExpiringKeys(ctx context.Context, now time.Time, limit int) ([]keywright.Key, error) {
	rows, err := r.q.ExpiringKeys(ctx, queries.ExpiringKeysParams{Now: millis(now), Most: int32(limit)})
	return all(rows, key), failed("list", "expiring keys", err)
}

func (r reader) someKeys(ctx context.Context, account keywright.AccountID, f keywright.KeyFilter, now time.Time, page keywright.Page) ([]queries.Key, error) {
	if f.Order != keywright.NewestFirst {
		return r.keysInOrder(ctx, account, f, now, page)
	}
	at, id := before(page)
	switch {
	case reflect.ValueOf(f).IsZero():
		return r.q.Keys(ctx, queries.KeysParams{Account: string(account), BeforeAt: at, BeforeID: id, Most: most(page)})
	case f.Member != "":
		return r.q.KeysOfMember(ctx, queries.KeysOfMemberParams{
			Member: string(f.Member), Account: string(account), BeforeAt: at, BeforeID: id, Most: most(page),
		})
	}
	return r.q.KeysThatFit(ctx, queries.KeysThatFitParams{
		Account: string(account), BeforeAt: at, BeforeID: id, OfState: string(f.State), Now: millis(now), OfKind: string(f.Kind), OfVersion: f.Version,
		OfCreator: f.Creator, ExpiresBefore: setMillis(f.ExpiringBefore), UnusedSince: setMillis(f.UnusedSince), Most: most(page),
	})
}

// keysInOrder goes on after a key of which the cursor knows the time, or only the id.
func (r reader) keysInOrder(ctx context.Context, account keywright.AccountID, f keywright.KeyFilter, now time.Time, page keywright.Page) ([]queries.Key, error) {
	p := queries.KeysInOrderParams{
		Account: string(account), OfOrder: string(f.Order), Latest: millis(keywright.ByEnd.Cursor(keywright.Key{}).At), AfterRank: math.MinInt64,
		OfState: string(f.State), Now: millis(now), OfKind: string(f.Kind), OfVersion: f.Version,
		OfCreator: f.Creator, ExpiresBefore: setMillis(f.ExpiringBefore), UnusedSince: setMillis(f.UnusedSince), Most: most(page),
	}
	if page.After == (keywright.Cursor{}) {
		return r.q.KeysInOrder(ctx, p)
	}
	p.AfterID = page.After.ID
	switch f.Order {
	case keywright.NewestFirst:
	case keywright.ByLastUse:
		p.AfterRank = -millis(page.After.At)
	case keywright.ByEnd:
		p.AfterRank = millis(page.After.At)
	case keywright.ByDescription:
		last, err := r.Key(ctx, account, keywright.KeyID(page.After.ID))
		if errors.Is(err, keywright.ErrNotFound) { // a cursor that was made up
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p.AfterRank, p.AfterDescription = 0, last.Description
	}
	return r.q.KeysInOrder(ctx, p)
}

// keysNamed finds keys one by one, and puts them in order itself: they are a page at most.
func (r reader) keysNamed(ctx context.Context, account keywright.AccountID, f keywright.KeyFilter, now time.Time, page keywright.Page) ([]keywright.Key, error) {
	list := []keywright.Key{}
	for _, id := range f.IDs {
		k, err := r.Key(ctx, account, id)
		if err != nil && !errors.Is(err, keywright.ErrNotFound) {
			return nil, err
		}
		after := page.After
		older := after == keywright.Cursor{} || k.Created.Before(after.At) || k.Created.Equal(after.At) && string(k.ID) < after.ID
		if err == nil && older && f.Fits(k, now) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b keywright.Key) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	return list[:min(len(list), int(most(page)))], nil
}

// setMillis are those of an instant, 0 for the zero time.
func setMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

package main

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// list reads all pages of a list, whose elements stand under name.
func (o *operator) list(ctx context.Context, path, name string) ([]json.RawMessage, error) {
	return o.listSome(ctx, path, name, math.MaxInt)
}

// listSome reads at most most of a list, of which path may have a query. Each page begins where the
// one before it ended, so what is made or revoked meanwhile neither hides nor doubles another.
func (o *operator) listSome(ctx context.Context, path, name string, most int) ([]json.RawMessage, error) {
	var all []json.RawMessage
	path, asked, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(asked)
	if err != nil {
		return nil, err
	}
	for {
		query.Set("limit", strconv.Itoa(min(most-len(all), 200)))
		answer, err := o.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil)
		if err != nil {
			return nil, err
		}
		page, err := decode[map[string]json.RawMessage](answer)
		if err != nil {
			return nil, err
		}
		elements, err := decode[[]json.RawMessage](page[name])
		if err != nil {
			return nil, err
		}
		all = append(all, elements...)
		var next *string
		if raw, ok := page["next_cursor"]; ok {
			if next, err = decode[*string](raw); err != nil {
				return nil, err
			}
		}
		if next == nil || len(all) >= most {
			return all, nil
		}
		if *next == query.Get("cursor") {
			return nil, failed("the server's list does not end; its log may say more")
		}
		query.Set("cursor", *next)
	}
}

// decodeAll reads the elements of a list.
func decodeAll[T any](elements []json.RawMessage) ([]T, error) {
	all := make([]T, len(elements))
	for i, element := range elements {
		var err error
		if all[i], err = decode[T](element); err != nil {
			return nil, err
		}
	}
	return all, nil
}

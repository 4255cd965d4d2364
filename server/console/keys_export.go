package console

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"

	"github.com/keywright/keywright"
)

// exportKeys answers the keys that the list's address means, all of them, as a table for a
// spreadsheet.
func (c *Console) exportKeys(v *visit) (answer, error) {
	q := queryOf(v)
	var body bytes.Buffer
	table := csv.NewWriter(&body)
	rows := [][]string{{
		"description", "key", "id", "state", "kind", "owner", "service", "api_version", "environment", "scopes", "networks",
		"created", "created_by", "last_used", "not_before", "expires", "deleted", "deleted_by", "reason",
	}}
	for page := (keywright.Page{Limit: keywright.MaxPage}); ; {
		keys, next, err := c.keysOf(v, q, page)
		if err != nil {
			return answer{}, err
		}
		for _, key := range keys {
			row, err := c.exported(v, key)
			if err != nil {
				return answer{}, err
			}
			rows = append(rows, row)
		}
		if page.After = next; next == (keywright.Cursor{}) {
			break
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
	}
	if err := table.WriteAll(rows); err != nil {
		return answer{}, err
	}
	name := v.self.Account.Slug + "-" + strings.TrimPrefix(v.place().path, "/") + "-" + v.now.UTC().Format(time.DateOnly) + ".csv"
	return file("text/csv; charset=utf-8", name, body.Bytes()), nil
}

func (c *Console) exported(v *visit, key keywright.Key) ([]string, error) {
	owner, err := c.ownerName(v, key)
	if err != nil {
		return nil, err
	}
	networks := make([]string, len(key.Networks))
	for i, p := range key.Networks {
		networks[i] = p.String()
	}
	return []string{
		key.Description, key.Handle(), string(key.ID), stateOf(key, v.self.Plan, v.now).word, string(key.Kind), owner, key.Service,
		key.Version, string(key.Env), strings.Join(key.Scopes, " "), strings.Join(networks, " "),
		machineOrNone(key.Created), key.CreatedBy.Name, machineOrNone(key.LastUsed), machineOrNone(key.NotBefore), machineOrNone(key.Expires),
		machineOrNone(key.Revoked), key.RevokedBy.Name, key.WhyRevoked,
	}, nil
}

// harmless keeps a spreadsheet from reading as a formula what someone wrote as a description (OWASP,
// "CSV Injection"): what begins like one is put behind an apostrophe, which is not shown.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func machineOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return machine(t)
}

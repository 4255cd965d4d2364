package postgres_test

import (
	"strings"
	"testing"

	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

func found(t *testing.T, e store.Examination, what string) store.Finding {
	t.Helper()
	for _, f := range e.Findings {
		if f.What == what {
			return f
		}
	}
	t.Fatalf("nothing is said of %s: %+v", what, e.Findings)
	return store.Finding{}
}

func TestExamineTellsWhatIsNotWell(t *testing.T) {
	d := postgrestest.New(t)
	db := open(t, d, postgres.Options{})
	if err := db.SaveKeyringChecks(t.Context(), map[int][]byte{1: []byte("check")}); err != nil {
		t.Fatal(err)
	}
	e := postgres.Examine(t.Context(), d.URL(postgrestest.Service))
	for _, f := range e.Findings {
		if f.Health != store.Well || f.Remedy != "" || f.Found == "" {
			t.Errorf("the service's role on a sound server: %+v", f)
		}
	}
	if len(e.Findings) < 10 || string(e.Checks[1]) != "check" {
		t.Errorf("got %d findings and checks %v", len(e.Findings), e.Checks)
	}
	f := found(t, postgres.Examine(t.Context(), d.URL(postgrestest.Owner)), "rights")
	if f.Health != store.Worry || !strings.Contains(f.Found, "may change the schema, may change seals") || !strings.Contains(f.Remedy, "keywright migrate") {
		t.Errorf("the role that owns the tables: %+v", f)
	}
	if _, err := beside(t, d, postgrestest.Owner).ExecContext(t.Context(), "REVOKE INSERT ON policies FROM "+postgrestest.Service+"; REVOKE SELECT ON seals FROM "+postgrestest.Service); err != nil {
		t.Fatal(err)
	}
	f = found(t, postgres.Examine(t.Context(), d.URL(postgrestest.Service)), "rights")
	if f.Health != store.Wrong || f.Found != "may not use policies, seals" || !strings.Contains(f.Remedy, "--service-role") {
		t.Errorf("a role that lacks rights: %+v", f)
	}
	if _, err := postgres.Migrate(t.Context(), d.URL(postgrestest.Owner), postgrestest.Service); err != nil {
		t.Fatal(err)
	}
	if f = found(t, postgres.Examine(t.Context(), d.URL(postgrestest.Service)), "rights"); f.Health != store.Well {
		t.Errorf("after the remedy: %+v", f)
	}
	f = found(t, postgres.Examine(t.Context(), postgrestest.Empty(t).URL(postgrestest.Owner)), "tables")
	if f.Health != store.Wrong || !strings.Contains(f.Remedy, "keywright migrate") {
		t.Errorf("a database without tables: %+v", f)
	}
}

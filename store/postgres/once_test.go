package postgres_test

import (
	"context"
	"crypto/sha256"
	"sync"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// noPasswords is for those who invite.
type noPasswords struct{}

func (noPasswords) Hash(context.Context, string) (string, error)        { return "", nil }
func (noPasswords) Match(context.Context, string, string) (bool, error) { return false, nil }

// node is a Service on a store of its own, as each of several nodes has.
func node(t *testing.T, s *store.Store) *keywright.Service {
	t.Helper()
	ring, err := secret.NewKeyring(map[int][]byte{1: []byte("a pepper for tests, 32 bytes....")})
	if err != nil {
		t.Fatal(err)
	}
	return keywright.New(s, ring, noPasswords{}, keywright.Options{})
}

// operatorOf makes an account and answers the operator in it.
func operatorOf(t *testing.T, svc *keywright.Service) keywright.Principal {
	t.Helper()
	account, _, _, err := svc.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme", Plan: "standard", Owner: keywright.NewMember{Email: "zoe@acme.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return keywright.Operator(account.ID)
}

// issueOnce sends a request to issue a key, as often as it is called with one idempotency key.
func issueOnce(ctx context.Context, svc *keywright.Service, by keywright.Principal, once string) (string, error) {
	by.Once = &keywright.Once{Key: once, Request: sha256.Sum256([]byte(once))}
	_, text, err := svc.Issue(ctx, by, keywright.NewKey{Description: once})
	return text.Reveal(), err
}

func TestSendingsToSeveralNodesTakeEffectOnce(t *testing.T) {
	d := postgrestest.New(t)
	nodes := []*keywright.Service{node(t, open(t, d, postgres.Options{})), node(t, open(t, d, postgres.Options{})), node(t, open(t, d, postgres.Options{}))}
	by := operatorOf(t, nodes[0])
	for _, once := range []string{"8e03978e-40d5-43dd-bc93-6894a57f9324", "1c7a0a2e-93f4-4f7d-8e0c-0f3a7f2e5b11", "5b0d8a86-6f0e-4d0e-a8a5-7c7b9f1f2c33"} {
		var sendings sync.WaitGroup
		texts := make([]string, 99)
		for i := range texts {
			sendings.Go(func() {
				var err error
				if texts[i], err = issueOnce(t.Context(), nodes[i%3], by, once); err != nil {
					t.Error(err)
				}
			})
		}
		sendings.Wait()
		for _, text := range texts {
			if text == "" || text != texts[0] {
				t.Fatal("two sendings got two secrets, or one got none")
			}
		}
	}
	keys, _, err := nodes[1].Keys(t.Context(), by, keywright.KeyFilter{}, keywright.Page{})
	if err != nil || len(keys) != 3 {
		t.Errorf("three requests made %d keys, %v", len(keys), err)
	}
}

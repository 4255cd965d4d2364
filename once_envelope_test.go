package keywright

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/keywright/keywright/secret"
)

var update = flag.Bool("update", false, "write testdata")

// vector is an answer as it is kept, and all that it was made of. Bytes are in hex.
type vector struct {
	Pepper  string   // of version 1
	Caller  string   // as Principal.caller gives it
	Key     string   // the idempotency key
	Request string   // SHA-256
	Salts   []string // of Told and Secret
	Things  json.RawMessage
	Secrets []string // a text for each thing; empty where it is none

	ID, Told, Secret string
}

var (
	vectorPepper = bytes.Repeat([]byte{0x5a}, 32)
	vectorBy     = Principal{Kind: PrincipalMember, Account: "acct_0VLk2mQp8dR3sT5uV7wX", Member: "mem_0VLk2mQp8dR3sT5uV7wY"}
)

const vectorKey = "8e03978e-40d5-43dd-bc93-6894a57f9324"

// counting gives 0, 1, 2 … for random bytes.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*c)
		*c++
	}
	return len(p), nil
}

func vectorService(t *testing.T) *Service {
	t.Helper()
	ring, err := secret.NewKeyring(map[int][]byte{1: vectorPepper})
	if err != nil {
		t.Fatal(err)
	}
	return New(nil, ring, nil, Options{Random: new(counting)})
}

// vectorAnswer is what an issue answers.
func vectorAnswer(t *testing.T) (Key, secret.Secret) {
	t.Helper()
	text, err := secret.Make("kw", secret.Live, new(counting))
	if err != nil {
		t.Fatal(err)
	}
	return Key{
		ID: KeyIDOf(text.ID()), Account: vectorBy.Account, Kind: AccountKey, Description: "nightly export", Version: "v1", Brand: "kw", Env: secret.Live,
		LastFour: text.LastFour(), Created: time.Date(2026, 5, 3, 12, 0, 0, 123e6, time.UTC), CreatedBy: Actor{Kind: PrincipalMember, ID: string(vectorBy.Member), Name: "Zoë"},
	}, text
}

func TestKeptAnswersAreAsTheVectors(t *testing.T) {
	s := vectorService(t)
	by := vectorBy
	by.Once = &Once{Key: vectorKey, Request: sha256.Sum256([]byte("a request"))}
	key, text := vectorAnswer(t)
	kept, err := s.envelope(1, by).seal(s.options.Random, by.Once.Request, []any{&key, &text})
	if err != nil {
		t.Fatal(err)
	}
	things, err := json.Marshal([]any{key, nil})
	if err != nil {
		t.Fatal(err)
	}
	v := vector{
		Pepper: hex.EncodeToString(vectorPepper), Caller: by.caller(), Key: vectorKey, Request: hex.EncodeToString(by.Once.Request[:]),
		Salts:  []string{hex.EncodeToString(kept.Told[:32]), hex.EncodeToString(kept.Secret[:32])},
		Things: things, Secrets: []string{"", text.Reveal()},
		ID: hex.EncodeToString(kept.ID), Told: hex.EncodeToString(kept.Told), Secret: hex.EncodeToString(kept.Secret),
	}
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "once.json")
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whoever changes the form in which answers are kept must go on reading what the version
// before has kept.
func TestTheVectorsAreOpened(t *testing.T) {
	for _, name := range []string{"once.json", "once-before-00008.json"} {
		t.Run(name, func(t *testing.T) { opens(t, filepath.Join("testdata", name)) })
	}
}

func opens(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	kept := Answer{ID: unhex(t, v.ID), Told: unhex(t, v.Told), Secret: unhex(t, v.Secret)}
	wantKey, wantText := vectorAnswer(t)
	request := [32]byte(unhex(t, v.Request))
	open := func(by Principal, once string, request [32]byte, kept Answer) (key Key, text secret.Secret, err error) {
		by.Once = &Once{Key: once}
		err = vectorService(t).envelope(1, by).open(kept, request, []any{&key, &text})
		return key, text, err
	}
	key, told, err := open(vectorBy, v.Key, request, kept)
	if err != nil || !reflect.DeepEqual(key, wantKey) || told.Reveal() != wantText.Reveal() {
		t.Errorf("got %+v, %v", key, err)
	}
	key, told, err = open(vectorBy, v.Key, request, Answer{ID: kept.ID, Told: kept.Told})
	if err != nil || key.ID != wantKey.ID || told.Reveal() != "" {
		t.Errorf("without the secret: got %+v, %v", key, err)
	}
	if _, _, err := open(vectorBy, v.Key, [32]byte{}, kept); !errors.Is(err, ErrReused) {
		t.Errorf("another request: got error %v", err)
	}
	// He who has the pepper and the database, and not the idempotency key.
	if _, _, err := open(vectorBy, v.Key[:35]+"5", request, kept); err == nil || errors.Is(err, ErrReused) {
		t.Errorf("another idempotency key opened it: %v", err)
	}
	if _, _, err := open(Principal{Kind: PrincipalOperator}, v.Key, request, kept); err == nil {
		t.Error("another caller opened it")
	}
}

func TestAKeptAnswerThatWasChangedIsNotRead(t *testing.T) {
	s := vectorService(t)
	by := vectorBy
	by.Once = &Once{Key: vectorKey}
	e := s.envelope(1, by)
	key, text := vectorAnswer(t)
	kept, err := e.seal(s.options.Random, by.Once.Request, []any{&key, &text})
	if err != nil {
		t.Fatal(err)
	}
	read := func(a Answer) error {
		var key Key
		var text secret.Secret
		return e.open(a, by.Once.Request, []any{&key, &text})
	}
	for i := range max(len(kept.Told), len(kept.Secret)) {
		if changed := kept; i < len(kept.Told) {
			changed.Told = flipped(kept.Told, i)
			if read(changed) == nil {
				t.Errorf("byte %d of what was told was changed and it was read", i)
			}
		}
		if changed := kept; i < len(kept.Secret) {
			changed.Secret = flipped(kept.Secret, i)
			if read(changed) == nil {
				t.Errorf("byte %d of the secret was changed and it was read", i)
			}
		}
	}
	for what, a := range map[string]Answer{
		"nothing":         {},
		"a piece":         {Told: kept.Told[:31]},
		"no text":         {Told: kept.Told[:48]},
		"the secret told": {Told: kept.Secret},
		"the told secret": {Told: kept.Told, Secret: kept.Told},
		"an empty secret": {Told: kept.Told, Secret: []byte{}},
	} {
		if read(a) == nil {
			t.Errorf("%s was read", what)
		}
	}
	if err := e.open(kept, by.Once.Request, []any{&key}); err == nil {
		t.Error("an answer of another form was read")
	}
}

func flipped(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever was sealed, reading it ends in an answer or an error.
func FuzzKeptAnswer(f *testing.F) {
	f.Add([]byte(`[{"ID":"key_1"},null]`), []byte(`["","kw_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef3z9fZb"]`))
	f.Add([]byte(`[]`), []byte(`[1]`))
	f.Add([]byte(`[null,null]`), []byte(`["",""]`))
	f.Add([]byte(``), []byte(`["x","x"]`))
	e := envelope{id: make([]byte, 32), opener: []byte(vectorKey), guarded: true}
	f.Fuzz(func(t *testing.T, told, hidden []byte) {
		var request [sha256.Size]byte
		kept := Answer{ID: e.id}
		var err error
		if kept.Told, err = e.lock(new(counting), "told", append(request[:], told...)); err != nil {
			t.Fatal(err)
		}
		if kept.Secret, err = e.lock(new(counting), "secret", hidden); err != nil {
			t.Fatal(err)
		}
		var key Key
		var text secret.Secret
		if err := e.open(kept, request, []any{&key, &text}); err != nil || text == (secret.Secret{}) {
			return
		}
		if _, err := secret.Parse(text.Reveal()); err != nil {
			t.Errorf("what is no key's text was answered as one: %v", err)
		}
	})
}

// Two principals that differ in anything but their Once and when they signed in are two callers:
// who signs in anew and sends a request again is the same.
func TestEachFieldOfAPrincipalMakesAnotherCaller(t *testing.T) {
	callers := map[string]string{Principal{}.caller(): "none"}
	for i, field := range reflect.VisibleFields(reflect.TypeFor[Principal]()) {
		var p Principal
		switch v := reflect.ValueOf(&p).Elem().Field(i); v.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Pointer:
			p.Once = &Once{Key: "x"}
			if p.caller() != (Principal{}).caller() {
				t.Error("with a Once it is another caller")
			}
			continue
		case reflect.Struct:
			p.SignedIn = time.Unix(1, 0)
			if p.caller() != (Principal{}).caller() {
				t.Error("in another session it is another caller")
			}
			continue
		default:
			t.Fatalf("%s: nobody has said how it tells callers apart", field.Name)
		}
		if other, ok := callers[p.caller()]; ok {
			t.Errorf("%s makes the same caller as %s", field.Name, other)
		}
		callers[p.caller()] = field.Name
	}
}

package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Each member of a verdict, whichever there are, stands in the answer as encoding/json writes it:
// one that is added to the type and not to AppendJSON is missed here.
func TestAVerdictIsWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v Verdict
		draw(t, reflect.ValueOf(&v).Elem())
		want, wantErr := json.Marshal(v)
		got, err := v.AppendJSON([]byte("before "))
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("%+v: got error %v, want %v", v, err, wantErr)
		}
		if err == nil && !bytes.Equal(got, append([]byte("before "), want...)) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// draw fills every field, whatever it is called.
func draw(t *rapid.T, v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		year := rapid.SampledFrom([]int{1, 1970, 2026, 9999, 10_000}).Draw(t, "year")
		v.Set(reflect.ValueOf(time.Date(year, 3, 1, 12, 0, 0, rapid.IntRange(0, 999).Draw(t, "ms")*1e6, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z:_-]{1,20}`), rapid.StringMatching(`[ -~]{1,8}`), rapid.String(),
			rapid.SampledFrom([]string{"\xff", "\u2028", "a\x7f", "<&>", "\"\\\n\x00"})).Draw(t, "text"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "number"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "number"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, v.Elem())
		}
	case reflect.Slice:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "length"), 3))
		}
		for i := range v.Len() {
			draw(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Field(i))
		}
	default:
		t.Fatalf("a verdict has a %s, which this test can't draw", v.Type())
	}
}

func BenchmarkVerdictJSON(b *testing.B) {
	v := Verdict{
		Valid: true, Code: CodeValid, APIVersion: "v1", Revision: 12, AgeMS: 345,
		Key:     &VerdictKey{ID: "key_o6p4Zq81LmT3", Kind: "account", Environment: "live", LastFour: "QZ1x", APIVersion: "v1"},
		Account: &VerdictAccount{ID: "acct_0VLk2mQp8dR3sT5uV7wX", Slug: "acme", Plan: "standard"},
		Scopes:  []string{"incidents:read", "incidents:write", "services:read", "services:write", "users:read", "users:write"},
	}
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		room := make([]byte, 0, 1024)
		for b.Loop() {
			if _, err := v.AppendJSON(room); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

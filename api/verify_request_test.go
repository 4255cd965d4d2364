package api

import (
	"errors"
	"reflect"
	"testing"
)

// requests are VerifyRequests as programs write them, which are read by hand.
var requests = []string{
	`{"credential":"kw_live_x"}`,
	`{"authorization":"Bearer kw_live_x","accept":"*/*","api_version":"v2","method":"GET","path":"/a?b=c","client_ip":"::1","scopes":["a","b:c"],"cost":12,"min_revision":9999999999999999999}`,
	" {\n\t\"scopes\" : [ ] ,\r\n \"method\":\"\" , \"min_revision\" : 7 } \n",
	`{"scopes":["a"]}`,
}

func TestOrdinaryRequestsAreReadByHand(t *testing.T) {
	for _, body := range requests {
		plain := plainJSON{all: body}
		var got, want VerifyRequest
		if err := Unmarshal([]byte(body), &want); err != nil {
			t.Fatal(err)
		}
		if !plain.verifyRequest(&got) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}

// FuzzReadVerifyRequest: what is read by hand is what Unmarshal reads, and all else is its answer.
func FuzzReadVerifyRequest(f *testing.F) {
	for _, body := range requests {
		f.Add([]byte(body))
	}
	for _, body := range []string{
		``, `{}`, `null`, `{"credential":null}`, `{"credential":"x","credential":"x"}`, `{"credential":"x",}`, `{"credential":"x"}{}`, `{"credential":"x"} x`, `{,}`,
		`{"credential":"\u0041"}`, "{\"credential\":\"\xff\"}", "{\"credential\":\"\x7f\"}", "{\"credential\":\"\n\"}", `{"credential":"é"}`, `{"\u0063redential":"x"}`,
		`{"cost":0}`, `{"cost":-1}`, `{"cost":null}`, `{"cost":1,"cost":1}`,
		`{"min_revision":-0}`, `{"min_revision":0}`, `{"min_revision":01}`, `{"min_revision":1.0}`, `{"min_revision":1e3}`, `{"min_revision":18446744073709551616}`, `{"min_revision":"1"}`,
		`{"scopes":null}`, `{"scopes":[null]}`, `{"scopes":["a",]}`, `{"scopes":[["a"]]}`, `{"scopes":"a"}`, `{"scopes":["a"`, `{"scopes":["a"]`, `{"Credential":"x"}`, `{"x":1}`,
		"\uFEFF{}", `{"credential":"x"`, `{"credential"}`, `["credential"]`, `{"credential":"x";"path":"/"}`, "{\"credential\":\"x\"}\x00", "{\v\"credential\":\"x\"}",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want VerifyRequest
		wantErr := Unmarshal(body, &want)
		got, err := ReadVerifyRequest(body)
		if wantErr != nil {
			var is, should *SyntaxError
			if !errors.As(err, &is) || !errors.As(wantErr, &should) || *is != *should {
				t.Errorf("%q: got error %v, want %v", body, err, wantErr)
			}
			return
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v", body, got, err, want)
		}
	})
}

func BenchmarkReadVerifyRequest(b *testing.B) {
	body := []byte(requests[1])
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ReadVerifyRequest(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var asked VerifyRequest
			if err := Unmarshal(body, &asked); err != nil {
				b.Fatal(err)
			}
		}
	})
}

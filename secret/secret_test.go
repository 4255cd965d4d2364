package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

// account has a Secret, a MAC and a Keyring in every position that fmt treats differently.
type account struct {
	Name string
	Key  secret.Secret
	MAC  secret.MAC
	Ring *secret.Keyring
	key  secret.Secret
	ring secret.Keyring
	any  any
}

type embedded struct{ secret.Secret }

var examplePepper = []byte("0123456789abcdefGHIJKLMNOPQRSTUV")

func example(t testing.TB) (secret.Secret, secret.MAC, *secret.Keyring) {
	t.Helper()
	s := mustMake(t, "kw", secret.Live, seeded(11))
	k := keyring(t, examplePepper)
	mac, _ := k.MAC(1, "acct_1", s.Reveal())
	return s, mac, k
}

// F12: nowhere again. Whatever a Secret, a MAC or a Keyring is printed with and wherever it is
// held, it does not come out.
func TestNothingPrintsASecret(t *testing.T) {
	s, mac, k := example(t)
	a := account{"acme", s, mac, k, s, *k, &s}
	prints := map[string]string{}
	for name, held := range map[string]any{
		"a secret":               s,
		"a pointer to a secret":  &s,
		"a MAC":                  mac,
		"a pointer to a MAC":     &mac,
		"a keyring":              *k,
		"a pointer to a keyring": k,
		"a struct":               a,
		"a pointer to a struct":  &a,
		"an embedded secret":     embedded{s},
		"a slice":                []any{s, mac, k, *k, a},
		"an array of secrets":    [2]secret.Secret{s, s},
		"a slice of MACs":        []secret.MAC{mac, mac},
		"a map":                  map[string]any{"s": s, "mac": mac, "k": k, "a": a},
		"a map by secret":        map[secret.Secret]int{s: 1},
		"a map by MAC":           map[secret.MAC]int{mac: 1},
	} {
		for _, format := range []string{
			"%v", "%+v", "%#v", "%s", "%+s", "%#s", "%q", "%#q", "%+q", "%x", "%#x", "% x", "% X", "%X", "%d", "%o", "%O", "%b",
			"%c", "%U", "%t", "%e", "%g", "%60s", "%-60v", "%08.3v", "%!", "%z", "%T", "%*d", "none", "%p", "%w",
		} {
			prints[name+" by "+format] = fmt.Sprintf(format, held) + fmt.Errorf(format, held).Error()
		}
		prints[name+" by Sprint"] = fmt.Sprint(held) + fmt.Sprintln(held)
		prints[name+" as JSON"] = outcome(json.Marshal(held))
		prints[name+" as XML"] = outcome(xml.Marshal(held))
		prints[name+" as text by slog"] = slogged(held, func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) })
		prints[name+" as JSON by slog"] = slogged(held, func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) })
		prints[name+" by log"] = logged(held)
		prints[name+" in a page"] = page(t, held)
	}
	for how, out := range prints {
		if holds(out, s.Reveal()[20:50]) {
			t.Errorf("%s: a piece of the secret part is in %q", how, out)
		}
		if holds(out, string(examplePepper)) {
			t.Errorf("%s: a piece of the pepper is in %q", how, out)
		}
		// For these two fmt calls no methods, and go vet refuses them on a MAC.
		if strings.HasSuffix(how, "%p") || strings.HasSuffix(how, "%w") {
			continue
		}
		if holds(out, string(mac[:])) {
			t.Errorf("%s: a piece of the MAC is in %q", how, out)
		}
	}
	t.Logf("%d ways tried", len(prints))
}

// A panic prints a Stringer without fmt, and everything else as addresses.
func TestNoPanicPrintsASecret(t *testing.T) {
	s, mac, k := example(t)
	if which := os.Getenv("PANIC_WITH"); which != "" {
		panic(map[string]any{
			"secret":  s,
			"mac":     mac,
			"keyring": k,
			"struct":  account{"acme", s, mac, k, s, *k, &s},
			"error":   fmt.Errorf("could not verify %v", s),
		}[which])
	}
	for _, which := range []string{"secret", "mac", "keyring", "struct", "error"} {
		c := exec.Command(os.Args[0], "-test.run=^TestNoPanicPrintsASecret$")
		c.Env = append(os.Environ(), "PANIC_WITH="+which, "GOTRACEBACK=all")
		b, err := c.CombinedOutput()
		out := string(b)
		if err == nil || !strings.Contains(out, "panic: ") {
			t.Fatalf("%s: no panic in %q", which, out)
		}
		if holds(out, s.Reveal()[20:50]) || holds(out, string(mac[:])) || holds(out, string(examplePepper)) {
			t.Errorf("%s: the panic prints it: %s", which, out)
		}
	}
}

// The test above would see a leak: of what it looks for, one form is in each of these.
func TestHoldsSeesALeak(t *testing.T) {
	s, mac, _ := example(t)
	text, part := s.Reveal(), s.Reveal()[20:50]
	for _, out := range []string{
		text, "x" + text[25:40], fmt.Sprintf("%q", text), fmt.Sprintf("%x", text), fmt.Sprintf("% X", text), fmt.Sprintf("%#x", text),
		fmt.Sprint([]byte(text)), fmt.Sprintf("%#v", []byte(text)), fmt.Sprintf("%x", []byte(text)[19:]),
		outcome(json.Marshal([]byte(text))), outcome(json.Marshal([]byte(text)[1:])), outcome(json.Marshal([]byte(text)[2:])),
	} {
		if !holds(out, part) {
			t.Errorf("holds does not see %q in %q", part, out)
		}
	}
	type plain [32]byte
	type inside struct{ mac secret.MAC }
	for _, out := range []string{
		fmt.Sprint(plain(mac)), fmt.Sprintf("%x", plain(mac)), fmt.Sprintf("%#v", plain(mac)), outcome(json.Marshal(plain(mac))),
		fmt.Sprint(inside{mac}), // the exception that the documentation of MAC names
	} {
		if !holds(out, string(mac[:])) {
			t.Errorf("holds does not see %x in %q", mac[:], out)
		}
	}
}

func TestHiddenSaysWhatItHides(t *testing.T) {
	s, mac, k := example(t)
	for _, c := range []struct {
		value any
		want  string
	}{{s, "[secret]"}, {secret.Secret{}, "[secret]"}, {mac, "[mac]"}, {k, "[keyring]"}, {*k, "[keyring]"}} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(format, c.value); got != c.want {
				t.Errorf("%s of a %T: got %q, want %q", format, c.value, got, c.want)
			}
		}
		if got, want := outcome(json.Marshal(c.value)), `"`+c.want+`"`; got != want {
			t.Errorf("JSON of a %T: got %s, want %s", c.value, got, want)
		}
		if got := c.value.(fmt.Stringer).String() + c.value.(fmt.GoStringer).GoString(); got != c.want+c.want {
			t.Errorf("String and GoString of a %T: got %q", c.value, got)
		}
	}
	if err := json.Unmarshal([]byte(`"[secret]"`), &s); err == nil { //nolint:staticcheck // SA9005: that there is no way back is what is tested
		t.Error("a Secret can be read back from JSON")
	}
}

func TestZeroSecretIsEmpty(t *testing.T) {
	var s secret.Secret
	if got := s.Reveal() + s.Brand() + string(s.Env()) + s.ID() + s.LastFour(); got != "" {
		t.Errorf("the zero Secret has %q in it", got)
	}
}

// holds reports whether any 12 bytes in a row of what are in out, in a form that fmt or an
// encoder gives to bytes.
func holds(out, what string) bool {
	for i := range len(what) - 12 + 1 {
		piece := []byte(what[i : i+12])
		list := strings.Trim(fmt.Sprint(piece), "[]")
		hexes := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", piece), "[]byte{"), "}")
		for _, form := range []string{
			string(piece), hex.EncodeToString(piece), fmt.Sprintf("%X", piece), fmt.Sprintf("% x", piece), fmt.Sprintf("% X", piece),
			list, strings.ReplaceAll(list, " ", ","), hexes, base64.StdEncoding.EncodeToString(piece), base64.URLEncoding.EncodeToString(piece),
		} {
			if strings.Contains(out, form) {
				return true
			}
		}
	}
	return false
}

// outcome is what an encoder says: an encoder may refuse, and its error must be clean as well.
func outcome(b []byte, err error) string {
	if err != nil {
		return string(b) + err.Error()
	}
	return string(b)
}

func slogged(held any, handler func(*bytes.Buffer) slog.Handler) string {
	var b bytes.Buffer
	l := slog.New(handler(&b))
	l.Info("verify", "key", held, slog.Group("in", "a", "group", "key", held))
	l.With("key", held).Error("verify", "error", fmt.Errorf("key %v", held))
	return b.String()
}

func logged(held any) string {
	var b bytes.Buffer
	l := log.New(&b, "", 0)
	l.Println(held)
	l.Printf("%v %+v", held, held)
	return b.String()
}

func page(t *testing.T, held any) string {
	t.Helper()
	var b bytes.Buffer
	p := template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p><a href="/?k={{.}}">{{printf "%v" .}}</a><script>k = {{.}}</script>`))
	if err := p.Execute(&b, held); err != nil {
		b.WriteString(err.Error())
	}
	return b.String()
}

package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"

	"github.com/keywright/keywright/secret"
)

func documentationExamples() []string {
	return []string{
		"kw_live_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE000000",
		"kw_test_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE000000",
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	random := seeded(1)
	v := vectors{About: "The text of keys and their MACs, see package secret. The keys open nothing. " +
		"Bytes are in hex; account and text are UTF-8 text."}

	var texts []string
	for _, brand := range []string{"kw", "kwop", "a1", "acme", "z23456789abc"} {
		for _, env := range []secret.Env{secret.Live, secret.Test} {
			texts = append(texts, mustMake(t, brand, env, random).Reveal())
		}
	}
	for { // one whose check is padded with zeros
		text := mustMake(t, "kw", secret.Live, random).Reveal()
		if strings.HasPrefix(text[len(text)-6:], "00") {
			texts = append(texts, text)
			break
		}
	}
	for _, text := range texts {
		s, err := secret.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		v.Valid = append(v.Valid, validVector{text, s.Brand(), s.Env(), s.ID(), s.LastFour(), text[len(text)-6:]})
	}

	v.Invalid = invalidVectors(texts[0])

	pepper := make([]byte, 32)
	for i := range pepper {
		pepper[i] = byte(i)
	}
	other := bytes.Repeat([]byte{0xff}, 32)
	for _, in := range []struct {
		pepper        []byte
		account, text string
	}{
		{pepper, "acct_000000000001", texts[0]},
		{pepper, "acct_000000000002", texts[0]},
		{other, "acct_000000000001", texts[0]},
		{pepper, "acct_000000000001", texts[9]},
		{pepper, "", ""},
		{pepper, "ab", "c"},
		{pepper, "a", "bc"},
		{pepper, "Zoë", texts[1]},
		{pepper, strings.Repeat("a", 300), texts[1]},
	} {
		mac := referenceMAC(in.pepper, in.account, in.text)
		v.MAC = append(v.MAC, macVector{hex.EncodeToString(in.pepper), in.account, in.text, hex.EncodeToString(mac)})
	}
	for _, p := range [][]byte{pepper, other} {
		k := keyring(t, p)
		check, _ := k.Check(1)
		for _, purpose := range []string{"session", "idempotency"} {
			v.Pepper = append(v.Pepper, pepperVector{
				hex.EncodeToString(p), hex.EncodeToString(check[:]),
				purpose, hex.EncodeToString(k.Derive(purpose)),
			})
		}
	}

	out := new(bytes.Buffer)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// invalidVectors are what a text is mistaken for, typed as or turned into, made from a good one.
// Where the form is wrong, the check is right.
func invalidVectors(good string) []invalidVector {
	before, given := good[:len(good)-6], good[len(good)-6:]
	body := before[len("kw_live_"):]
	checked := func(before string) string { return before + referenceCheck(before) }
	castagnoli := crc32.Checksum([]byte(before), crc32.MakeTable(crc32.Castagnoli))
	bad := []invalidVector{
		{"", "nothing at all"},
		{"kw_live_", "a prefix alone"},
		{body + given, "a body alone"},
		{before, "no check"},
		{before + "000000", "zeros for a check"},
		{before + strings.ToLower(given), "the check in lower case"},
		{before + swapCase(given), "the check in an alphabet with a to z before A to Z"},
		{before + given[5:] + given[:5], "the check turned round"},
		{before + fmt.Sprintf("%06x", crc32.ChecksumIEEE([]byte(before)))[:6], "the check in hex"},
		{before + referenceDigits(castagnoli), "the check by another polynomial, CRC-32C"},
		{before + referenceCheck(body), "the check without the prefix"},
		{good[:len(good)-1], "the last character missing"},
		{good[1:], "the first character missing"},
		{good + "0", "a character too many"},
		{good[:20] + good[21:], "a character missing in the middle"},
		{good[:20] + "x" + good[20:], "a character too many in the middle"},
		{good + good[8:], "two bodies"},
		{good + good, "two keys joined"},
		{good + " " + good, "two keys with a space between"},
		{strings.Replace(good, "_live_", "_test_", 1), "live turned into test"},
		{"kx" + good[2:], "another brand, the check not made anew"},
		{strings.ToUpper(good), "upper case"},
		{strings.ToLower(good), "lower case"},
		{checked("KW" + before[2:]), "a brand in upper case"},
		{checked("Kw" + before[2:]), "a brand with a capital"},
		{checked("k" + before[2:]), "a brand of one character"},
		{checked(before[2:]), "a brand of none"},
		{checked("k123456789012" + before[2:]), "a brand of 13 characters"},
		{checked("1w" + before[2:]), "a brand that begins with a digit"},
		{checked("k-w" + before[2:]), "a hyphen in the brand"},
		{checked("k_w" + before[2:]), "an underscore in the brand"},
		{checked("kw_prod_" + body), "an env that there is not"},
		{checked("kw_Live_" + body), "an env with a capital"},
		{checked("kw_liv_" + body), "an env too short"},
		{checked("kw__" + body), "no env"},
		{checked("kw-live-" + body), "hyphens for underscores"},
		{checked("kwlive" + body), "no underscores"},
		{checked("kw_live__" + body[1:]), "an underscore in the body"},
		{checked("kw_live_-" + body[1:]), "base64url in the body: -"},
		{checked("kw_live_+" + body[1:]), "base64 in the body: +"},
		{checked("kw_live_/" + body[1:]), "base64 in the body: /"},
		{checked("kw_live_" + body[:41]), "a body one too short"},
		{checked("kw_live_" + body + "0"), "a body one too long"},
		{checked("kw_live_" + body[:40] + "é"), "two bytes of UTF-8 in the body"},
		{checked("kw_live_\u0410" + body[2:]), "a Cyrillic A in the body"},
		{checked("kw_live_" + body[:39] + "\uff21"), "a full-width A in the body"},
		{checked("kw_live_" + body[:39] + "\u200b"), "a zero-width space in the body"},
		{checked("kw_live_" + body[:41] + "\x00"), "a zero byte in the body"},
		{"\ufeff" + good, "a byte order mark before it"},
		{" " + good, "a space before it"},
		{good + " ", "a space after it"},
		{good + "\n", "a line feed after it"},
		{good + "\r\n", "a line end after it"},
		{good + "\x00", "a zero byte after it"},
		{`"` + good + `"`, "quotes around it"},
		{good + ",", "a comma after it"},
		{"Bearer " + good, "its scheme before it"},
		{"secret-token:" + good, "a second spelling, RFC 8959"},
		{strings.Replace(good, "_", "%5F", 1), "percent-encoded"},
		{strings.Replace(good, "_", `\u005f`, 1), "escaped as in JSON"},
		{good[:30] + "\n" + good[30:], "broken over two lines"},
		{strings.Repeat(good, 20), "twenty keys joined"},
	}
	for _, example := range documentationExamples() {
		bad = append(bad, invalidVector{example, "an example in documentation: its check is wrong on purpose"})
	}
	return bad
}

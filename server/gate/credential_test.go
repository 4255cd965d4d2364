package gate_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
)

// D1: what real and unreal clients put into the headers. Each form goes through both
// endpoints, where it can.
func TestFormsOfAuthorization(t *testing.T) {
	h := build(t)
	k := h.text
	type lines = []string
	const valid, none, two, malformed, unknown = "valid", "no_credential", "ambiguous_credential", "malformed", "unknown"
	for name, c := range map[string]struct {
		authorization, apiKey lines
		want                  api.Code
	}{
		"Token with a parameter (F8)":              {lines{"Token token=" + k}, nil, valid},
		"Token with a quoted parameter":            {lines{`Token token="` + k + `"`}, nil, valid},
		"Token alone":                              {lines{"Token " + k}, nil, valid},
		"Token in lower case":                      {lines{"token token=" + k}, nil, valid},
		"TOKEN TOKEN= in upper case":               {lines{"TOKEN TOKEN=" + k}, nil, valid},
		"Bearer":                                   {lines{"Bearer " + k}, nil, valid},
		"bearer":                                   {lines{"bearer " + k}, nil, valid},
		"BEARER":                                   {lines{"BEARER " + k}, nil, valid},
		"two blanks after the scheme":              {lines{"Bearer  " + k}, nil, valid},
		"a blank and a tab after the scheme":       {lines{"Bearer \t" + k}, nil, valid},
		"blanks around it":                         {lines{"  Bearer " + k + " \t"}, nil, valid},
		"Basic with the key as user":               {lines{"Basic " + base64Of(k+":")}, nil, valid},
		"Basic with a password":                    {lines{"Basic " + base64Of(k+":x")}, nil, valid},
		"Basic without a colon":                    {lines{"Basic " + base64Of(k)}, nil, valid},
		"basic in lower case":                      {lines{"basic " + base64Of(k+":")}, nil, valid},
		"X-API-Key":                                {nil, lines{k}, valid},
		"X-API-Key with blanks around it":          {nil, lines{" " + k + "\t"}, valid},
		"nothing":                                  {nil, nil, none},
		"an empty line":                            {lines{""}, nil, none},
		"a blank line":                             {lines{" \t "}, nil, none},
		"an empty X-API-Key":                       {nil, lines{""}, none},
		"Bearer without a key":                     {lines{"Bearer"}, nil, none},
		"Bearer with blanks":                       {lines{"Bearer   "}, nil, none},
		"Token without a key":                      {lines{"Token"}, nil, none},
		"Token with an empty parameter":            {lines{"Token token="}, nil, none},
		"Token with an empty quoted parameter":     {lines{`Token token=""`}, nil, none},
		"Basic without anything":                   {lines{"Basic"}, nil, none},
		"Basic that is not base64":                 {lines{"Basic " + k}, nil, none},
		"Basic of a URL's base64":                  {lines{"Basic _-_-"}, nil, none},
		"Basic with the key as password":           {lines{"Basic " + base64Of(":"+k)}, nil, none},
		"the key without a scheme":                 {lines{k}, nil, none},
		"a tab in place of the blank":              {lines{"Bearer\t" + k}, nil, none},
		"a colon after the scheme":                 {lines{"Bearer: " + k}, nil, none},
		"a colon in place of the blank":            {lines{"Bearer:" + k}, nil, none},
		"nothing in place of the blank":            {lines{"Bearer" + k}, nil, none},
		"an equals sign in place of the blank":     {lines{"Bearer=" + k}, nil, none},
		"a full-width scheme":                      {lines{"Ｂearer " + k}, nil, none},
		"a scheme with a soft hyphen":              {lines{"Bea\u00adrer " + k}, nil, none},
		"Digest":                                   {lines{"Digest username=" + k}, nil, none},
		"Negotiate":                                {lines{"Negotiate " + k}, nil, none},
		"ApiKey":                                   {lines{"ApiKey " + k}, nil, none},
		"HOBA":                                     {lines{"HOBA result=" + k}, nil, none},
		"AWS4-HMAC-SHA256":                         {lines{"AWS4-HMAC-SHA256 Credential=" + k}, nil, none},
		"a comma alone":                            {lines{","}, nil, none},
		"Bearer twice":                             {lines{"Bearer Bearer " + k}, nil, two},
		"the key twice":                            {lines{"Bearer " + k + " " + k}, nil, two},
		"a list of two":                            {lines{"Bearer " + k + ", Bearer " + k}, nil, two},
		"a list without a blank":                   {lines{"Bearer " + k + ",Bearer"}, nil, two},
		"a comma after it":                         {lines{"Bearer " + k + ","}, nil, two},
		"Token with two parameters":                {lines{"Token token=" + k + ", nonce=x"}, nil, two},
		"Token with blanks around the equals sign": {lines{"Token token = " + k}, nil, two},
		"Basic with two keys as user":              {lines{"Basic " + base64Of(k+","+k+":")}, nil, two},
		"two lines that are equal":                 {lines{"Bearer " + k, "Bearer " + k}, nil, two},
		"two lines that differ":                    {lines{"Bearer " + k, "Bearer x"}, nil, two},
		"an empty line beside it":                  {lines{"Bearer " + k, ""}, nil, two},
		"an empty line before it":                  {lines{"", "Bearer " + k}, nil, two},
		"another scheme's line beside it":          {lines{"Bearer " + k, "Digest username=x"}, nil, two},
		"both headers":                             {lines{"Bearer " + k}, lines{k}, two},
		"both headers, one empty":                  {lines{"Bearer " + k}, lines{""}, two},
		"X-API-Key twice":                          {nil, lines{k, k}, two},
		"X-API-Key with a list":                    {nil, lines{k + "," + k}, two},
		"X-API-Key with a scheme":                  {nil, lines{"Bearer " + k}, two},
		"quotes around a bearer":                   {lines{`Bearer "` + k + `"`}, nil, malformed},
		"brackets around it":                       {lines{"Bearer <" + k + ">"}, nil, malformed},
		"braces of a template":                     {lines{"Bearer {{" + k + "}}"}, nil, malformed},
		"a parameter of a bearer":                  {lines{"Bearer token=" + k}, nil, malformed},
		"another parameter of Token":               {lines{"Token access_token=" + k}, nil, malformed},
		"a quote at one end":                       {lines{`Token token="` + k}, nil, malformed},
		"single quotes":                            {lines{"Token token='" + k + "'"}, nil, malformed},
		"a semicolon after it":                     {lines{"Bearer " + k + ";"}, nil, malformed},
		"a NUL after it":                           {lines{"Bearer " + k + "\x00"}, nil, malformed},
		"a line feed after it":                     {lines{"Bearer " + k + "\n"}, nil, malformed},
		"a carriage return and another header":     {lines{"Bearer " + k + "\r\nX-Admin:1"}, nil, malformed},
		"a no-break space before it":               {lines{"Bearer \u00a0" + k}, nil, malformed},
		"bytes above 127":                          {lines{"Bearer \xff\xfe" + k}, nil, malformed},
		"percent-encoded":                          {lines{"Bearer %6B" + k[1:]}, nil, malformed},
		"an unset variable":                        {lines{"Bearer $API_KEY"}, nil, malformed},
		"undefined":                                {lines{"Bearer undefined"}, nil, malformed},
		"a JSON web token":                         {lines{"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lIn0."}, nil, malformed},
		"base64 of the key as bearer":              {lines{"Bearer " + base64Of(k)}, nil, malformed},
		"16 KiB":                                   {lines{"Bearer " + strings.Repeat("k", 16<<10)}, nil, malformed},
		"a well-formed key that is not there":      {lines{"Bearer " + withCheck(replaceAt(k, 12))}, nil, unknown},
		"the right id with a wrong secret":         {nil, lines{withCheck(replaceAt(k, 25))}, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			for _, line := range c.authorization {
				headers = append(headers, "Authorization", line)
			}
			for _, line := range c.apiKey {
				headers = append(headers, "X-API-Key", line)
			}
			status := map[api.Code]int{valid: 200, two: 400}[c.want]
			if status == 0 {
				status = 401
			}
			w := do(h, http.MethodGet, "/forward-auth", "", headers...)
			if w.Code != status {
				t.Errorf("forward-auth: got %d, want %d", w.Code, status)
			}
			if len(c.authorization) != 1 || c.apiKey != nil || strings.ContainsRune(c.authorization[0], '\xff') || !isText(c.authorization[0]) {
				return // JSON can't say it
			}
			if got := ask(t, h, api.VerifyRequest{Authorization: c.authorization[0]}); got.Code != c.want {
				t.Errorf("verify: got %s, want %s", got.Code, c.want)
			}
		})
	}
}

func isText(s string) bool { return strings.ToValidUTF8(s, "") == s }

// D2: everything that is not the key to the letter. None is ever good, none a fault, and
// none is told more than that it is not a key or not ours.
func TestTextsThatAreAlmostAKey(t *testing.T) {
	h := build(t)
	k := h.text
	texts := map[string]string{
		"upper case": strings.ToUpper(k), "lower case": strings.ToLower(k), "upper-case brand": "KW" + k[2:], "capital environment": strings.Replace(k, "live", "Live", 1),
		"test for live": strings.Replace(k, "live", "test", 1), "prod for live": strings.Replace(k, "live", "prod", 1), "hyphens": strings.ReplaceAll(k, "_", "-"),
		"no brand": k[2:], "no prefix": k[8:], "the prefix alone": k[:8], "the id alone": k[8:20], "the key's id": string(h.key.ID), "the handle": h.key.Handle(),
		"brand twice": "kw_" + k, "prefix twice": k[:8] + k, "two keys joined": k + k, "two with a line feed": k + "\n" + k, "reversed": reversed(k),
		"a secret-token URI (RFC 8959)": "secret-token:" + k, "URL": "https://x/" + k, "Bearer": "Bearer " + k, "token=": "token=" + k,
		"blank before": " " + k, "blank after": k + " ", "blank inside": k[:30] + " " + k[30:], "tab after": k + "\t", "line feed after": k + "\n", "carriage return after": k + "\r\n",
		"NUL after": k + "\x00", "NUL before": "\x00" + k, "NUL in place of the end": k[:55] + "\x00", "delete": k + "\x7f", "quotes": `"` + k + `"`, "single quotes": "'" + k + "'",
		"byte order mark": "\uFEFF" + k, "zero-width space": k[:20] + "\u200b" + k[20:], "zero-width joiner after": k + "\u200d", "right-to-left mark": "\u202e" + k,
		"combining mark": k[:20] + "\u0301" + k[20:], "full-width brand": "ｋｗ" + k[2:], "Cyrillic letter": strings.Replace(k, "e", "е", 1), "Greek letter": strings.Replace(k, "v", "ν", 1),
		"low line of full width": strings.Replace(k, "_", "＿", 1), "Arabic digits": k[:55] + "٣", "an escape": `\u006b` + k[1:], "an entity": "&#107;" + k[1:], "percent-encoded": "%6b" + k[1:],
		"doubly encoded": "%256b" + k[1:], "base64": base64Of(k), "an ellipsis": k[:20] + "…" + k[50:], "asterisks": k[:20] + strings.Repeat("*", 30) + k[50:],
		"SQL": k + "' OR '1'='1", "a path": "../" + k, "a format": "%s%n" + k, "a template": "{{" + k + "}}", "a shell": "$(" + k + ")",
		"a long brand": withCheck("kwabcdefghijk" + k[2:]), "a one-letter brand": withCheck("k" + k[2:]), "a brand of digits": withCheck("12" + k[2:]), "a brand with a capital": withCheck("Kw" + k[2:]),
		"no underscore": strings.ReplaceAll(k, "_", ""), "a hyphen in the body, with the right check": withCheck(k[:30] + "-" + k[31:]), "a 1 MiB text's worth of k": strings.Repeat("k", 60000),
	}
	for i := range k {
		texts[fmt.Sprintf("character %d is another", i)] = replaceAt(k, i)
		texts[fmt.Sprintf("character %d is missing", i)] = k[:i] + k[i+1:]
		texts[fmt.Sprintf("character %d is there twice", i)] = k[:i+1] + k[i:]
		if i > 0 && k[i] != k[i-1] {
			texts[fmt.Sprintf("characters %d and %d are swapped", i-1, i)] = k[:i-1] + k[i:i+1] + k[i-1:i] + k[i+1:]
		}
	}
	for n := 1; n <= 48; n++ {
		texts[fmt.Sprintf("%d characters cut off", n)] = k[:len(k)-n]
		texts[fmt.Sprintf("%d characters too many", n)] = k + strings.Repeat("0", n)
	}
	for name, text := range texts {
		checkRefused(t, h, name, text, "malformed")
	}
	for i := 8; i < 50; i++ { // well-formed, with the right check, as anybody can make them
		checkRefused(t, h, fmt.Sprintf("character %d is another, with the right check", i), withCheck(replaceAt(k, i)), "unknown")
	}
	checkRefused(t, h, "test for live, with the right check", withCheck(strings.Replace(k, "live", "test", 1)), "unknown")
	checkRefused(t, h, "another brand, with the right check", withCheck("acme"+k[2:]), "unknown")
	checkRefused(t, h, "a key of another installation", build(t).text, "unknown")
	if len(texts) < 300 {
		t.Errorf("got %d texts, want at least 300", len(texts))
	}
	if h.log.Len() != 0 {
		t.Errorf("junk is logged:\n%s", h.log)
	}
}

func checkRefused(t *testing.T, h *house, name, text string, want api.Code) {
	t.Helper()
	got := ask(t, h, api.VerifyRequest{Credential: text})
	if got.Valid || got.Code != want || got.Key != nil || got.Account != nil {
		t.Errorf("%s: got %s, want %s and no details", name, got.Code, want)
	}
	if strings.Trim(text, " \t") != text {
		return // blanks around a header's value are not part of it
	}
	if w := do(h, http.MethodGet, "/forward-auth", "", "X-API-Key", text); w.Code != 401 && w.Code != 400 {
		t.Errorf("%s, as a header: got %d, want 401 or 400", name, w.Code)
	}
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

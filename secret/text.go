package secret

import "errors"

// The text is <brand>_<env>_<id:12><secret:30><check:6>. Its length is 56 to 66 bytes, all
// ASCII, and one word to a double click, to \w+, to a URL, a shell and a CSV file.
const (
	idLen     = 12 // public: the lookup key, safe to log
	secretLen = 30 // 62^30 possibilities, 178 bits; never stored
	checkLen  = 6
	bodyLen   = idLen + secretLen + checkLen

	minBrandLen = 2
	maxBrandLen = 12

	// MinLen is the length of the shortest text.
	MinLen = minBrandLen + len("_live_") + bodyLen

	// digits is the alphabet of the body, in ASCII order.
	digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// ErrMalformed is the answer to every text that is not a key's. It tells neither which part is
// wrong, which would help only someone guessing, nor the text, which may be a key mistyped.
var ErrMalformed = errors.New("malformed key")

// Env tells keys for real use from keys to try things with.
type Env string

// The environments.
const (
	Live Env = "live"
	Test Env = "test"
)

// Parts are the public parts of a text. They are safe to log, but being substrings they keep
// the whole text in memory: strings.Clone what outlives the request.
type Parts struct {
	Brand string // 2 to 12 characters of [a-z0-9], a letter first
	Env   Env
	ID    string // 12 base62 characters
}

// Split reads a text without allocating. It accepts the one canonical spelling and nothing
// else: not a space around it, not another letter case. Any brand will do: it is for the
// caller to compare it with its own.
//
// true means well-formed with the right check, not that there is such a key.
func Split(text string) (Parts, bool) {
	p, ok := Cut(text)
	if !ok {
		return Parts{}, false
	}
	before, given := text[:len(text)-checkLen], text[len(text)-checkLen:]
	if want := check(before); given != string(want[:]) {
		return Parts{}, false
	}
	return p, true
}

// Cut is Split by the form alone, in a quarter of the time. It is for one who computes the MAC in
// any case: an equal MAC proves the check too, and only a refusal needs Split, to tell a
// mistyped key from an unknown one.
func Cut(text string) (Parts, bool) {
	brandLen := len(text) - bodyLen - len("_live_") // "_test_" is as long
	if brandLen < minBrandLen || brandLen > maxBrandLen {
		return Parts{}, false
	}
	brand, env, body := text[:brandLen], text[brandLen:len(text)-bodyLen], text[len(text)-bodyLen:]
	if env != "_live_" && env != "_test_" || !isBrand(brand) || !isBase62(body) {
		return Parts{}, false
	}
	return Parts{Brand: brand, Env: Env(env[1:5]), ID: body[:idLen]}, true
}

// Handle is how a key is shown once its text is gone: kw_live_o6p4…QZ1x. It has the first four
// characters of the id and the last four of the text, which are check characters (F12:
// nothing of the secret part can be shown, because nothing of it is kept).
func Handle(brand string, env Env, id, lastFour string) string {
	return brand + "_" + string(env) + "_" + id[:min(4, len(id))] + "…" + lastFour
}

func isBrand(s string) bool {
	if len(s) < minBrandLen || len(s) > maxBrandLen || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// isBase62 looks each byte up in a set of 256 bits. Comparing with '0', '9', 'A' and so on
// costs a mispredicted branch for most characters of a random text: 290 ns a key, not 40.
func isBase62(s string) bool {
	set := [4]uint64{
		0x03ff_0000_0000_0000, // 0 to 9
		0x07ff_fffe_07ff_fffe, // A to Z, a to z
	}
	all := uint64(1)
	for i := range len(s) {
		all &= set[s[i]>>6] >> (s[i] & 63)
	}
	return all == 1
}

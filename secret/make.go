package secret

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Make makes a new text from random, which in production is the system's source and nothing
// else (F9). Its 42 random characters are independent and each is uniform over the alphabet.
// That ids are unique is for the store to enforce: 10^9 keys clash with a chance of 1.6 in 10^4.
//
// Errors: a brand that is not [a-z][a-z0-9]{1,11}, an env that is neither Live nor Test, a
// random source that fails or ends.
func Make(brand string, env Env, random io.Reader) (Secret, error) {
	return remake("", brand, env, random)
}

// Remake makes a new text for a key that has an id: the secret part alone is new.
//
// Errors: as Make, and an id that is none.
func Remake(id, brand string, env Env, random io.Reader) (Secret, error) {
	if len(id) != idLen || strings.Trim(id, digits) != "" {
		return Secret{}, errors.New("make key: the id is not 12 base62 digits")
	}
	return remake(id, brand, env, random)
}

func remake(id, brand string, env Env, random io.Reader) (Secret, error) {
	if !isBrand(brand) {
		return Secret{}, fmt.Errorf("make key: brand %q: want a lower-case letter, then 1 to 11 lower-case letters or digits", brand)
	}
	if env != Live && env != Test {
		return Secret{}, fmt.Errorf("make key: env %q: want live or test", env)
	}
	var body [idLen + secretLen]byte
	if err := draw(body[copy(body[:], id):], random); err != nil {
		return Secret{}, fmt.Errorf("make key: read random: %w", err)
	}
	text := brand + "_" + string(env) + "_" + string(body[:])
	sum := check(text)
	text += string(sum[:])
	return Secret{&text}, nil
}

// draw fills dst with random base62 digits by rejection sampling. A byte modulo 62 would favour
// the first eight digits, as 256 is 4 x 62 + 8; the eight bytes that cause it are drawn again.
func draw(dst []byte, random io.Reader) error {
	const fair = 256 - 256%len(digits) // 248

	n := 0
	for range 100 { // a working source needs 2 or 3, and more than 10 once in 10^13 keys
		if n == len(dst) {
			return nil
		}
		missing := dst[n:]
		if _, err := io.ReadFull(random, missing); err != nil {
			return err
		}
		for _, b := range missing {
			if int(b) < fair {
				dst[n] = digits[int(b)%len(digits)]
				n++
			}
		}
	}
	return errors.New("the source repeats itself")
}

// Package secret is the text of a key: how it is made, read, hidden, and what is stored of it.
//
//	kw_live_o6p4XYZabc01 + 30 secret characters + 6 check characters
//
// text.go has the form, make.go chance, secret.go the type that cannot be printed by accident,
// check.go the check characters. mac.go has the MAC that is stored in place of the text, and
// keyring.go and keyringfile.go the peppers it is made with.
//
// The package is pure: randomness comes in as an io.Reader, and nothing is read, stored or
// logged here. It does not know whether a key exists or may still be used: that is package
// keyset. The record that a text belongs to is keywright.Key, in the root.
//
// testdata/vectors.json holds examples, good and bad, for readers in any language.
package secret

// Package keyring brings the peppers into the process: from a file beside the database,
// made on the first start, or from an environment variable. It refuses a keyring that would
// make keys fail, and a file that others can read.
//
// What a keyring is, and its text, is in package secret.
package keyring

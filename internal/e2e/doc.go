// Package e2e holds the tests of the whole product: real processes, a real browser, nginx,
// kill -9. They are named after the rows of the founding page that they hold. After all of
// them, the canary looks for every secret that was ever issued in everything they left.
package e2e

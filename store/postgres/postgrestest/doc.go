// Package postgrestest is for tests that need a PostgreSQL: they get a real one of their own.
//
// [New] answers a database on the server of the test binary, made from a template that is
// migrated already; [Start] starts another server, for a test that stops it or has its own
// settings. A server ends with the process that started it, however that one ends.
package postgrestest

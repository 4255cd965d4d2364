// Package arch holds the map of packages: its test reads every import of the module and
// fails when an arrow points up or sideways, or when a package has no row.
package arch

// Package keywright issues, verifies and revokes API keys for the accounts of a product.
//
// It holds the domain: an [Account] has [Member]s and [Key]s; a [Principal] asks a
// [Service] to do something; the Service decides by a policy and keeps what it decided in
// a [Store]. Nothing here touches the network, the disk or the clock of its own accord.
//
// The text of a key is in package secret, the rules of an operator's product in package
// policy. A Store on SQLite is in store/sqlite; the wire in server/rest, server/gate and
// server/console.
package keywright

// Package rest is the JSON API under /v1/: it finds out who asks, decodes strictly, calls the
// Service, and encodes what that answers. What it may say when something is refused stands in
// one place, problem.go.
//
// The wire types are in package api, the OpenAPI document is generated from them. Verifying
// the keys of others is not done here but in server/gate.
package rest

// Package server listens: it gives each endpoint its time-outs and size limits, a request
// id, one log line per request and a clean stop. It is handed its handlers and knows nothing
// of what they answer; those are in server/rest, server/gate and server/console.
package server

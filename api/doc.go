// Package api is the wire contract: what is sent and answered over REST and on the data
// plane, the codes of problems, and how strictly JSON is read. It holds no behaviour: the
// handlers are in server/rest and server/gate. openapi.yaml in this folder is generated
// from these types.
package api

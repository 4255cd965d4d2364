//go:build !unix

package postgres

import "net"

// readable is not known here.
func readable(net.Conn) bool { return false }

//go:build unix

package postgres

import (
	"crypto/tls"
	"net"
	"syscall"
)

// readable reports whether something came on a connection that nobody uses: its end, or what the
// server said before it. It takes about a microsecond and reads nothing.
func readable(c net.Conn) bool {
	if over, ok := c.(*tls.Conn); ok {
		c = over.NetConn()
	}
	socket, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	came := false
	err = raw.Read(func(fd uintptr) bool {
		var first [1]byte
		_, _, err := syscall.Recvfrom(int(fd), first[:], syscall.MSG_PEEK)
		came = err != syscall.EAGAIN && err != syscall.EINTR
		return true // the socket does not block, and nobody waits here
	})
	return came || err != nil
}

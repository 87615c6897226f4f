//go:build unix

package http1

import "syscall"

// alive looks at an idle socket without reading from it. Bytes that nobody asked for mean the end of
// a plain connection (a 408, say); on TLS they may be a session ticket.
func (k *conn) alive() bool {
	if k.h2 != nil {
		return k.usable2()
	}
	holder, ok := k.socket.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := holder.SyscallConn()
	if err != nil {
		return false
	}
	alive := false
	var one [1]byte
	err = raw.Control(func(fd uintptr) {
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		alive = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK ||
			(err == nil && n > 0 && k.tls != nil)
	})
	return err == nil && alive
}

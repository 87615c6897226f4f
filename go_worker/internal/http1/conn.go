package http1

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
)

// conn is one connection of a Client. Only the Client's goroutine uses it, except that Abort closes
// its socket.
type conn struct {
	stream net.Conn // TCP, or TLS over it: what requests are written to
	socket net.Conn // the socket underneath
	tls    *tls.Conn
	h2     *http.ClientConn
	class  *class

	// The origin it serves; host "" and port 0: any origin, through a proxy, in absolute form.
	scheme string
	host   string
	port   uint16

	id        uint64
	served    int
	armed     int64 // deadline set on the socket, on Shared.Now's clock
	idleSince int64
	remote    netip.AddrPort
}

// idleCheckAfter is how long a connection may have been idle before its state is looked at (one
// system call) ahead of use. Busier connections rely on the retry of a stale one.
const idleCheckAfter = int64(500 * 1e6)

// arm makes reads and writes fail at the deadline or, to spare the cost of moving a timer for every
// request, up to half of the remaining time before it. Whoever sees an early failure calls it again.
func (k *conn) arm(s *Shared, deadline, now int64) {
	if k.tls == nil && k.armed <= deadline && k.armed-now > (deadline-now)/2 {
		return
	}
	if k.armed == deadline {
		return
	}
	k.armExactly(s, deadline)
}

func (k *conn) armExactly(s *Shared, deadline int64) {
	k.armed = deadline
	_ = k.socket.SetDeadline(s.Instant(deadline)) // fails on a closed socket only, as the next read does
}

// take removes and returns an idle connection to the origin, nil if there is none.
func (c *Client) take(wanted *class, absolute bool, url *URL) *conn {
	for i := len(c.idle) - 1; i >= 0; i-- {
		k := c.idle[i]
		if k.class != wanted || !k.serves(absolute, url) {
			continue
		}
		last := len(c.idle) - 1
		copy(c.idle[i:], c.idle[i+1:])
		c.idle[last] = nil
		c.idle = c.idle[:last]
		if (k.h2 != nil || c.clock-k.idleSince > idleCheckAfter) && !k.alive() {
			c.drop(k)
			continue
		}
		return k
	}
	return nil
}

func (k *conn) serves(absolute bool, url *URL) bool {
	if absolute {
		return k.host == ""
	}
	return k.host == string(url.Host) && k.port == url.port() && k.scheme == url.Scheme
}

// keep puts a connection among the idle ones.
func (c *Client) keep(k *conn, now int64) {
	k.idleSince = now
	if len(c.idle) >= c.shared.options.MaxIdle {
		c.drop(c.idle[0])
		copy(c.idle, c.idle[1:])
		c.idle = c.idle[:len(c.idle)-1]
	}
	c.idle = append(c.idle, k)
}

// enlist makes a fresh socket known to Abort. False: aborted already, and the socket is closed.
func (c *Client) enlist(socket net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aborted.Load() {
		_ = socket.Close()
		return false
	}
	c.sockets = append(c.sockets, socket)
	return true
}

// hangUp closes a socket and forgets it.
func (c *Client) hangUp(socket net.Conn) {
	_ = socket.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, known := range c.sockets {
		if known == socket {
			last := len(c.sockets) - 1
			c.sockets[i] = c.sockets[last]
			c.sockets[last] = nil
			c.sockets = c.sockets[:last]
			c.shared.open.Add(-1)
			return
		}
	}
}

// drop closes a connection.
func (c *Client) drop(k *conn) {
	if k.h2 != nil {
		_ = k.h2.Close()
	}
	c.hangUp(k.socket)
}

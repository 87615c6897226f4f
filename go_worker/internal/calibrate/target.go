package calibrate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
)

const (
	endOfHead = "\r\n\r\n"
	answer    = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
	// longestHead bounds what a client may send without ending a request.
	longestHead = 64 << 10
)

// ServeNull answers every request without a body at once with the same bytes, until ctx ends: what a
// client measures there is its own and the machine's. A request with a body is not understood.
func ServeNull(ctx context.Context, listener net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accepting a connection: %w", err)
		}
		go answerAll(conn)
	}
}

func answerAll(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	buffer := make([]byte, longestHead)
	filled := 0
	for {
		n, err := conn.Read(buffer[filled:])
		if err != nil {
			return
		}
		filled += n
		rest := buffer[:filled]
		for {
			end := bytes.Index(rest, []byte(endOfHead))
			if end < 0 {
				break
			}
			rest = rest[end+len(endOfHead):]
			if _, err := io.WriteString(conn, answer); err != nil {
				return
			}
		}
		if filled = copy(buffer, rest); filled == len(buffer) {
			return
		}
	}
}

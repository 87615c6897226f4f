package agent

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/pb"
)

const (
	tunnelChunk = 32 * 1024
	// So many connections of boomer may wait for the controller's stream. They wait as long as the run
	// is there: a broken one boomer would not open again.
	mostHeld = 16
)

type tunnelStream = grpc.BidiStreamingServer[pb.TunnelBytes, pb.TunnelBytes]

// locustLink takes boomer's connections to the Locust master.
type locustLink interface {
	port() uint32 // on loopback
	// alive tells that the link itself shows somebody who commands the run.
	alive() bool
	// counts tells that the master says how many users run.
	counts() bool
	close()
}

// tunnel carries boomer's connections to the Locust master: boomer dials a loopback port of the agent,
// and the bytes go through the controller's Tunnel stream. Each connection is a numbered link.
type tunnel struct {
	listener net.Listener
	done     chan struct{}
	once     sync.Once

	mu       sync.Mutex
	links    map[uint32]net.Conn
	next     uint32
	held     int // connections that wait for a stream
	attached *carrier
	// arrived is closed and replaced when a stream attaches.
	arrived chan struct{}
}

// carrier is one attached stream; a stream takes one Send at a time.
type carrier struct {
	mu     sync.Mutex
	stream tunnelStream
	// replaced is closed when a newer stream took over.
	replaced chan struct{}
}

func (c *carrier) send(message *pb.TunnelBytes) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream.Send(message)
}

func newTunnel() (*tunnel, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &tunnel{
		listener: listener,
		done:     make(chan struct{}),
		links:    map[uint32]net.Conn{},
		arrived:  make(chan struct{}),
	}
	go t.accept()
	return t, nil
}

func (t *tunnel) port() uint32 {
	return uint32(t.listener.Addr().(*net.TCPAddr).Port)
}

// alive is false: the Run stream shows whether the controller lives.
func (t *tunnel) alive() bool { return false }

func (t *tunnel) counts() bool { return false }

func (t *tunnel) accept() {
	for {
		connection, err := t.listener.Accept()
		if err != nil {
			return // closed
		}
		go t.carry(connection)
	}
}

// carry sends what comes from one connection up, once there is a stream.
func (t *tunnel) carry(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	link, up := t.open(connection)
	if up == nil {
		return
	}
	defer t.forget(link)
	if up.send(&pb.TunnelBytes{Link: link}) != nil {
		return
	}
	buffer := make([]byte, tunnelChunk)
	for {
		size, err := connection.Read(buffer)
		if size > 0 && up.send(&pb.TunnelBytes{Link: link, Data: buffer[:size]}) != nil {
			return
		}
		if err != nil {
			_ = up.send(&pb.TunnelBytes{Link: link, Closed: true})
			return
		}
	}
}

// open numbers a connection and waits for a stream to carry it; nil: none came.
func (t *tunnel) open(connection net.Conn) (uint32, *carrier) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held >= mostHeld {
		return 0, nil
	}
	t.held++
	defer func() { t.held-- }()
	for t.attached == nil {
		arrived := t.arrived
		t.mu.Unlock()
		gone := false
		select {
		case <-arrived:
		case <-t.done:
			gone = true
		}
		t.mu.Lock()
		if gone {
			return 0, nil
		}
	}
	t.next++
	t.links[t.next] = connection
	return t.next, t.attached
}

func (t *tunnel) forget(link uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.links, link)
}

// serve carries bytes over a stream until it ends. Links belong to their stream: the other end closed
// its side when the stream broke, so they are closed here as well.
func (t *tunnel) serve(ctx context.Context, stream tunnelStream) error {
	up := &carrier{stream: stream, replaced: make(chan struct{})}
	t.mu.Lock()
	if t.attached != nil {
		close(t.attached.replaced)
		t.closeLinks()
	}
	t.attached = up
	close(t.arrived)
	t.arrived = make(chan struct{})
	t.mu.Unlock()
	defer t.release(up)
	received := make(chan error, 1)
	go func() { received <- t.receive(stream) }()
	select {
	case err := <-received:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-up.replaced:
		return status.Error(codes.Aborted, "a newer stream carries this run's link")
	case <-t.done:
		return nil
	}
}

func (t *tunnel) receive(stream tunnelStream) error {
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.mu.Lock()
		connection := t.links[message.Link]
		t.mu.Unlock()
		if connection == nil {
			continue
		}
		if len(message.Data) > 0 {
			if _, err := connection.Write(message.Data); err != nil {
				_ = connection.Close()
			}
		}
		if message.Closed {
			_ = connection.Close()
		}
	}
}

func (t *tunnel) release(up *carrier) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.attached == up {
		t.attached = nil
		t.closeLinks()
	}
}

// closeLinks ends all connections. The lock is held.
func (t *tunnel) closeLinks() {
	for _, connection := range t.links {
		_ = connection.Close()
	}
}

func (t *tunnel) close() {
	t.once.Do(func() {
		close(t.done)
		_ = t.listener.Close()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.closeLinks()
	})
}

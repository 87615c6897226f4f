package agent

import (
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/pb"
)

// fullMailbox is how many events may wait for one stream. It is more than an attach posts at once; a
// stream that falls behind further ends, and its controller attaches again from the frame it has.
const fullMailbox = 2 * (keptFrames + keptLogs)

var (
	errTakenOver = status.Error(codes.Aborted, "another stream took over this run")
	errTooSlow   = status.Error(codes.ResourceExhausted, "the stream does not take its events; attach again")
	errForgotten = status.Error(codes.NotFound, "the run was discarded")
)

// mailbox holds the events that one stream still has to send.
type mailbox struct {
	mu      sync.Mutex
	events  []*pb.RunEvent
	news    chan struct{}
	gone    chan struct{} // closed when the stream must end
	why     error         // set before gone is closed
	closing sync.Once
}

func newMailbox() *mailbox {
	return &mailbox{news: make(chan struct{}, 1), gone: make(chan struct{})}
}

func (m *mailbox) put(event *pb.RunEvent) {
	m.mu.Lock()
	m.events = append(m.events, event)
	full := len(m.events) > fullMailbox
	m.mu.Unlock()
	if full {
		m.close(errTooSlow)
		return
	}
	select {
	case m.news <- struct{}{}:
	default:
	}
}

func (m *mailbox) take() []*pb.RunEvent {
	m.mu.Lock()
	defer m.mu.Unlock()
	events := m.events
	m.events = nil
	return events
}

// close ends the stream that reads the mailbox. The first reason counts.
func (m *mailbox) close(why error) {
	m.closing.Do(func() {
		m.why = why
		close(m.gone)
	})
}

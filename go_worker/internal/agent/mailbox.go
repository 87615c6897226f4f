package agent

import (
	"sync"

	"hazard/internal/pb"
)

// mailbox holds the events that one stream still has to send. It is unbounded in count, but what goes
// in is bounded: frames once a second, states, log lines.
type mailbox struct {
	mu     sync.Mutex
	events []*pb.RunEvent
	news   chan struct{}
	gone   chan struct{}
	once   sync.Once
}

func newMailbox() *mailbox {
	return &mailbox{news: make(chan struct{}, 1), gone: make(chan struct{})}
}

func (m *mailbox) put(events ...*pb.RunEvent) {
	m.mu.Lock()
	m.events = append(m.events, events...)
	m.mu.Unlock()
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

// close ends the stream that reads the mailbox.
func (m *mailbox) close() { m.once.Do(func() { close(m.gone) }) }

package agent

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// link is a controller's Run stream.
type link struct {
	t      *testing.T
	stream grpc.BidiStreamingClient[pb.RunCommand, pb.RunEvent]
	cancel context.CancelFunc
	id     string
	epoch  uint64

	sending sync.Mutex
	mu      sync.Mutex
	events  []*pb.RunEvent
	end     error
	more    chan struct{}
}

func (w *worker) attach(id string, epoch, afterSeq uint64) *link {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	stream, err := w.client.Run(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	l := &link{t: w.t, stream: stream, cancel: cancel, id: id, epoch: epoch, more: make(chan struct{})}
	l.send(0, &pb.RunCommand{Kind: &pb.RunCommand_Attach{Attach: &pb.Attach{AfterSeq: afterSeq}}})
	go l.listen()
	return l
}

func (l *link) listen() {
	for {
		event, err := l.stream.Recv()
		l.mu.Lock()
		if err != nil {
			l.end = err
		} else {
			l.events = append(l.events, event)
		}
		close(l.more)
		l.more = make(chan struct{})
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (l *link) send(seq uint64, command *pb.RunCommand) {
	l.sending.Lock()
	defer l.sending.Unlock()
	command.RunId, command.Epoch, command.CommandSeq = l.id, l.epoch, seq
	_ = l.stream.Send(command) // a stream that ended tells by what it receives
}

func (l *link) ack(seq uint64) {
	l.send(0, &pb.RunCommand{Kind: &pb.RunCommand_Ack{Ack: &pb.Ack{Seq: seq}}})
}

// command sends one command and returns what it was answered.
func (l *link) command(seq uint64, command *pb.RunCommand) string {
	l.t.Helper()
	count := func() (n int, text string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, event := range l.events {
			if done := event.GetDone(); done != nil && done.CommandSeq == seq {
				n, text = n+1, done.Error
			}
		}
		return n, text
	}
	before, _ := count()
	l.send(seq, command)
	text := ""
	labtest.Await(l.t, fmt.Sprintf("the answer to command %d", seq), func() bool {
		n, answered := count()
		text = answered
		return n > before
	})
	return text
}

func (l *link) start(seq uint64) {
	l.t.Helper()
	start := &pb.Start{StartAtUnixUs: time.Now().UnixMicro()}
	if text := l.command(seq, &pb.RunCommand{Kind: &pb.RunCommand_Start{Start: start}}); text != "" {
		l.t.Fatalf("start: %s", text)
	}
}

// event returns the first event that matches, waiting for it.
func (l *link) event(what string, match func(*pb.RunEvent) bool) *pb.RunEvent {
	l.t.Helper()
	timer := time.NewTimer(labtest.Patience)
	defer timer.Stop()
	for {
		l.mu.Lock()
		for _, event := range l.events {
			if match(event) {
				l.mu.Unlock()
				return event
			}
		}
		more, end := l.more, l.end
		l.mu.Unlock()
		if end != nil {
			l.t.Fatalf("waiting for %s the stream ended: %v", what, end)
		}
		select {
		case <-more:
		case <-timer.C:
			l.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (l *link) state(want pb.EngineStatus) {
	l.t.Helper()
	l.event(want.String(), func(e *pb.RunEvent) bool { return e.GetState().GetStatus() == want })
}

func (l *link) frame(seq uint64) {
	l.t.Helper()
	l.event(fmt.Sprintf("frame %d", seq), func(e *pb.RunEvent) bool { return e.GetFrame().GetSeq() >= seq })
}

func (l *link) exit() *pb.EngineExit {
	l.t.Helper()
	return l.event("the exit", func(e *pb.RunEvent) bool { return e.GetExit() != nil }).GetExit()
}

// ended is why the stream ended.
func (l *link) ended() error {
	l.t.Helper()
	var end error
	labtest.Await(l.t, "the end of the stream", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		end = l.end
		return end != nil
	})
	return end
}

func (l *link) frames() []*pb.Frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	var frames []*pb.Frame
	for _, event := range l.events {
		if frame := event.GetFrame(); frame != nil {
			frames = append(frames, frame)
		}
	}
	return frames
}

func seqs(frames []*pb.Frame) []uint64 {
	var list []uint64
	for _, frame := range frames {
		list = append(list, frame.Seq)
	}
	return list
}

// requests adds up what frames say of the first entry.
func requests(frames []*pb.Frame) uint64 {
	sum := uint64(0)
	for _, frame := range frames {
		for _, step := range frame.Steps {
			if step.Entry == 0 {
				sum += step.Ok + step.Failed + step.Aborted
			}
		}
	}
	return sum
}

package agent

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"hazard/internal/engine"
	"hazard/internal/pb"
)

// patience bounds every wait of these tests; the machine may be busy.
const patience = 30 * time.Second

// TestMain lets the test program be the engine and the check that agents start, as the worker is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "engine":
			os.Exit(engine.RunChild(context.Background(), os.Stdin, os.Stdout, os.Stderr))
		case "check":
			flags := flag.NewFlagSet("check", flag.ExitOnError)
			allow := flags.String("allow", "", "")
			_ = flags.Parse(os.Args[2:])
			os.Exit(engine.RunCheck(context.Background(), strings.Split(*allow, ","), os.Stdin, os.Stdout, os.Stderr))
		}
	}
	os.Exit(m.Run())
}

// worker is a served agent and a controller's connection to it.
type worker struct {
	t      *testing.T
	agent  *Agent
	client pb.AgentClient
	conn   *grpc.ClientConn
	leave  func() // what SIGTERM does; returns when the agent has gone
}

func startWorker(t *testing.T, edits ...func(*Config)) *worker {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		Listen:         "127.0.0.1:0",
		AllowedTargets: []string{"127.0.0.1", "::1"},
		Caps:           &pb.Caps{},
		Version:        "test",
		EngineCommand:  []string{self, "engine"},
		CheckCommand:   []string{self, "check"},
		Log:            slog.New(slog.DiscardHandler),
	}
	for _, edit := range edits {
		edit(&config)
	}
	agent, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	conn, err := grpc.NewClient(agent.Info().Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{t: t, agent: agent, client: pb.NewAgentClient(conn), conn: conn}
	go func() { gone <- agent.Serve(ctx) }()
	w.leave = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-gone:
			if err != nil {
				t.Errorf("the agent ended: %v", err)
			}
		case <-time.After(patience):
			t.Error("the agent does not end")
		}
	})
	t.Cleanup(func() {
		w.leave()
		_ = conn.Close()
	})
	return w
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// await waits until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	end := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func isCode(t *testing.T, err error, want codes.Code, part string) {
	t.Helper()
	if status.Code(err) != want || !strings.Contains(err.Error(), part) {
		t.Errorf("the answer is %v, not %s with %q", err, want, part)
	}
}

// site is a target that counts.
type site struct {
	url  string
	hits atomic.Uint64
}

func startSite(t *testing.T) *site {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{url: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.hits.Add(1)
		_, _ = io.WriteString(w, "ok")
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// goesOn tells that requests still arrive.
func (s *site) goesOn(t *testing.T) {
	t.Helper()
	before := s.hits.Load()
	await(t, "another request", func() bool { return s.hits.Load() > before+2 })
}

// isSilentSoon waits until no request arrives for half a second, and tells when the last one came.
func (s *site) isSilentSoon(t *testing.T) time.Time {
	t.Helper()
	last, seen := time.Now(), s.hits.Load()
	await(t, "silence", func() bool {
		if now := s.hits.Load(); now != seen {
			last, seen = time.Now(), now
		}
		return time.Since(last) > 500*time.Millisecond
	})
	return last
}

// planFor lets one user ask for the site, twenty times a second, for a minute.
func planFor(s *site) *pb.Plan {
	return &pb.Plan{
		Hazard: 1,
		Name:   "test",
		Tasks: []*pb.Task{{Id: "task", Name: "task", PacingMs: 50, Steps: []*pb.Step{
			{Id: "one", Name: "one", Kind: &pb.Step_Request{Request: &pb.Request{Url: s.url}}},
		}}},
		Stages: []*pb.Stage{{Kind: pb.StageKind_STAGE_KIND_USERS, To: 1, DurationMs: 60_000}},
	}
}

// once is a plan of one iteration.
func once(s *site) *pb.Plan {
	plan := planFor(s)
	plan.Stages, plan.Tasks[0].PacingMs = nil, 0
	return plan
}

func request(id string, epoch uint64, plan *pb.Plan) *pb.PrepareRequest {
	return &pb.PrepareRequest{RunId: id, Epoch: epoch, Plan: plan, Share: &pb.Share{Count: 1},
		Options: &pb.RunOptions{Seed: 7}}
}

func (w *worker) prepare(one *pb.PrepareRequest) *pb.PrepareResponse {
	w.t.Helper()
	response, err := w.client.Prepare(deadline(w.t), one)
	if err != nil {
		w.t.Fatal(err)
	}
	if !response.Ready {
		w.t.Fatalf("not ready: %v", response.Findings)
	}
	return response
}

func (w *worker) pid(id string) int {
	w.t.Helper()
	one := w.agent.find(id)
	if one == nil {
		w.t.Fatalf("run %s is not known", id)
	}
	return one.child.pid()
}

func isGone(pid int) bool { return syscall.Kill(pid, 0) != nil }

func (w *worker) discard(id string, epoch uint64) {
	w.t.Helper()
	if _, err := w.client.Discard(deadline(w.t), &pb.DiscardRequest{RunId: id, Epoch: epoch}); err != nil {
		w.t.Error(err)
	}
}

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
	await(l.t, fmt.Sprintf("the answer to command %d", seq), func() bool {
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
	timer := time.NewTimer(patience)
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
	await(l.t, "the end of the stream", func() bool {
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

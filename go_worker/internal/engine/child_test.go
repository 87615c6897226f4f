package engine

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazard/internal/pb"
)

// child runs an engine child in this process and collects what it says.
type child struct {
	t        *testing.T
	commands *Writer
	stdin    *io.PipeWriter
	exit     chan int

	mu     sync.Mutex
	events []*pb.EngineEvent
	more   chan struct{}
}

func startChild(t *testing.T, prepare *pb.EnginePrepare) *child {
	t.Helper()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	c := &child{t: t, commands: NewWriter(inWrite), stdin: inWrite, exit: make(chan int, 1),
		more: make(chan struct{})}
	go func() {
		c.exit <- RunChild(context.Background(), inRead, outWrite, testWriter{t})
		_ = outWrite.Close()
	}()
	go c.listen(outRead)
	t.Cleanup(func() {
		_ = inWrite.Close()
		select {
		case <-c.exit:
		case <-time.After(20 * time.Second):
			t.Error("the child did not end")
		}
	})
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Prepare{Prepare: prepare}})
	return c
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) { return len(p), nil }

func (c *child) listen(out io.Reader) {
	in := bufio.NewReader(out)
	for {
		var event pb.EngineEvent
		if ReadMessage(in, &event) != nil {
			return
		}
		c.mu.Lock()
		c.events = append(c.events, &event)
		close(c.more)
		c.more = make(chan struct{})
		c.mu.Unlock()
	}
}

func (c *child) send(command *pb.EngineCommand) {
	c.t.Helper()
	if err := c.commands.Write(command); err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) start(at time.Time) {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Start{Start: &pb.Start{StartAtUnixUs: at.UnixMicro()}}})
}

func (c *child) stop(stop *pb.Stop) {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Stop{Stop: stop}})
}

// await returns the first event that matches, waiting for it.
func (c *child) await(what string, match func(*pb.EngineEvent) bool) *pb.EngineEvent {
	c.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		for _, event := range c.events {
			if match(event) {
				c.mu.Unlock()
				return event
			}
		}
		more := c.more
		c.mu.Unlock()
		select {
		case <-more:
		case <-deadline:
			c.t.Fatalf("waited in vain for %s; events: %v", what, c.events)
		}
	}
}

func (c *child) awaitState(status pb.EngineStatus) {
	c.t.Helper()
	c.await(status.String(), func(e *pb.EngineEvent) bool { return e.GetState().GetStatus() == status })
}

func (c *child) frames() []*pb.Frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	var frames []*pb.Frame
	for _, event := range c.events {
		if frame := event.GetFrame(); frame != nil {
			frames = append(frames, frame)
		}
	}
	return frames
}

// totals adds up all frames: per entry ok, failed, aborted.
type totals struct{ ok, failed, aborted, started, dropped, late uint64 }

func (c *child) totals(entry uint32) totals {
	var sum totals
	for i, frame := range c.frames() {
		if frame.Seq != uint64(i+1) {
			c.t.Errorf("frame %d has sequence number %d", i+1, frame.Seq)
		}
		sum.started += frame.IterationsStarted
		sum.dropped += frame.ArrivalsDropped
		sum.late += frame.ArrivalsLate
		for _, step := range frame.Steps {
			if step.Entry == entry {
				sum.ok += step.Ok
				sum.failed += step.Failed
				sum.aborted += step.Aborted
			}
		}
	}
	return sum
}

// counting is a server that counts what reaches it.
type counting struct {
	url  string
	hits atomic.Uint64
}

func startCounting(t testing.TB, handle func(http.ResponseWriter, *http.Request)) *counting {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counting{url: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.hits.Add(1)
		if handle != nil {
			handle(w, r)
		} else {
			_, _ = io.WriteString(w, `{"ok":true}`)
		}
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return c
}

func getStep(name, url string) *pb.Step {
	return &pb.Step{Id: name, Name: name, Kind: &pb.Step_Request{Request: &pb.Request{Url: url}}}
}

func prepareOf(plan *pb.Plan) *pb.EnginePrepare {
	return &pb.EnginePrepare{WorkerId: "worker-1", Request: &pb.PrepareRequest{RunId: "run-1", Plan: plan,
		Share: &pb.Share{Index: 0, Count: 1}, Options: &pb.RunOptions{Seed: 7}}}
}

func planOf(stages []*pb.Stage, steps ...*pb.Step) *pb.Plan {
	return &pb.Plan{Hazard: 1, Name: "test", Stages: stages,
		Tasks: []*pb.Task{{Id: "task", Name: "task", Steps: steps}}}
}

func users(n float64, ms uint64) *pb.Stage {
	return &pb.Stage{Kind: pb.StageKind_STAGE_KIND_USERS, To: n, DurationMs: ms}
}

func TestAPlanWithoutStagesRunsOnceAndFinishes(t *testing.T) {
	server := startCounting(t, nil)
	c := startChild(t, prepareOf(planOf(nil, getStep("one", server.url), getStep("two", server.url))))
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_CONNECTED)
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if n := server.hits.Load(); n != 2 {
		t.Errorf("%d requests reached the server", n)
	}
	if one, two, whole := c.totals(0), c.totals(1), c.totals(2); one.ok != 1 || two.ok != 1 || whole.ok != 1 {
		t.Errorf("counted %+v, %+v, iterations %+v", one, two, whole)
	}
}

func TestAStopDrainsAndCountsEachRequestOnce(t *testing.T) {
	server := startCounting(t, nil)
	c := startChild(t, prepareOf(planOf([]*pb.Stage{users(8, 60_000)}, getStep("one", server.url))))
	c.start(time.Now())
	c.await("two frames", func(e *pb.EngineEvent) bool { return e.GetFrame().GetSeq() == 2 })
	c.stop(&pb.Stop{})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	sum := c.totals(0)
	if hits := server.hits.Load(); hits != sum.ok+sum.failed+sum.aborted || hits < 100 {
		t.Errorf("the server saw %d requests, the frames say %+v", hits, sum)
	}
	frames := c.frames()
	if !frames[len(frames)-1].Last || frames[len(frames)-1].Users != 0 {
		t.Errorf("the last frame is %v", frames[len(frames)-1])
	}
}

func TestAForcedStopCutsWhatIsInFlight(t *testing.T) {
	release := make(chan struct{})
	server := startCounting(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	c := startChild(t, prepareOf(planOf([]*pb.Stage{users(5, 60_000)}, getStep("one", server.url))))
	c.start(time.Now())
	c.await("a frame", func(e *pb.EngineEvent) bool { return e.GetFrame().GetInFlight() == 5 })
	began := time.Now()
	c.stop(&pb.Stop{Force: true})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_DRAINED)
	if took := time.Since(began); took > time.Second {
		t.Errorf("cutting took %v", took)
	}
	if sum := c.totals(0); sum != (totals{aborted: 5, started: 5}) {
		t.Errorf("counted %+v", sum)
	}
}

package agent

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

func TestAWorkerTellsWhatItIsAndDoes(t *testing.T) {
	w, target := startWorker(t, func(c *Config) {
		c.Labels = map[string]string{"zone": "b"}
		c.Caps = &pb.Caps{Rps: 5000, Connections: 9}
	}), labtest.StartSite(t)
	describe := func() *pb.WorkerInfo {
		info, err := w.client.Describe(labtest.Within(t), &pb.DescribeRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	idle := describe()
	name, _ := os.Hostname()
	if idle.Protocol != 1 || idle.Hostname != name || idle.Cpus == 0 || idle.MemoryBytes < 1<<20 ||
		idle.Labels["zone"] != "b" || idle.Caps.Rps != 5000 || idle.BootId == "" || len(idle.Runs) != 0 {
		t.Errorf("described as %v", idle)
	}
	if idle.RssBytes < 1<<20 || idle.OpenFds < 3 || idle.Goroutines < 3 {
		t.Errorf("it uses %v", idle)
	}
	if off := time.Since(time.UnixMicro(idle.ClockUnixUs)); off < 0 || off > 10*time.Second {
		t.Errorf("its clock is off by %v", off)
	}
	plan := planFor(target)
	plan.Tasks[0].PacingMs = 0 // as fast as it can
	w.prepare(request("run", 4, plan))
	l := w.attach("run", 4, 0)
	l.start(1)
	var busy *pb.WorkerInfo
	labtest.Await(t, "the load to show in the figures", func() bool {
		busy = describe()
		return busy.CpuPercent > 20
	})
	if len(busy.Runs) != 1 || busy.Runs[0].RunId != "run" || busy.Runs[0].Epoch != 4 ||
		busy.Runs[0].State != "running" {
		t.Errorf("it does %v", busy.Runs)
	}
	if busy.RssBytes < idle.RssBytes+1<<20 {
		t.Errorf("the engine's memory does not show: %d after %d", busy.RssBytes, idle.RssBytes)
	}
	w.discard("run", 4)
	// Asking costs CPU as well, which the figures show: it is asked once per sample.
	labtest.Await(t, "the load to leave the figures", func() bool {
		<-time.After(sampleEvery)
		return describe().CpuPercent < 15
	})
}

func TestHealthIsServed(t *testing.T) {
	w := startWorker(t)
	client := healthpb.NewHealthClient(w.conn)
	for _, service := range []string{"", "hazard.v1.Agent"} {
		answer, err := client.Check(labtest.Within(t), &healthpb.HealthCheckRequest{Service: service})
		if err != nil || answer.Status != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q is %v (%v)", service, answer, err)
		}
	}
}

// check runs one check and gives its steps, summary and end.
func (w *worker) check(ctx context.Context, plan *pb.Plan) ([]*pb.CheckStep, *pb.CheckSummary, error) {
	w.t.Helper()
	stream, err := w.client.Check(ctx, &pb.CheckRequest{Plan: plan})
	if err != nil {
		w.t.Fatal(err)
	}
	var steps []*pb.CheckStep
	var summary *pb.CheckSummary
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return steps, summary, nil
		}
		if err != nil {
			return steps, summary, err
		}
		if step := event.GetStep(); step != nil {
			steps = append(steps, step)
		}
		if event.GetSummary() != nil {
			summary = event.GetSummary()
		}
	}
}

func TestACheckRunsOneIteration(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	steps, summary, err := w.check(labtest.Within(t), planFor(target))
	if err != nil || len(steps) != 1 || string(steps[0].Response.Body) != "ok" || summary.GetOk() != 1 {
		t.Errorf("checked %v, %v (%v)", steps, summary, err)
	}
	if hits := target.Hits.Load(); hits != 1 {
		t.Errorf("%d requests were sent", hits)
	}
}

func TestACheckReachesOnlyWhatTheWorkerAllows(t *testing.T) {
	w, target := startWorker(t, func(c *Config) { c.AllowedTargets = []string{"127.0.0.9"} }), labtest.StartSite(t)
	steps, summary, err := w.check(labtest.Within(t), planFor(target))
	if err != nil || len(steps) != 1 || steps[0].ErrorKind != "denied_target" || summary.GetFailed() != 1 {
		t.Errorf("checked %v, %v (%v)", steps, summary, err)
	}
	if hits := target.Hits.Load(); hits != 0 {
		t.Errorf("%d requests reached a target that is not allowed", hits)
	}
}

func TestACheckThatCannotRunTellsFindings(t *testing.T) {
	w := startWorker(t)
	if _, summary, err := w.check(labtest.Within(t), &pb.Plan{Hazard: 1}); err != nil || summary != nil {
		t.Errorf("a plan without tasks: %v (%v)", summary, err)
	}
}

func TestACheckThatCrashesIsAnError(t *testing.T) {
	w := startWorker(t, func(c *Config) { c.CheckCommand = []string{"sh", "-c", "echo broken >&2; exit 1"} })
	_, _, err := w.check(labtest.Within(t), &pb.Plan{})
	isCode(t, err, codes.Internal, "code 1: broken")
}

func TestACheckEndsWithItsCaller(t *testing.T) {
	file := t.TempDir() + "/pid"
	w := startWorker(t, func(c *Config) {
		c.CheckCommand = []string{"sh", "-c", "echo $$ > " + file + "; sleep 60 & wait"}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, _, err := w.check(ctx, &pb.Plan{})
		ended <- err
	}()
	pid := 0
	labtest.Await(t, "the check", func() bool {
		pid = pidIn(file)
		return pid != 0
	})
	cancel()
	isCode(t, <-ended, codes.Canceled, "")
	labtest.Await(t, "the check to go", func() bool { return isGone(pid) })
}

func TestAWorkerThatGoesHandsOverTheLastFrames(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	pid := w.pid("run")
	l := w.attach("run", 1, 0)
	l.start(1)
	target.AwaitMore(t)
	go func() { // a controller that keeps a frame before it acknowledges it
		for {
			l.mu.Lock()
			end, more := l.end, l.more
			l.mu.Unlock()
			if end != nil {
				return
			}
			if frames := l.frames(); len(frames) > 0 {
				time.Sleep(100 * time.Millisecond)
				l.ack(frames[len(frames)-1].Seq)
			}
			<-more
		}
	}()
	one := w.agent.find("run")
	started := time.Now()
	w.leave()
	if took := time.Since(started); took > killAfter+3*time.Second {
		t.Errorf("going took %v", took)
	}
	if !isGone(pid) {
		t.Error("the engine outlives its worker")
	}
	if left := len(one.frames); left != 0 {
		t.Errorf("the worker went with %d frames that its controller had not kept", left)
	}
	_ = l.ended()
	frames := l.frames()
	if hits := target.Hits.Load(); requests(frames) != hits || !frames[len(frames)-1].Last {
		t.Errorf("the frames tell %d of %d requests", requests(frames), hits)
	}
}

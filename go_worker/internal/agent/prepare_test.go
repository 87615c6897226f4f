package agent

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

func TestAPlanThatCannotRunIsAnsweredWithFindings(t *testing.T) {
	w := startWorker(t)
	plan := &pb.Plan{Hazard: 1, Name: "empty"}
	response, err := w.client.Prepare(labtest.Within(t), request("run", 1, plan))
	if err != nil || response.Ready || len(response.Findings) == 0 || response.Findings[0].Where == "" {
		t.Errorf("answered %v (%v)", response, err)
	}
	if len(w.agent.list()) != 0 {
		t.Error("a refused run is kept")
	}
}

func TestAnEngineThatEndsWhilePreparingTellsWhy(t *testing.T) {
	w := startWorker(t, func(c *Config) {
		c.EngineCommand = []string{"sh", "-c", "echo no memory left >&2; exit 7"}
	})
	_, err := w.client.Prepare(labtest.Within(t), request("run", 1, &pb.Plan{}))
	isCode(t, err, codes.Internal, "code 7 while preparing: no memory left")
	if len(w.agent.list()) != 0 {
		t.Error("a run without engine is kept")
	}
}

func TestAnEngineThatDoesNotReadIsGivenUp(t *testing.T) {
	w := startWorker(t, func(c *Config) { c.EngineCommand = []string{"sleep", "60"} })
	w.agent.prepareWithin = 300 * time.Millisecond
	// More than a pipe holds, so that handing the plan over blocks.
	plan := &pb.Plan{Description: strings.Repeat("x", 1<<20)}
	started := time.Now()
	_, err := w.client.Prepare(labtest.Within(t), request("run", 1, plan))
	isCode(t, err, codes.DeadlineExceeded, "did not compile the plan in 300ms")
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("giving up took %v", took)
	}
	if len(w.agent.list()) != 0 {
		t.Error("a run without engine is kept")
	}
}

func TestACallerThatGoesTakesItsEngineWithIt(t *testing.T) {
	w := startWorker(t, func(c *Config) { c.EngineCommand = []string{"sleep", "60"} })
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		_, err := w.client.Prepare(ctx, request("run", 1, &pb.Plan{}))
		failed <- err
	}()
	labtest.Await(t, "the engine", func() bool { return w.agent.find("run") != nil })
	pid := w.pid("run")
	cancel()
	isCode(t, <-failed, codes.Canceled, "")
	labtest.Await(t, "the engine to go", func() bool { return isGone(pid) && w.agent.find("run") == nil })
}

func TestARunThatIsOverIsRefused(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	late := request("run", 1, once(target))
	late.NotAfterUnixMs = time.Now().Add(-time.Second).UnixMilli()
	response, err := w.client.Prepare(labtest.Within(t), late)
	if err != nil || response.Ready || response.Findings[0].Code != "run-is-over" {
		t.Errorf("answered %v (%v)", response, err)
	}
}

func TestTheLongestRunBoundsThePlan(t *testing.T) {
	w, target := startWorker(t, func(c *Config) { c.Caps = &pb.Caps{RunMs: 1500} }), labtest.StartSite(t)
	for _, asked := range []int64{0, time.Now().Add(time.Hour).UnixMilli()} {
		one := request("run", 1, planFor(target))
		one.NotAfterUnixMs = asked
		w.prepare(one)
		l := w.attach("run", 1, 0)
		started := time.Now()
		l.start(1)
		target.AwaitMore(t)
		if lasted := target.AwaitSilence(t).Sub(started); lasted > 2500*time.Millisecond {
			t.Errorf("asked for %d the run lasted %v", asked, lasted)
		}
		l.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		w.discard("run", 1)
	}
}

func TestTheWorkersListOfTargetsHolds(t *testing.T) {
	w, target := startWorker(t, func(c *Config) { c.AllowedTargets = []string{"127.0.0.9"} }), labtest.StartSite(t)
	w.prepare(request("run", 1, once(target)))
	l := w.attach("run", 1, 0)
	l.start(1)
	l.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if hits := target.Hits.Load(); hits != 0 {
		t.Errorf("%d requests reached a target that is not allowed", hits)
	}
	if frames := l.frames(); requests(frames) != 1 {
		t.Errorf("the frames tell %v", frames)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	w := startWorker(t)
	for _, one := range []*pb.PrepareRequest{{RunId: "run"}, {Plan: &pb.Plan{}}} {
		_, err := w.client.Prepare(labtest.Within(t), one)
		isCode(t, err, codes.InvalidArgument, "needs an id and a plan")
	}
}

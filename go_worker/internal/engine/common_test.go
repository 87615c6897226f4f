package engine

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// visits is a server that gives each path a new token and remembers who came with which.
type visits struct {
	mu   sync.Mutex
	list []string
}

func (v *visits) handle(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = append(v.list, r.URL.Path+" "+r.URL.Query().Get("t"))
	if r.URL.Path == "/broken" {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = w.Write([]byte(`{"t":"token-of` + strings.ReplaceAll(r.URL.Path, "/", "-") + `"}`))
}

func (v *visits) count(visit string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, one := range v.list {
		if one == visit {
			n++
		}
	}
	return n
}

// commonPlan saves a value once per run and one per worker, uses both, and tears down at both scopes.
func commonPlan(url string) *pb.Plan {
	saving := func(name string) *pb.Step {
		step := getStep(name, url+"/"+name)
		step.GetRequest().Extractors = []*pb.Extractor{{Variable: name, Language: &pb.Extractor_Jmespath{Jmespath: "t"}}}
		return step
	}
	plan := planOf([]*pb.Stage{users(2, 300)}, getStep("work", url+"/work?t={{run}}+{{worker}}"))
	plan.Setup = []*pb.SetupStep{{Scope: pb.SetupScope_SETUP_SCOPE_RUN, Step: saving("run")},
		{Scope: pb.SetupScope_SETUP_SCOPE_WORKER, Step: saving("worker")}}
	plan.SharedTeardown = []*pb.SetupStep{
		{Scope: pb.SetupScope_SETUP_SCOPE_RUN, Step: getStep("end", url+"/end?t={{run}}")},
		{Scope: pb.SetupScope_SETUP_SCOPE_WORKER, Step: getStep("leave", url+"/leave?t={{worker}}")}}
	return plan
}

func (c *child) setUp(command *pb.SetUp) *pb.SharedStepsDone {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_SetUp{SetUp: command}})
	wanted := pb.SharedSteps_SHARED_STEPS_SETUP_OF_WORKER
	if command.OfRun {
		wanted = pb.SharedSteps_SHARED_STEPS_SETUP_OF_RUN
	}
	return c.done(wanted)
}

func (c *child) done(steps pb.SharedSteps) *pb.SharedStepsDone {
	c.t.Helper()
	return c.await(steps.String(), func(e *pb.EngineEvent) bool {
		return e.GetSharedSteps() != nil && e.GetSharedSteps().Steps == steps
	}).GetSharedSteps()
}

func (c *child) tearDown(ofRun bool) {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_TearDown{TearDown: &pb.TearDown{OfRun: ofRun}}})
}

func TestValuesOfTheRunReachEveryWorkerBeforeItsLoad(t *testing.T) {
	seen := &visits{}
	server := startCounting(t, seen.handle)
	var workers []*child
	for index := range uint32(2) {
		prepare := prepareOf(commonPlan(server.url))
		prepare.Request.Share = &pb.Share{Index: index, Count: 2}
		workers = append(workers, startChild(t, prepare))
	}
	first := workers[0].setUp(&pb.SetUp{OfRun: true})
	if first.Failure != nil || len(first.Values) != 1 || string(first.Values[0].Text) != "token-of-run" {
		t.Fatalf("the setup of the run gave %v", first)
	}
	if n := server.hits.Load(); n != 1 {
		t.Fatalf("%d requests before the values were there", n)
	}
	for _, c := range workers {
		if done := c.setUp(&pb.SetUp{Values: first.Values}); done.Failure != nil || done.Interrupted {
			t.Fatalf("the setup of a worker gave %v", done)
		}
	}
	for _, c := range workers {
		c.start(time.Now())
	}
	for _, c := range workers {
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_AWAITS_TEAR_DOWN)
	}
	workers[0].tearDown(false)
	workers[1].tearDown(true)
	if done := workers[1].done(pb.SharedSteps_SHARED_STEPS_TEARDOWN_OF_RUN); done.Failure != nil {
		t.Errorf("the teardown gave %v", done)
	}
	ok := uint64(0)
	for _, c := range workers {
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		for entry := range uint32(6) {
			ok += c.totals(entry).ok
		}
		ok -= c.totals(3).ok // whole iterations
	}
	for visit, want := range map[string]int{"/run ": 1, "/worker ": 2, "/leave token-of-worker": 2, "/end token-of-run": 1} {
		if n := seen.count(visit); n != want {
			t.Errorf("%s came %d times instead of %d", visit, n, want)
		}
	}
	if work := seen.count("/work token-of-run token-of-worker"); uint64(work)+6 != server.hits.Load() || work < 4 {
		t.Errorf("%d of %d requests had both values", work, server.hits.Load())
	}
	if hits := server.hits.Load(); ok != hits {
		t.Errorf("%d requests counted, %d came", ok, hits)
	}
}

func TestAFailedSetupIsLocatedAndNothingElseIsSent(t *testing.T) {
	server := startCounting(t, (&visits{}).handle)
	plan := commonPlan(server.url)
	plan.Setup[0].Step.GetRequest().Url = server.url + "/broken?t={{pass}}"
	plan.Setup[0].Step.GetRequest().Extractors = nil
	plan.Setup[0].Step.GetRequest().Assertions = []*pb.Assertion{{Name: "knows {{pass}}", Target: pb.Target_TARGET_BODY, Expected: "{{pass}}"}}
	plan.Variables = []*pb.Variable{{Name: "pass", Secret: &pb.SecretRef{Key: "pass"}}}
	prepare := prepareOf(plan)
	prepare.Request.Secrets = []*pb.RunSecret{{Key: "pass", Value: "hunter2"}}
	c := startChild(t, prepare)
	failure := c.setUp(&pb.SetUp{OfRun: true}).GetFailure()
	if failure.GetWhere() != "setup[0].step" || failure.GetName() != "run" || failure.GetText() == "" {
		t.Errorf("the failure is %v", failure)
	}
	c.stop(&pb.Stop{Force: true})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if n := server.hits.Load(); n != 1 {
		t.Errorf("%d requests came", n)
	}
	if sum := c.totals(1); sum != (totals{failed: 1}) {
		t.Errorf("counted %+v", sum)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, event := range c.events {
		if strings.Contains(event.String(), "hunter2") {
			t.Errorf("the secret is told: %v", event)
		}
	}
}

func TestAFailureInsideAParallelStepOfSetupIsFound(t *testing.T) {
	server := startCounting(t, (&visits{}).handle)
	plan := commonPlan(server.url)
	plan.Setup[0].Step = &pb.Step{Kind: &pb.Step_Parallel{Parallel: &pb.Parallel{Steps: []*pb.Step{
		getStep("fine", server.url+"/run"), getStep("bad", server.url+"/broken")}}}}
	c := startChild(t, prepareOf(plan))
	failure := c.setUp(&pb.SetUp{OfRun: true}).GetFailure()
	if failure.GetWhere() != "setup[0].step.parallel.steps[1]" || failure.GetName() != "bad" {
		t.Errorf("the failure is %v", failure)
	}
	c.stop(&pb.Stop{})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
}

func TestAStopDuringSetupEndsIt(t *testing.T) {
	release := make(chan struct{})
	server := startCounting(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	c := startChild(t, prepareOf(commonPlan(server.url)))
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_SetUp{SetUp: &pb.SetUp{OfRun: true}}})
	labtest.Await(t, "the first request", func() bool { return server.hits.Load() > 0 })
	c.stop(&pb.Stop{Force: true})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if done := c.done(pb.SharedSteps_SHARED_STEPS_SETUP_OF_RUN); !done.Interrupted {
		t.Errorf("the setup gave %v", done)
	}
	if sum := c.totals(1); sum != (totals{aborted: 1}) {
		t.Errorf("counted %+v", sum)
	}
}

func TestACheckRunsSharedStepsAroundTheTasks(t *testing.T) {
	seen := &visits{}
	server := startCounting(t, seen.handle)
	plan := commonPlan(server.url)
	plan.Setup = append(plan.Setup, &pb.SetupStep{Step: getStep("user", server.url+"/user?t={{worker}}")})
	plan.Teardown = []*pb.Step{getStep("bye", server.url+"/bye")}
	if got := order(t, plan); got != "run worker user work bye leave end" {
		t.Errorf("the order is %q", got)
	}
	if seen.count("/end token-of-run") != 1 || seen.count("/user token-of-worker") != 1 {
		t.Errorf("seen %v", seen.list)
	}
}

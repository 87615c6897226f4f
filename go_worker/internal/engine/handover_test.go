package engine

import (
	"testing"
	"time"

	"hazard/internal/pb"
)

// handing is a worker of several that is told what the others leave.
func handing(t *testing.T, plan *pb.Plan, index, count uint32) *child {
	t.Helper()
	prepare := prepareOf(plan)
	prepare.Request.Share = &pb.Share{Index: index, Count: count}
	prepare.Request.HandOver = true
	return startChild(t, prepare)
}

func (c *child) reshare(command *pb.Reshare) {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Reshare{Reshare: command}})
}

// count tells how often an engine told a state.
func (c *child) count(status pb.EngineStatus) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, event := range c.events {
		if event.GetState().GetStatus() == status {
			n++
		}
	}
	return n
}

func TestAWorkerThatIsDoneTakesIterationsThatAnotherLeft(t *testing.T) {
	server := startCounting(t, nil)
	stages := []*pb.Stage{
		{Kind: pb.StageKind_STAGE_KIND_ITERATIONS, To: 30, Users: 4},
		{Kind: pb.StageKind_STAGE_KIND_ITERATIONS, To: 11, Users: 1}}
	c := handing(t, planOf(stages, getStep("one", server.url)), 0, 2)
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_DONE)
	if hits := server.hits.Load(); hits != 15+11 {
		t.Fatalf("%d iterations of its own", hits)
	}
	// Stage 0 has passed here, so what is left of it cannot be done by this worker.
	c.reshare(&pb.Reshare{Share: &pb.Share{Count: 1}, Iterations: []*pb.IterationPart{{Stage: 0, Count: 9}, {Stage: 1, Count: 5}}})
	for c.count(pb.EngineStatus_ENGINE_STATUS_DONE) < 2 {
		time.Sleep(time.Millisecond)
	}
	c.stop(&pb.Stop{})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	c.await("what is told of stage 1", func(e *pb.EngineEvent) bool {
		return e.GetLog().GetText() == "9 iterations of stage 1 were left by a lost worker and come too late here"
	})
	if sum := c.totals(0); sum.ok != 15+11+5 || server.hits.Load() != sum.ok {
		t.Errorf("counted %+v, %d came", sum, server.hits.Load())
	}
}

func TestIterationsLeftArriveDuringTheirStageAndBeforeIt(t *testing.T) {
	server := startCounting(t, nil)
	stages := []*pb.Stage{users(2, 300), {Kind: pb.StageKind_STAGE_KIND_ITERATIONS, To: 300, Users: 2}}
	plan := planOf(stages, getStep("one", server.url))
	plan.Tasks[0].ThinkTime = &pb.Pause{MinMs: 20}
	c := handing(t, plan, 1, 2)
	c.start(time.Now())
	c.reshare(&pb.Reshare{Share: &pb.Share{Count: 1}, Iterations: []*pb.IterationPart{{Stage: 1, Count: 3}}})
	frame := c.await("a frame of stage 2", func(e *pb.EngineEvent) bool { return e.GetFrame().GetStage() == 2 }).GetFrame()
	before := uint64(0)
	for _, one := range c.frames() {
		before += one.IterationsStarted
		if one == frame {
			break
		}
	}
	if frame.IterationsLeft == 0 || frame.IterationsLeft >= 153 {
		t.Errorf("%d iterations left after some were begun", frame.IterationsLeft)
	}
	c.reshare(&pb.Reshare{Share: &pb.Share{Count: 1}, Iterations: []*pb.IterationPart{{Stage: 1, Count: 4}}})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_DONE)
	c.stop(&pb.Stop{})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if sum := c.totals(0); sum.started != before+frame.IterationsLeft+4 || sum.ok != sum.started {
		t.Errorf("counted %+v; %d before, %d left and 4 more", sum, before, frame.IterationsLeft)
	}
}

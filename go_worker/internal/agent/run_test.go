package agent

import (
	"slices"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

func pause() *pb.RunCommand {
	return &pb.RunCommand{Kind: &pb.RunCommand_Pause{Pause: &pb.PauseLoad{}}}
}

func resume() *pb.RunCommand {
	return &pb.RunCommand{Kind: &pb.RunCommand_Resume{Resume: &pb.ResumeLoad{}}}
}

func stop() *pb.RunCommand {
	return &pb.RunCommand{Kind: &pb.RunCommand_Stop{Stop: &pb.Stop{}}}
}

func TestARunFromPrepareToDiscard(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	response := w.prepare(request("run", 1, planFor(target)))
	if len(response.Entries) != 2 || response.WorkerId != w.agent.info.WorkerId {
		t.Errorf("prepared %v", response)
	}
	pid := w.pid("run")
	l := w.attach("run", 1, 0)
	l.start(1)
	l.frame(2)
	if text := l.command(2, stop()); text != "" {
		t.Errorf("stop: %s", text)
	}
	l.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	frames := l.frames()
	if hits := target.Hits.Load(); requests(frames) != hits || hits < 10 || !frames[len(frames)-1].Last {
		t.Errorf("the frames tell %d of %d requests", requests(frames), hits)
	}
	w.discard("run", 1)
	if !isGone(pid) {
		t.Error("the engine outlives its run")
	}
	isCode(t, l.ended(), codes.NotFound, "discarded")
	isCode(t, w.attach("run", 1, 0).ended(), codes.NotFound, "does not know run")
}

func TestFramesAreKeptUntilTheyAreAcknowledged(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	first := w.attach("run", 1, 0)
	first.start(1)
	first.frame(2)
	first.cancel()
	one := w.agent.find("run")
	labtest.Await(t, "a frame that no stream sees", func() bool {
		one.mu.Lock()
		defer one.mu.Unlock()
		return one.frames[len(one.frames)-1].Seq > 2
	})
	second := w.attach("run", 1, 1) // frame 2 arrived, but was not kept
	second.frame(4)
	if got := seqs(second.frames()); !slices.Equal(got[:3], []uint64{2, 3, 4}) {
		t.Errorf("after frame 1 came %v", got)
	}
	second.ack(3)
	labtest.Await(t, "the acknowledged frames to go", func() bool {
		one.mu.Lock()
		defer one.mu.Unlock()
		return len(one.frames) > 0 && one.frames[0].Seq == 4
	})
	second.cancel()
	third := w.attach("run", 1, 0)
	third.command(2, stop())
	third.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if got := seqs(third.frames()); got[0] != 4 || !slices.IsSorted(got) {
		t.Errorf("after the acknowledged ones came %v", got)
	}
	merged := map[uint64]*pb.Frame{}
	for _, frame := range slices.Concat(first.frames(), second.frames(), third.frames()) {
		merged[frame.Seq] = frame
	}
	sum := uint64(0)
	for _, frame := range merged {
		sum += requests([]*pb.Frame{frame})
	}
	if hits := target.Hits.Load(); sum != hits {
		t.Errorf("three streams tell %d of %d requests", sum, hits)
	}
}

func TestAnAttachTellsTheLatestState(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, once(target)))
	l := w.attach("run", 1, 0)
	l.start(1)
	l.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	later := w.attach("run", 1, 0)
	later.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	later.frame(1)
}

func TestAnAttachTellsWhyAnEngineFailedAlsoAfterItsEnd(t *testing.T) {
	r := &run{epoch: 1}
	r.keepState(&pb.EngineState{Status: pb.EngineStatus_ENGINE_STATUS_FAILED, Reason: "a setup step failed"})
	r.keepState(&pb.EngineState{Status: pb.EngineStatus_ENGINE_STATUS_FINISHED})
	box, err := r.attach(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, event := range box.take() {
		if state := event.GetState(); state != nil {
			told = append(told, state.Status.String()+state.Reason)
		}
	}
	want := []string{"ENGINE_STATUS_FAILEDa setup step failed", "ENGINE_STATUS_FINISHED"}
	if !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}

func TestARepeatedCommandIsAnsweredAndNotDone(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	l := w.attach("run", 1, 0)
	l.start(1)
	l.command(2, pause())
	target.AwaitSilence(t)
	l.command(3, resume())
	target.AwaitMore(t)
	again := w.attach("run", 1, 0)
	if text := again.command(2, pause()); text != "" {
		t.Errorf("the repeated command is answered %q", text)
	}
	target.AwaitMore(t)
	again.command(4, pause())
	target.AwaitSilence(t)
}

func TestAnAcknowledgementWithANumberCounts(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, once(target)))
	l := w.attach("run", 1, 0)
	l.start(1)
	l.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	l.command(2, &pb.RunCommand{Kind: &pb.RunCommand_Ack{Ack: &pb.Ack{Seq: 100}}})
	one := w.agent.find("run")
	one.mu.Lock()
	defer one.mu.Unlock()
	if len(one.frames) != 0 {
		t.Errorf("%d acknowledged frames are kept", len(one.frames))
	}
}

func TestAnEngineThatIsKilledIsReported(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	l := w.attach("run", 1, 0)
	l.start(1)
	l.frame(1)
	if err := syscall.Kill(w.pid("run"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if exit := l.exit(); exit.Code != 128+9 || exit.Expected {
		t.Errorf("the exit is %v", exit)
	}
	if text := l.command(5, pause()); text == "" {
		t.Error("a command to a dead engine is done")
	}
	// A controller that comes back later is told too.
	if exit := w.attach("run", 1, 0).exit(); exit.Code != 128+9 {
		t.Errorf("the exit is %v", exit)
	}
	info, err := w.client.Describe(labtest.Within(t), &pb.DescribeRequest{})
	if err != nil || len(info.Runs) != 1 || info.Runs[0].State != "ended" {
		t.Errorf("described as %v (%v)", info.GetRuns(), err)
	}
}

func TestAStreamThatFallsBehindEndsInsteadOfGrowing(t *testing.T) {
	box := newMailbox()
	for range fullMailbox + 1 {
		box.put(&pb.RunEvent{})
	}
	select {
	case <-box.gone:
		isCode(t, box.why, codes.ResourceExhausted, "attach again")
	default:
		t.Error("a full mailbox stays open")
	}
}

func TestAnswersAreKeptForTheNewestCommands(t *testing.T) {
	var kept answers
	for seq := uint64(1); seq <= keptAnswers+10; seq++ {
		kept.keep(seq, "done")
	}
	if _, known := kept.find(10); known {
		t.Error("the oldest answers are kept")
	}
	if _, known := kept.find(11); !known {
		t.Error("a newer answer is forgotten")
	}
	if len(kept.texts) != keptAnswers || len(kept.order) != keptAnswers {
		t.Errorf("%d answers are kept", len(kept.texts))
	}
}

package agent

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

func TestPreparingAgainIsHarmless(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	first := w.prepare(request("run", 3, planFor(target)))
	pid := w.pid("run")
	second := w.prepare(request("run", 3, planFor(target)))
	if len(second.Entries) != len(first.Entries) || w.pid("run") != pid {
		t.Error("a repeated Prepare started another engine")
	}
}

func TestANewerControllerTakesARunningEngineOver(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 3, planFor(target)))
	pid := w.pid("run")
	old := w.attach("run", 3, 0)
	old.start(1)
	old.command(2, pause())
	target.AwaitSilence(t)

	w.prepare(request("run", 4, planFor(target)))
	isCode(t, old.ended(), codes.Aborted, "took over")
	if w.pid("run") != pid {
		t.Error("taking over started another engine")
	}
	newer := w.attach("run", 4, 0)
	// Its numbers are its own: the older controller's number 2 was something else.
	newer.command(2, resume())
	target.AwaitMore(t)

	_, err := w.client.Prepare(labtest.Within(t), request("run", 3, planFor(target)))
	isCode(t, err, codes.FailedPrecondition, "newer controller")
	isCode(t, w.attach("run", 3, 0).ended(), codes.FailedPrecondition, "newer controller")
	_, err = w.client.Discard(labtest.Within(t), &pb.DiscardRequest{RunId: "run", Epoch: 3})
	isCode(t, err, codes.FailedPrecondition, "newer controller")
	target.AwaitMore(t)
}

func TestAnAttachOfAHigherEpochTakesOverAsWell(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	old := w.attach("run", 1, 0)
	old.start(1)
	newer := w.attach("run", 2, 0)
	isCode(t, old.ended(), codes.Aborted, "took over")
	_, err := w.client.Prepare(labtest.Within(t), request("run", 1, planFor(target)))
	isCode(t, err, codes.FailedPrecondition, "newer controller")
	newer.command(1, stop())
	newer.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
}

func TestAStreamOfTheSameEpochReplacesTheOlder(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 1, planFor(target)))
	old := w.attach("run", 1, 0)
	old.start(1)
	newer := w.attach("run", 1, 0)
	isCode(t, old.ended(), codes.Aborted, "took over")
	newer.command(2, pause())
	target.AwaitSilence(t)
}

func TestACommandOfALowerEpochEndsItsStream(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 5, planFor(target)))
	l := w.attach("run", 5, 0)
	l.start(1)
	l.epoch = 4
	l.send(2, stop())
	isCode(t, l.ended(), codes.FailedPrecondition, "newer controller")
	target.AwaitMore(t)
}

func TestAForgottenRunIsStillFenced(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	w.prepare(request("run", 7, once(target)))
	w.discard("run", 8)
	_, err := w.client.Prepare(labtest.Within(t), request("run", 7, once(target)))
	isCode(t, err, codes.FailedPrecondition, "newer controller")
	w.prepare(request("run", 8, once(target)))
}

func TestFencesAreBounded(t *testing.T) {
	a := &Agent{fences: map[string]*fence{}, runs: map[string]*run{"run-0": {}}}
	kept := a.fenceOf("run-0")
	for i := 1; i < 2*mostFences; i++ {
		a.fenceOf(fmt.Sprint("run-", i))
	}
	if len(a.fences) > mostFences || a.fences["run-0"] != kept {
		t.Errorf("%d fences, the one of a run that is here kept: %v", len(a.fences), a.fences["run-0"] == kept)
	}
}

func TestTheFirstCommandMustAttach(t *testing.T) {
	w := startWorker(t)
	stream, err := w.client.Run(labtest.Within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.RunCommand{RunId: "run", Kind: &pb.RunCommand_Heartbeat{}}); err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	isCode(t, err, codes.InvalidArgument, "attach")
}

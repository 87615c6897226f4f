package agent

import (
	"syscall"
	"testing"
	"time"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

func TestARunWithoutControllerStops(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	one := request("run", 1, planFor(target))
	one.OrphanGraceMs = 1000
	w.prepare(one)
	pid := w.pid("run")
	l := w.attach("run", 1, 0)
	l.start(1)
	target.AwaitMore(t)
	left := time.Now()
	l.cancel()
	if silent := target.AwaitSilence(t).Sub(left); silent > 2*time.Second {
		t.Errorf("load went on for %v", silent)
	}
	labtest.Await(t, "the engine to go", func() bool { return isGone(pid) })
	// The numbers wait for a controller that comes back.
	again := w.attach("run", 1, 0)
	if exit := again.exit(); exit.Code != 0 || !exit.Expected {
		t.Errorf("the exit is %v", exit)
	}
	again.state(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	frames := again.frames()
	if hits := target.Hits.Load(); requests(frames) != hits || !frames[len(frames)-1].Last {
		t.Errorf("the frames tell %d of %d requests", requests(frames), hits)
	}
}

func TestHeartbeatsKeepARunAlive(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	one := request("run", 1, planFor(target))
	one.OrphanGraceMs = 700
	w.prepare(one)
	l := w.attach("run", 1, 0)
	l.start(1)
	for range 10 {
		time.Sleep(200 * time.Millisecond)
		l.send(0, &pb.RunCommand{Kind: &pb.RunCommand_Heartbeat{Heartbeat: &pb.Heartbeat{}}})
	}
	target.AwaitMore(t)
}

func TestAnOrphanThatHangsIsKilled(t *testing.T) {
	now := time.Now()
	one := &run{grace: time.Second, heard: now, link: &tunnel{}, state: &pb.EngineState{
		Status: pb.EngineStatus_ENGINE_STATUS_RUNNING}}
	for _, moment := range []struct {
		after time.Duration
		want  verdict
	}{
		{900 * time.Millisecond, goOn},
		{1100 * time.Millisecond, stopIt},
		{1200 * time.Millisecond, goOn}, // once
		{time.Second + defaultDrain + killAfter + time.Millisecond, killIt},
	} {
		if got := one.judge(now.Add(moment.after)); got != moment.want {
			t.Errorf("after %v: verdict %d, not %d", moment.after, got, moment.want)
		}
	}
}

func TestTheGraceBeginsWhenTheEngineIsReady(t *testing.T) {
	now := time.Now()
	one := &run{grace: time.Second, heard: now, link: &tunnel{}}
	if got := one.judge(now.Add(5 * time.Second)); got != goOn {
		t.Errorf("an engine that still compiles is judged %d", got)
	}
	one.state = &pb.EngineState{Status: pb.EngineStatus_ENGINE_STATUS_PREPARED}
	if got := one.judge(now.Add(5900 * time.Millisecond)); got != goOn {
		t.Errorf("0.9 s after it was ready it is judged %d", got)
	}
	if got := one.judge(now.Add(6100 * time.Millisecond)); got != stopIt {
		t.Errorf("the control: 1.1 s after it was ready it is judged %d", got)
	}
}

func TestAnEngineThatHangsAtItsLatestEndIsKilled(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	end := time.Now().Add(2 * time.Second)
	one := request("run", 1, planFor(target))
	one.NotAfterUnixMs = end.UnixMilli()
	w.prepare(one)
	pid := w.pid("run")
	l := w.attach("run", 1, 0)
	l.start(1)
	target.AwaitMore(t)
	// A stopped process cannot stop itself in time.
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if exit := l.exit(); exit.Code != 128+9 || exit.Expected {
		t.Errorf("the exit is %v", exit)
	}
	if late := time.Since(end); late > cutWithin+2*time.Second {
		t.Errorf("killed %v after its latest end", late)
	}
}

func TestTheLatestEndHoldsWithoutAnyCommand(t *testing.T) {
	w, target := startWorker(t), labtest.StartSite(t)
	end := time.Now().Add(1500 * time.Millisecond)
	one := request("run", 1, planFor(target))
	one.NotAfterUnixMs = end.UnixMilli()
	w.prepare(one)
	w.attach("run", 1, 0).start(1)
	target.AwaitMore(t)
	if late := target.AwaitSilence(t).Sub(end); late > 500*time.Millisecond {
		t.Errorf("load went on for %v after its latest end", late)
	}
}

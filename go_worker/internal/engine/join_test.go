package engine

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

// joining is a worker that was prepared for a run that goes on.
func joining(t *testing.T, plan *pb.Plan) *child {
	t.Helper()
	prepare := prepareOf(plan)
	prepare.Request.Share = &pb.Share{Index: 1, Count: 2}
	prepare.Request.HandOver, prepare.Request.Joins = true, true
	return startChild(t, prepare)
}

// owned is how many of the numbers from first on and below end belong to a share.
func owned(first, end uint64, share *pb.Share) (n uint64) {
	for i := first; i < end; i++ {
		if i%uint64(share.Count) == uint64(share.Index) {
			n++
		}
	}
	return n
}

func TestNoArrivalIsLostOrDoubledWhenAWorkerJoinsAChangedLoad(t *testing.T) {
	for _, spacing := range []pb.ArrivalSpacing{pb.ArrivalSpacing_ARRIVAL_SPACING_UNIFORM, pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON} {
		server := startCounting(t, nil)
		first, second, third := arrivals(300, 200), arrivals(1000, 60_000), arrivals(600, 1500)
		first.Spacing, second.Spacing, third.Spacing = spacing, spacing, spacing
		plan := planOf([]*pb.Stage{first, second}, getStep("one", server.url))
		start := time.Now().Add(300 * time.Millisecond)
		at := func(ms int) int64 { return start.Add(time.Duration(ms) * time.Millisecond).UnixMicro() }
		changes := []*pb.LoadChange{
			{Kind: &pb.LoadChange_SetLoad{SetLoad: &pb.SetLoad{AtUnixUs: at(500), Stages: []*pb.Stage{third}}}},
			{Kind: &pb.LoadChange_Pause{Pause: &pb.PauseLoad{AtUnixUs: at(800)}}},
			{Kind: &pb.LoadChange_Resume{Resume: &pb.ResumeLoad{AtUnixUs: at(1000)}}},
		}
		var workers []*child
		for index := range uint32(2) {
			c := handing(t, plan, index, 2)
			c.start(start)
			for _, change := range changes {
				switch kind := change.Kind.(type) {
				case *pb.LoadChange_SetLoad:
					c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_SetLoad{SetLoad: kind.SetLoad}})
				case *pb.LoadChange_Pause:
					c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Pause{Pause: kind.Pause}})
				case *pb.LoadChange_Resume:
					c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Resume{Resume: kind.Resume}})
				}
			}
			c.reshare(&pb.Reshare{AtUnixUs: at(1300), Share: &pb.Share{Index: index, Count: 3}, Joined: true})
			workers = append(workers, c)
		}
		c := joining(t, plan)
		share := &pb.Share{Index: 2, Count: 3}
		c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Start{Start: &pb.Start{StartAtUnixUs: at(0),
			Join: &pb.JoinLoad{AtUnixUs: at(1300), Share: share, Changes: changes}}}})
		started := uint64(0)
		for _, one := range append(workers, c) {
			one.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
			sum := one.totals(0)
			started += sum.started
			if sum.dropped > 0 || sum.ok != sum.started {
				t.Errorf("counted %+v", sum)
			}
		}
		if got := c.totals(0).started; spacing == pb.ArrivalSpacing_ARRIVAL_SPACING_UNIFORM {
			// 60 and 300 were planned before the change, 360 between it and the join, 540 after it.
			if want := owned(720, 1260, share); got != want || started != 1260 {
				t.Errorf("%d arrivals began, 1260 were planned; the worker that joined had %d, not %d", started, got, want)
			}
		} else if want := alone(t, plan, start, changes); started != want || got == 0 {
			t.Errorf("%d arrivals began, one worker alone has %d; the one that joined had %d", started, want, got)
		}
		if server.hits.Load() != started {
			t.Errorf("%d requests came, %d were counted", server.hits.Load(), started)
		}
	}
}

// alone is how many arrivals a load of Poisson spacing has after its changes.
func alone(t *testing.T, plan *pb.Plan, start time.Time, changes []*pb.LoadChange) uint64 {
	t.Helper()
	r, findings := newRun(prepareOf(plan), func(*pb.EngineEvent) {})
	if r == nil {
		t.Fatal(findings)
	}
	d := r.driver
	d.join(r.moment(start.UnixMicro()), r.moment(start.Add(time.Hour).UnixMicro()), d.share, changes, r.moment)
	return d.base
}

func TestUsersMoveToTheWorkerThatJoinsOneAfterTheOther(t *testing.T) {
	const window = 30 * time.Millisecond
	var at, soon atomic.Int64
	server := startCounting(t, func(http.ResponseWriter, *http.Request) {
		if since := time.Now().UnixMicro() - at.Load(); since >= 0 && since < window.Microseconds() {
			soon.Add(1)
		}
	})
	plan := planOf([]*pb.Stage{users(40, 60_000)}, getStep("one", server.url))
	plan.Tasks[0].ThinkTime = &pb.Pause{MinMs: 50, MaxMs: 550}
	start := time.Now()
	first := handing(t, plan, 0, 1)
	first.start(start)
	first.await("forty users, a while apart", func(e *pb.EngineEvent) bool {
		return e.GetFrame().GetUsers() == 40 && e.GetFrame().Seq > 2
	})
	second := joining(t, plan)
	second.awaitState(pb.EngineStatus_ENGINE_STATUS_PREPARED)
	at.Store(time.Now().Add(300 * time.Millisecond).UnixMicro())
	second.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Start{Start: &pb.Start{StartAtUnixUs: start.UnixMicro(),
		Join: &pb.JoinLoad{AtUnixUs: at.Load(), Share: &pb.Share{Index: 1, Count: 2}}}}})
	first.reshare(&pb.Reshare{AtUnixUs: at.Load(), Share: &pb.Share{Count: 2}, Joined: true})
	for _, one := range []*child{first, second} {
		one.await("twenty users", func(e *pb.EngineEvent) bool { return e.GetFrame().GetUsers() == 20 })
	}
	for _, one := range []*child{first, second} {
		one.stop(&pb.Stop{})
		one.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	}
	if one, two := first.totals(0), second.totals(0); one.ok+two.ok != server.hits.Load() || two.ok == 0 {
		t.Errorf("%d requests came, counted %+v and %+v", server.hits.Load(), one, two)
	}
	// Two of those who stay and two of those who moved, give or take; all at once they were 22.
	if soon.Load() > 12 {
		t.Errorf("%d requests came within %v of the move", soon.Load(), window)
	}
}

func TestATargetThatTheWorkerDoesNotAllowKeepsItFromJoining(t *testing.T) {
	plan := planOf(nil, getStep("one", "http://{{host}}/a/{{$user}}"))
	plan.Variables = []*pb.Variable{{Name: "host", Value: proto.String("192.0.2.7:{{port}}")},
		{Name: "port", Value: proto.String("81")}}
	prepare := prepareOf(plan)
	if r, findings := newRun(prepare, func(*pb.EngineEvent) {}); r == nil {
		t.Fatal(findings)
	}
	prepare.Request.Joins = true
	r, findings := newRun(prepare, func(*pb.EngineEvent) {})
	if r != nil || len(findings) != 1 || findings[0].Code != "denied-target" ||
		findings[0].Where != "tasks[0].steps[0].request.url" {
		t.Errorf("%v", findings)
	}
	prepare.AllowedTargets = []string{"192.0.2.0/24:81"}
	if r, findings := newRun(prepare, func(*pb.EngineEvent) {}); r == nil {
		t.Error(findings)
	}
}

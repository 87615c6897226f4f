package engine

import (
	"sync"
	"time"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/schedule"
	"hazard/internal/stats"
)

// frames sends what happened once a second, at the ends of wall-clock seconds.
type frames struct {
	run      *run
	recorder *stats.Recorder
	health   *health
	mu       sync.Mutex // one frame at a time
	seq      uint64
	started  uint64
	dropped  uint64
	late     uint64
	planned  plannedCounts
	ended    bool
	stop     chan struct{}
	stopped  chan struct{}
}

func newFrames(r *run) *frames {
	return &frames{run: r, recorder: r.recorder, health: newHealth(),
		stop: make(chan struct{}), stopped: make(chan struct{})}
}

// work sends frames until close.
func (f *frames) work() {
	defer close(f.stopped)
	for {
		now := time.Now()
		end := now.Truncate(time.Second).Add(time.Second)
		select {
		case <-time.After(end.Sub(now)):
			f.send(end.Unix()-1, false)
			f.run.floor.tidy()
		case <-f.stop:
			return
		}
	}
}

// finish sends the last frame.
func (f *frames) finish() {
	close(f.stop)
	<-f.stopped
	f.send(time.Now().Unix(), true)
	f.health.close()
}

func (f *frames) send(second int64, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	f.ended = last
	f.seq++
	floor := f.run.floor
	level := *f.run.driver.target.Load()
	frame := &pb.Frame{
		RunId: f.run.id, WorkerId: f.run.workerID, Second: second, Seq: f.seq, Last: last,
		Steps: f.recorder.Collect(), Users: float64(floor.busyUsers()),
		InFlight:  uint64(max(f.run.control.inFlight.Load(), 0)),
		Generator: &pb.Generator{ScheduleLagMaxUs: uint64(max(floor.lagUs.Swap(0), 0))},
	}
	f.started, frame.IterationsStarted = since(f.started, floor.started.Load())
	f.dropped, frame.ArrivalsDropped = since(f.dropped, floor.dropped.Load())
	f.late, frame.ArrivalsLate = since(f.late, floor.late.Load())
	frame.PlanVersion = floor.program.Load().Version
	f.planned = floor.planned.tell(f.planned, frame)
	frame.Stage = f.run.driver.handed.stage.Load()
	frame.IterationsLeft = uint64(max(floor.remaining.Load(), 0))
	share := f.run.driver.shareNow()
	if level.Kind == pb.StageKind_STAGE_KIND_ARRIVALS {
		frame.TargetRate = level.Value / float64(share.Count)
	} else {
		frame.TargetUsers = float64(share.Below(schedule.Wanted(level.Value)))
	}
	f.health.read(frame.Generator)
	ports, files := http1.KindPortExhausted.String(), http1.KindFDExhausted.String()
	for _, step := range frame.Steps {
		for _, e := range step.Errors {
			e.Text = f.run.mask.text(e.Text)
			frame.Generator.PortsExhausted = frame.Generator.PortsExhausted || e.Kind == ports
			frame.Generator.FdsExhausted = frame.Generator.FdsExhausted || e.Kind == files
		}
	}
	f.run.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_Frame{Frame: frame}})
}

// since is the new count and how much it grew. One that was taken back just now grows later.
func since(before, now uint64) (count, grown uint64) {
	if now < before {
		return before, 0
	}
	return now, now - before
}

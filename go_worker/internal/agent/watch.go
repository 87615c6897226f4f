package agent

import (
	"time"

	"hazard/internal/pb"
)

const (
	watchEvery = 250 * time.Millisecond
	// cutWithin is how long after not_after an engine may need to cut what is in flight.
	cutWithin = 3 * time.Second
)

// verdict is what has to happen to an engine.
type verdict uint8

const (
	goOn verdict = iota
	stopIt
	endIt  // it has nothing left to do
	killIt // it did not end by itself
)

// watch ends the run when nobody asks for it any more, and at the latest when the plan says so. The
// engine ends at not_after by itself; the watch is there for one that hangs.
func (r *run) watch() {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-r.child.ended:
			return
		case now := <-ticker.C:
			switch r.judge(now) {
			case goOn:
			case stopIt:
				r.log.Warn("no controller; stopping the run", "run", r.id, "grace", r.grace)
				go r.stopOrphan()
			case endIt:
				r.child.end(killAfter)
				return
			case killIt:
				r.log.Warn("killing an engine that did not end", "run", r.id)
				r.child.kill()
				return
			}
		}
	}
}

func (r *run) judge(now time.Time) verdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	// While the engine gets ready, its controller waits for the answer to Prepare, which has a limit
	// of its own.
	if r.link.alive() || r.state == nil {
		r.heard = now
	}
	status := r.state.GetStatus()
	finished := status == pb.EngineStatus_ENGINE_STATUS_FINISHED
	sending := status != pb.EngineStatus_ENGINE_STATUS_DRAINED && !finished
	silent := now.Sub(r.heard)
	over := !r.notAfter.IsZero() && now.After(r.notAfter)
	switch {
	case over && sending && now.After(r.notAfter.Add(cutWithin)),
		over && now.After(r.notAfter.Add(defaultDrain+killAfter)) && !finished,
		r.orphaned && silent > r.grace+defaultDrain+killAfter && !finished:
		return killIt
	case r.orphaned && finished && silent > r.grace:
		return endIt
	case silent > r.grace && !r.orphaned:
		r.orphaned, r.stopped = true, true
		return stopIt
	}
	return goOn
}

func (r *run) stopOrphan() {
	stop := &pb.Stop{DrainMs: uint32(defaultDrain / time.Millisecond)}
	if err := r.child.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Stop{Stop: stop}}); err != nil {
		r.log.Warn("stopping an orphaned run", "run", r.id, "error", err)
	}
}

package engine

import (
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// beginning is when and how the load of this worker begins.
type beginning struct {
	at   time.Time    // start of the run's schedule
	join *pb.JoinLoad // nil: the worker is there from the start
}

// join brings a worker that is new to what the load has become, and gives the start of the schedule.
func (r *run) join(start int64, join *pb.JoinLoad) (origin int64) {
	share := schedule.ShareOf(join.Share)
	r.share = share
	r.deal(join.Share)
	return r.driver.join(start, r.moment(join.AtUnixUs), share, join.Changes, r.moment)
}

// join works out what the schedule has become at a moment, without running any of it, and gives its
// start. Before the driver runs.
func (d *driver) join(start, at int64, share schedule.Share, changes []*pb.LoadChange, moment func(int64) int64) int64 {
	d.origin, d.share = start, share
	d.shown.Store(&share)
	for _, change := range changes {
		switch kind := change.Kind.(type) {
		case *pb.LoadChange_SetLoad:
			at := moment(kind.SetLoad.AtUnixUs)
			d.base = d.pass(time.Duration(at - d.origin))
			d.replaceStages(at, kind.SetLoad.Stages)
		case *pb.LoadChange_Pause:
			d.paused = moment(kind.Pause.AtUnixUs)
		case *pb.LoadChange_Resume:
			if d.paused != 0 {
				d.origin += max(moment(kind.Resume.AtUnixUs)-d.paused, 0)
				d.paused = 0
			}
		}
	}
	d.from = time.Duration(at - d.origin)
	d.floor.reshare(share, d.from, false)
	d.floor.planned.reached.Store(d.pass(d.from))
	return d.origin
}

// pass leaves the arrivals before a moment to those who were there, and gives the number of the next
// one. Stages that have passed count as done.
func (d *driver) pass(until time.Duration) (next uint64) {
	next = d.base
	for i := range d.plan.Stages {
		stage := &d.plan.Stages[i]
		if stage.Start > until {
			return next
		}
		if stage.Kind != pb.StageKind_STAGE_KIND_ARRIVALS {
			continue
		}
		d.marked[stage] = next
		next = schedule.NewArrivals(stage, next, d.seed).SkipTo(min(until, stage.End))
		if stage.End <= until {
			d.done[stage], d.base = true, next
		}
	}
	return next
}

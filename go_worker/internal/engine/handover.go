package engine

import (
	"context"
	"sync/atomic"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// handed is what a worker keeps of the share that it was prepared with, and what lost workers left it.
type handed struct {
	own schedule.Share
	// waits: at the end of a last iteration stage the worker waits for what others leave.
	waits bool
	tell  func(pb.EngineStatus, string)
	// parts are iterations of lost workers by the stage's number; begun: the own part was handed out.
	parts map[uint32]uint64
	begun map[uint32]bool
	// last is the iteration stage that ended the schedule; nil: another stage did.
	last *schedule.Stage
	// stage is 1 + the number of the stage that runs, or ran last.
	stage atomic.Uint32
}

// reshare changes the worker's part from a moment on, and gives it what a lost worker left.
func (r *run) reshare(command *pb.Reshare) {
	share := schedule.ShareOf(command.Share)
	r.driver.at(r.moment(command.AtUnixUs), func(int64) {
		r.inherit(command.Rows)
		if command.Joined {
			r.deal(command.Share)
		}
		r.driver.tellLost(command.Lost, func(moment int64) int64 { return (r.unixAt + moment - r.engineAt) / 1000 })
		r.driver.reshare(share, command.Iterations, len(command.Rows) > 0)
	})
}

// inherit takes over rows of feeds.
func (r *run) inherit(rows []*pb.RowStream) {
	for _, left := range rows {
		if feed := r.feeds.find(left.Feed); feed != nil {
			feed.Inherit(left)
		}
	}
}

// deal takes the rows of a share, of feeds that begin again.
func (r *run) deal(share *pb.Share) {
	for _, feed := range r.feeds.all() {
		feed.Deal(share)
	}
}

// reshare takes effect now. On the driver's goroutine.
func (d *driver) reshare(share schedule.Share, iterations []*pb.IterationPart, rows bool) {
	d.share = share
	d.shown.Store(&share)
	for _, part := range iterations {
		switch stage := d.stage; {
		case stage != nil && stage.Number == part.Stage && d.isCurrent(stage):
			d.floor.remaining.Add(int64(part.Count))
		case part.Stage+1 > d.handed.stage.Load():
			d.handed.parts[part.Stage] += part.Count
		case d.handed.last != nil && d.handed.last.Number == part.Stage && d.current() == nil:
			d.handed.parts[part.Stage] += part.Count
			d.plan.Stages, d.stage = []schedule.Stage{*d.handed.last}, nil
			d.handed.tell(pb.EngineStatus_ENGINE_STATUS_RUNNING, "")
		default:
			d.floor.log("error", "%d iterations of stage %d were left by a lost worker and come too late here",
				part.Count, part.Stage+1)
		}
	}
	d.floor.reshare(share, d.from, rows)
}

func (d *driver) isCurrent(stage *schedule.Stage) bool {
	now := d.current()
	return now != nil && now.Number == stage.Number
}

// awaitMore waits at the end of the load for what a lost worker leaves; false: the load is over.
func (d *driver) awaitMore() bool {
	if !d.handed.waits || d.handed.last == nil || d.handed.own.Count < 2 {
		return false
	}
	d.handed.tell(pb.EngineStatus_ENGINE_STATUS_DONE, "")
	for d.current() == nil {
		if d.wait(schedule.Forever) == stopped {
			return false
		}
	}
	return true
}

// runIterations hands out a fixed number of iterations. Only workers that have users of the stage get
// a part of them, by the share that they were prepared with.
func (d *driver) runIterations(stage *schedule.Stage) outcome {
	if d.stage != stage {
		d.stage = stage
		part := schedule.Share{Index: d.handed.own.Index, Count: min(d.handed.own.Count, stage.Users)}
		count := d.handed.parts[stage.Number]
		if part.Index < part.Count && !d.handed.begun[stage.Number] {
			count += part.Below(stage.Iterations)
		}
		d.handed.begun[stage.Number] = true
		delete(d.handed.parts, stage.Number)
		d.floor.remaining.Store(int64(count))
		d.floor.enter(modeIterations)
	}
	d.floor.wantUsers(stage.Users)
	d.shownAt = -time.Second
	d.mark(stage)
	for {
		if d.floor.exhausted() || (d.floor.busyUsers() == 0 && d.floor.remaining.Load() <= 0) {
			// The stage is over for this worker: what follows begins now.
			d.shorten(stage)
			return due
		}
		// When the last one ends nobody tells the driver: it looks.
		result := d.wait(min(stage.End, d.offset()+10*time.Millisecond))
		if result != due || d.offset() >= stage.End {
			return result
		}
	}
}

// shorten ends a stage now and moves the later ones up.
func (d *driver) shorten(stage *schedule.Stage) {
	now := d.offset()
	for i := range d.plan.Stages {
		if &d.plan.Stages[i] == stage {
			stages := d.plan.Stages[i+1:]
			if len(stages) > 0 {
				d.origin += int64(now) - int64(stages[0].Start)
			} else {
				d.handed.last = stage
			}
			d.plan.Stages = stages
			return
		}
	}
}

// guardRows holds the feeds to the rows that the controller allows.
func (r *run) guardRows() {
	for _, feed := range r.feeds.all() {
		feed.Guard(r.askRows, r.control.stopped)
	}
	r.askRows()
}

// askRows lets tellRows ask; it never waits.
func (r *run) askRows() {
	select {
	case r.rowsShort <- struct{}{}:
	default:
	}
}

// tellRows asks for rows whenever they run short.
func (r *run) tellRows(ctx context.Context) {
	for {
		select {
		case <-r.rowsShort:
		case <-ctx.Done():
			return
		}
		asked := &pb.RowsAsked{}
		for _, feed := range r.feeds.all() {
			asked.Streams = append(asked.Streams, feed.Asking()...)
		}
		if len(asked.Streams) > 0 {
			r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_Rows{Rows: asked}})
		}
	}
}

func (r *run) allowRows(command *pb.AllowRows) {
	if command.Recall {
		kept := &pb.RowsAsked{GivenBack: true}
		for _, feed := range r.feeds.all() {
			kept.Streams = append(kept.Streams, feed.Recall()...)
		}
		r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_Rows{Rows: kept}})
		return
	}
	for _, given := range command.Streams {
		if feed := r.feeds.find(given.Feed); feed != nil {
			feed.Allow(given)
		}
	}
}

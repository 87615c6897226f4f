package engine

import (
	"sync/atomic"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// driver walks through the schedule and tells the floor who runs when. One goroutine; changes reach
// it as functions over commands.
type driver struct {
	floor    *floor
	commands chan func()
	seed     uint64

	plan   schedule.Schedule
	origin int64  // start of the schedule on the engine's clock
	base   uint64 // number of the next arrival stage's first arrival
	share  schedule.Share
	shown  atomic.Pointer[schedule.Share] // share, for frames
	stage  *schedule.Stage                // the one that runs
	handed handed
	marked map[*schedule.Stage]uint64 // first arrival number of stages entered so far
	done   map[*schedule.Stage]bool   // arrival stages whose arrivals were all handed out
	from   time.Duration              // when the last change took effect
	// paused since when; pauseAt and resumeAt when that will change. 0: not.
	paused, pauseAt, resumeAt int64

	timer   *time.Timer
	shownAt time.Duration // when target was last set
	pending []change
	// target is what the schedule wants now, for frames.
	target atomic.Pointer[schedule.Level]
}

// change is something that happens to the schedule at a moment.
type change struct {
	at     int64 // when it is due here
	moment int64 // what all workers were told, which is earlier where it was heard late
	apply  func(moment int64)
}

func newDriver(f *floor, plan schedule.Schedule, share schedule.Share, seed uint64) *driver {
	d := &driver{floor: f, commands: make(chan func(), 16), seed: seed, plan: plan, share: share,
		marked: map[*schedule.Stage]uint64{}, done: map[*schedule.Stage]bool{}, timer: time.NewTimer(time.Hour)}
	d.target.Store(&schedule.Level{})
	d.shown.Store(&share)
	d.handed = handed{own: share, parts: map[uint32]uint64{}, begun: map[uint32]bool{}}
	f.share = share
	return d
}

// shareNow is the worker's share, from any goroutine.
func (d *driver) shareNow() schedule.Share { return *d.shown.Load() }

func (d *driver) offset() time.Duration { return time.Duration(d.floor.now() - d.origin) }

// outcome of waiting.
type outcome uint8

const (
	due outcome = iota
	changed
	stopped
)

// run drives the load from origin on until the schedule or the load ends.
func (d *driver) run(origin int64) {
	defer d.timer.Stop()
	d.origin = origin
	if d.wait(0) == stopped {
		return
	}
	for {
		stage := d.current()
		if stage == nil {
			if d.awaitMore() {
				continue
			}
			d.windDown()
			return
		}
		d.handed.stage.Store(1 + stage.Number)
		result := due
		switch stage.Kind {
		case pb.StageKind_STAGE_KIND_ARRIVALS:
			result = d.runArrivals(stage)
		case pb.StageKind_STAGE_KIND_ITERATIONS:
			result = d.runIterations(stage)
		default:
			result = d.runUsers(stage)
		}
		if result == stopped {
			return
		}
	}
}

// windDownLimit is how long iterations may take to end by themselves after the schedule.
const windDownLimit = time.Second

// windDown lets what was begun end by itself: users finish their iteration, and arrivals that were
// late or waited for a user start. What takes longer is interrupted between its steps.
func (d *driver) windDown() {
	if mode(d.floor.mode.Load()) != modeArrivals {
		d.floor.wantUsers(0)
	}
	deadline := d.floor.now() + int64(windDownLimit)
	for d.floor.now() < deadline && !d.floor.control.Stopping() {
		if d.floor.idleWithin(20 * time.Millisecond) {
			return
		}
	}
}

// current is the stage of this moment; nil after the last. An arrival stage is not left before its
// arrivals were handed out: a generator that was held up starts them late, and never leaves them out.
func (d *driver) current() *schedule.Stage {
	now := d.offset()
	for i := range d.plan.Stages {
		stage := &d.plan.Stages[i]
		owes := stage.Kind == pb.StageKind_STAGE_KIND_ARRIVALS && !d.done[stage]
		if now < stage.End || owes {
			return stage
		}
	}
	return nil
}

// wait sleeps until a moment of the schedule, doing what is commanded meanwhile.
func (d *driver) wait(until time.Duration) outcome {
	for {
		if d.floor.control.Stopping() {
			return stopped
		}
		d.turn(until)
		if d.applyPending(until) {
			return changed
		}
		now := d.floor.now()
		left := int64(until) - (now - d.origin)
		if until == schedule.Forever {
			left = int64(time.Hour)
		}
		if left <= 0 && d.paused == 0 {
			return due
		}
		if len(d.pending) > 0 {
			left = min(left, d.pending[0].at-now)
		}
		left = min(left, d.untilTurn(now))
		if d.paused != 0 {
			left = d.untilTurn(now)
		}
		d.timer.Reset(time.Duration(left))
		select {
		case <-d.timer.C:
		case command := <-d.commands:
			command()
		case <-d.floor.control.stopped:
			return stopped
		}
	}
}

// applyPending makes the changes that are due and not later than a moment of the schedule: what was
// planned before a change happens before it, however late the driver is.
func (d *driver) applyPending(until time.Duration) bool {
	applied := false
	for len(d.pending) > 0 && d.pending[0].at <= d.floor.now() && d.paused == 0 {
		next := d.pending[0]
		at := time.Duration(next.at - d.origin)
		if !applied && until < at-2 { // two nanoseconds are lost in rounding
			return false
		}
		d.pending = d.pending[1:]
		d.from = max(at, 0)
		next.apply(next.moment)
		applied = true
	}
	return applied
}

// at makes a change at a moment of the engine's clock, or at once when that has passed. From any
// goroutine.
func (d *driver) at(moment int64, apply func(moment int64)) {
	d.command(func() {
		due := max(moment, d.floor.now())
		i := len(d.pending)
		for i > 0 && d.pending[i-1].at > due {
			i--
		}
		d.pending = append(d.pending[:i], append([]change{{due, moment, apply}}, d.pending[i:]...)...)
	})
}

func (d *driver) command(do func()) {
	select {
	case d.commands <- do:
	case <-d.floor.control.stopped:
	}
}

// setLoad replaces the rest of the schedule from a moment on.
func (d *driver) setLoad(moment int64, stages []*pb.Stage) {
	d.at(moment, func(moment int64) {
		if d.stage != nil && d.stage.Kind == pb.StageKind_STAGE_KIND_ARRIVALS {
			offset := time.Duration(moment - d.origin)
			d.base = schedule.NewArrivals(d.stage, d.marked[d.stage], d.seed).SkipTo(offset)
		}
		d.replaceStages(moment, stages)
	})
}

// replaceStages lets other stages begin at a moment, from the load of that moment on.
func (d *driver) replaceStages(moment int64, stages []*pb.Stage) {
	level := d.plan.At(time.Duration(moment - d.origin))
	d.plan, _ = schedule.Compile(stages, level)
	d.origin, d.stage = moment, nil
	d.marked, d.done = map[*schedule.Stage]uint64{}, map[*schedule.Stage]bool{}
}

func (d *driver) runUsers(stage *schedule.Stage) outcome {
	d.stage, d.shownAt = stage, -time.Second
	d.floor.enter(modeUsers)
	for i := range stage.Pieces {
		piece := stage.Pieces[i]
		offset := d.offset()
		if offset >= piece.End {
			continue
		}
		wanted := schedule.Wanted(piece.At(max(offset, piece.Start)))
		d.floor.wantUsers(wanted)
		for {
			d.mark(stage)
			next, more := piece.NextChange(wanted, d.share)
			until := piece.End
			if more {
				until = next.At
			}
			if result := d.waitWhileData(until); result != due {
				return result
			}
			switch {
			case !more:
			case next.Begin:
				wanted = next.User + 1
				d.floor.begin(next.User)
				continue
			default:
				wanted = next.User
				d.floor.end(next.User)
				continue
			}
			break
		}
	}
	return due
}

// waitWhileData is wait, but looks now and then whether the users still have data: when none has, the
// load is done.
func (d *driver) waitWhileData(until time.Duration) outcome {
	for d.floor.limited && d.offset() < until {
		if result := d.wait(min(until, d.offset()+50*time.Millisecond)); result != due {
			return result
		}
		if d.floor.exhausted() {
			d.plan.Stages = nil
			return changed
		}
	}
	return d.wait(until)
}

// mark shows what the schedule wants now, at most every 10 ms.
func (d *driver) mark(stage *schedule.Stage) {
	now := min(d.offset(), stage.End-1)
	if now >= d.shownAt && now < d.shownAt+10*time.Millisecond {
		return
	}
	d.shownAt = now
	level := d.plan.At(now)
	d.target.Store(&level)
}

func (d *driver) runArrivals(stage *schedule.Stage) outcome {
	d.stage, d.shownAt = stage, -time.Second
	base, known := d.marked[stage]
	if !known {
		base = d.base
		d.marked[stage] = base
	}
	d.floor.enter(modeArrivals)
	coming := schedule.NewArrivals(stage, base, d.seed)
	if known {
		coming.SkipTo(d.from)
	}
	for {
		d.mark(stage)
		number, at, more := coming.Next(d.share)
		if !more {
			break
		}
		if result := d.wait(at); result != due {
			return result
		}
		d.floor.planned.reached.Store(number + 1)
		d.floor.arrive(d.origin + int64(at))
	}
	result := d.wait(stage.End)
	d.done[stage] = result == due
	if result == due {
		d.base = schedule.NewArrivals(stage, base, d.seed).SkipTo(stage.End)
		d.floor.planned.reached.Store(d.base)
	}
	return result
}

package engine

import (
	"sync"
	"sync/atomic"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// planned counts the planned starts of arrival stages. Those that came due were started, dropped or
// given up, or wait for a user.
type planned struct {
	due     atomic.Uint64
	started atomic.Uint64
	givenUp atomic.Uint64
	reached atomic.Uint64

	mu   sync.Mutex
	lost []*pb.LostStarts // since the last frame
}

// plannedCounts are the counts that were told.
type plannedCounts struct{ due, started, givenUp uint64 }

// tell puts what happened since the last frame into the next one.
func (p *planned) tell(before plannedCounts, frame *pb.Frame) plannedCounts {
	var now plannedCounts
	now.started, frame.ArrivalsStarted = since(before.started, p.started.Load())
	now.givenUp, frame.ArrivalsGivenUp = since(before.givenUp, p.givenUp.Load())
	now.due, frame.ArrivalsDue = since(before.due, p.due.Load())
	frame.ArrivalsReached = p.reached.Load()
	p.mu.Lock()
	defer p.mu.Unlock()
	frame.LostStarts, p.lost = p.lost, nil
	return now
}

// tellLost finds the planned starts of lost workers that nobody sends: those since their last word,
// up to now. unixUs turns the engine's clock into the wall clock. On the driver's goroutine.
func (d *driver) tellLost(workers []*pb.LostWorker, unixUs func(int64) int64) {
	if len(workers) == 0 {
		return
	}
	found := make([]*pb.LostStarts, 0, len(workers))
	for _, worker := range workers {
		found = append(found, d.lostBy(worker, unixUs)...)
	}
	p := &d.floor.planned
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = append(p.lost, found...)
}

// lostBy is what one worker did not send, by second; at least one line, so that the asker knows.
func (d *driver) lostBy(worker *pb.LostWorker, unixUs func(int64) int64) []*pb.LostStarts {
	lines := []*pb.LostStarts{{WorkerId: worker.WorkerId, Second: worker.LastSecond, Count: worker.Waiting}}
	d.plannedSince(worker.Reached, func(number uint64, at int64) {
		// The time of what an earlier load planned is not known any more.
		moment, second := worker.LastSecond*1_000_000, worker.LastSecond
		if at >= 0 {
			moment = unixUs(d.origin + at)
			second = moment / 1_000_000
		}
		if !heldAt(worker.Shares, moment).Owns(number) {
			return
		}
		if last := lines[len(lines)-1]; last.Second == second {
			last.Count++
			return
		}
		lines = append(lines, &pb.LostStarts{WorkerId: worker.WorkerId, Second: second, Count: 1})
	})
	return lines
}

// heldAt is the share that a worker had at a moment.
func heldAt(shares []*pb.HeldShare, unixUs int64) schedule.Share {
	held := schedule.Share{Index: 0, Count: 1}
	for i, one := range shares {
		if i == 0 || one.SinceUnixUs <= unixUs {
			held = schedule.ShareOf(one.Share)
		}
	}
	return held
}

// plannedSince visits the planned starts of the whole run from a number on that came due before the
// change that takes effect now, with their time from the start of the schedule; -1: not known.
func (d *driver) plannedSince(first uint64, visit func(number uint64, at int64)) {
	known := d.base
	for i := range d.plan.Stages {
		if base, entered := d.marked[&d.plan.Stages[i]]; entered {
			known = min(known, base)
		}
	}
	for number := first; number < known; number++ {
		visit(number, -1)
	}
	for i := range d.plan.Stages {
		stage := &d.plan.Stages[i]
		base, entered := d.marked[stage]
		if !entered {
			continue
		}
		end := stage.End
		if !d.done[stage] {
			end = d.from
		}
		after := schedule.NewArrivals(stage, base, d.seed).SkipTo(end)
		coming := schedule.NewArrivals(stage, base, d.seed)
		coming.SkipToNumber(first)
		for {
			number, at, more := coming.Next(schedule.Share{Index: 0, Count: 1})
			if !more || number >= after {
				break
			}
			visit(number, int64(at))
		}
	}
}

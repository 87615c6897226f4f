package engine

import (
	"math/rand/v2"
	"time"

	"hazard/internal/schedule"
)

// wantUsers makes the closed load this: own users below wanted run, the others end. Users that came
// with a new share begin one after the other, as they would have gone on elsewhere: all at once they
// would be a peak.
func (f *floor) wantUsers(wanted uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for index, s := range f.seats {
		if index >= wanted || !f.share.Owns(index) {
			f.unwant(s)
		}
	}
	spread := time.Duration(0)
	if f.moved {
		f.moved, spread = false, f.program.Load().MeanRest()
	}
	for index := f.share.Index; index < wanted; index += f.share.Count {
		if s := f.seatOf(index); spread > 0 && !s.busy {
			s.delay = time.Duration(rand.Int64N(int64(spread)))
		}
		f.want(index)
	}
}

// begin lets one user run.
func (f *floor) begin(index uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.want(index)
}

// end lets one user stop after its iteration.
func (f *floor) end(index uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.seats[index]; s != nil {
		f.unwant(s)
	}
}

func (f *floor) want(index uint64) {
	s := f.seatOf(index)
	s.wanted.Store(true)
	if s.busy || s.ended.Load() || f.paused.Load() || f.control.Stopping() {
		return
	}
	if mode(f.mode.Load()) == modeIterations && !f.takeIteration() {
		return
	}
	select {
	case <-s.wake: // of an earlier stage
	default:
	}
	s.planned = 0
	f.dispatch(s)
}

func (f *floor) unwant(s *seat) {
	if s.wanted.Swap(false) {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// enter begins a stage of another mode: who is not wanted any more ends.
func (f *floor) enter(m mode) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := mode(f.mode.Swap(uint32(m)))
	f.moved = f.moved && m == modeUsers
	if before == m && m != modeIterations {
		return
	}
	for _, s := range f.seats {
		f.unwant(s)
	}
	if before == modeArrivals {
		f.dropped.Add(uint64(len(f.queue)))
		f.queue, f.idle = nil, nil
	}
	if m == modeArrivals {
		f.collectIdle()
	}
}

// collectIdle finds the own users that are free for arrivals. With f.mu held.
func (f *floor) collectIdle() {
	f.idle = f.idle[:0]
	f.next = f.share.Index
	for f.next < f.most && f.seats[f.next] != nil {
		if s := f.seats[f.next]; !s.busy && !s.ended.Load() {
			f.idle = append(f.idle, s)
		}
		f.next += f.share.Count
	}
}

// arrive starts an iteration that was planned for a moment, or lets it wait for a free user.
func (f *floor) arrive(planned int64) {
	f.planned.due.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.free()
	if s == nil {
		f.dropOld()
		f.queue = append(f.queue, planned)
		return
	}
	s.planned = planned
	f.dispatch(s)
}

// free is a user without an iteration; nil: there is none. With f.mu held.
func (f *floor) free() *seat {
	if n := len(f.idle); n > 0 {
		s := f.idle[n-1]
		f.idle = f.idle[:n-1]
		return s
	}
	for f.next < f.most {
		s := f.seatOf(f.next)
		f.next += f.share.Count
		if !s.busy && !s.ended.Load() {
			return s
		}
	}
	return nil
}

// reshare changes, at a moment of the schedule, which users and arrivals belong to this worker. With
// rows users that ended for want of data go on.
func (f *floor) reshare(share schedule.Share, at time.Duration, rows bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.share, f.life, f.moved = share, 1+uint64(max(at, 0)), true
	for _, s := range f.seats {
		if rows {
			s.ended.Store(false)
		}
	}
	if mode(f.mode.Load()) == modeArrivals {
		f.collectIdle()
	}
}

// pause keeps users from beginning another iteration.
func (f *floor) pause() { f.paused.Store(true) }

// resume lets the wanted users go on; shift is how long the schedule stood still.
func (f *floor) resume(shift time.Duration) {
	f.paused.Store(false)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.queue {
		f.queue[i] += int64(shift)
	}
	for index, s := range f.seats {
		if s.wanted.Load() {
			f.want(index)
		}
	}
	for len(f.queue) > 0 {
		s := f.free()
		if s == nil {
			return
		}
		s.planned = f.queue[0]
		f.queue = f.queue[1:]
		f.dispatch(s)
	}
}

// idleWithin waits until no user is busy; false: some still are at the deadline.
func (f *floor) idleWithin(limit time.Duration) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		f.mu.Lock()
		busy, changed := f.busy, f.changed
		f.mu.Unlock()
		if busy == 0 {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		}
	}
}

// busyUsers is how many users are carried.
func (f *floor) busyUsers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy
}

// exhausted tells that every wanted user ended for want of data.
func (f *floor) exhausted() bool {
	if !f.limited {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	some := false
	for _, s := range f.seats {
		if s.wanted.Load() {
			if !s.ended.Load() || s.busy {
				return false
			}
			some = true
		}
	}
	return some
}

// abort cuts what is in flight.
func (f *floor) abort() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.seats {
		s.user.Abort()
	}
}

// leave drops what still waits when the load ends.
func (f *floor) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropped.Add(uint64(len(f.queue)))
	f.queue = nil
}

// users lists everybody who was made.
func (f *floor) users() []*seat {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]*seat, 0, len(f.seats))
	for _, s := range f.seats {
		list = append(list, s)
	}
	return list
}

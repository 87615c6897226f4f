package engine

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hazard/internal/flow"
	"hazard/internal/http1/jar"
	"hazard/internal/schedule"
	"hazard/internal/stats"
	"hazard/internal/vu"
)

// seat is a user and its place in the load.
type seat struct {
	user   *vu.VU
	wanted atomic.Bool // by a closed or an iteration stage
	wake   chan struct{}
	busy   bool        // a carrier has the user; guarded by floor.mu
	ended  atomic.Bool // the user found no data row
	// planned start of the next iteration on the engine's clock; 0: none.
	planned int64
	// delay before the next iteration, of a user that came with a new share; set while nobody carries it.
	delay time.Duration
}

// mode says where a user gets its next iteration from.
type mode uint32

const (
	modeNone mode = iota
	modeUsers
	modeArrivals
	modeIterations
)

// floor is where users and the goroutines that carry them meet. The schedule says how many users
// run; boomer's goroutines (permits) carry them first, our own carry the rest.
type floor struct {
	program  atomic.Pointer[flow.Program] // what iterations that begin now follow
	recorder *stats.Recorder
	control  *control
	log      func(level, format string, args ...any)
	// everyTask runs each task once per iteration: a plan without stages.
	everyTask bool
	// wholeSamples: see flow.Exec.
	wholeSamples bool
	// cookies of the setup steps, which every user begins with.
	cookies []jar.Cookie
	// limited: a data feed may run out, and its users end then.
	limited bool

	mode      atomic.Uint32
	paused    atomic.Bool
	remaining atomic.Int64 // iterations left of an iteration stage
	panics    atomic.Int32

	started atomic.Uint64
	late    atomic.Uint64
	dropped atomic.Uint64
	planned planned
	lagUs   atomic.Int64 // latest start against its plan since the last frame

	mu      sync.Mutex
	seats   map[uint64]*seat
	idle    []*seat // free users of arrival stages, last used last
	queue   []int64 // planned starts that wait for a free user
	share   schedule.Share
	life    uint64 // names the last change of the share; users that are made now may have been elsewhere
	moved   bool   // the share changed, and no closed stage has seen it yet
	most    uint64 // users that arrival stages may hold, over all workers
	next    uint64 // next own user of arrival stages
	busy    int
	changed chan struct{} // closed and replaced when busy falls
	permits []*carrier
	spares  []*carrier
	execs   []*flow.Exec
	// discarded counts buffers that were not kept since the last tidy.
	discarded int
	waiting   atomic.Int32 // len(permits)
}

// carrier is a goroutine that can carry a user.
type carrier struct {
	jobs  chan *seat
	own   bool
	timer *time.Timer
	exec  *flow.Exec // nil while it rests
}

const (
	// slice is how long a carrier of boomer stays away, so that boomer can end its goroutine.
	slice = time.Second
	// lateAfter is when a start counts as late.
	lateAfter = 10 * time.Millisecond
	// dropAfter is how long a planned start waits for a free user.
	dropAfter = 5 * time.Second
	maxPanics = 100
)

func newFloor(program *flow.Program, recorder *stats.Recorder, control *control) *floor {
	f := &floor{recorder: recorder, control: control,
		seats: map[uint64]*seat{}, changed: make(chan struct{})}
	f.program.Store(program)
	return f
}

func newCarrier(own bool) *carrier {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &carrier{jobs: make(chan *seat, 1), own: own, timer: timer}
}

func (f *floor) now() int64 { return f.control.now() }

// seatOf finds or makes a user. With f.mu held.
func (f *floor) seatOf(index uint64) *seat {
	s := f.seats[index]
	if s == nil {
		s = &seat{user: vu.NewAgain(f.program.Load().World, index, f.life), wake: make(chan struct{}, 1)}
		for _, one := range f.cookies {
			s.user.Client.Jar().Put(one, time.Now())
		}
		f.seats[index] = s
	}
	return s
}

// dispatch gives a user to a carrier. With f.mu held.
func (f *floor) dispatch(s *seat) {
	if !s.busy {
		s.busy = true
		f.busy++
	}
	if n := len(f.permits); n > 0 {
		c := f.permits[n-1]
		f.permits = f.permits[:n-1]
		f.waiting.Add(-1)
		c.jobs <- s
		return
	}
	if n := len(f.spares); n > 0 {
		c := f.spares[n-1]
		f.spares = f.spares[:n-1]
		c.jobs <- s
		return
	}
	go f.own(newCarrier(true), s)
}

// own is a goroutine of the engine: it carries users as long as there are some for it.
func (f *floor) own(c *carrier, s *seat) {
	for s != nil {
		f.carry(c, s)
		f.mu.Lock()
		f.spares = append(f.spares, c)
		f.mu.Unlock()
		s = f.await(c, &f.spares)
	}
}

// permit is one call of boomer's task: it carries users for a while, or waits for one.
func (f *floor) permit() {
	c := newCarrier(false)
	f.mu.Lock()
	f.permits = append(f.permits, c)
	f.waiting.Add(1)
	f.mu.Unlock()
	if s := f.await(c, &f.permits); s != nil {
		f.carry(c, s)
	}
}

// await waits for a user in a list of waiting carriers; nil after a while.
func (f *floor) await(c *carrier, list *[]*carrier) *seat {
	c.timer.Reset(slice)
	defer c.timer.Stop()
	select {
	case s := <-c.jobs:
		return s
	case <-c.timer.C:
	}
	f.mu.Lock()
	for i, one := range *list {
		if one == c {
			*list = append((*list)[:i], (*list)[i+1:]...)
			if !c.own {
				f.waiting.Add(-1)
			}
			f.mu.Unlock()
			return nil
		}
	}
	f.mu.Unlock()
	return <-c.jobs // it was given one just now
}

// carry runs iterations of a user until it has none left for now, or another carrier goes on.
func (f *floor) carry(c *carrier, s *seat) {
	began := f.now()
	defer f.putExec(c)
	delay := s.delay
	s.delay = 0
	if delay > 0 && mode(f.mode.Load()) == modeUsers && !f.restAndGoOn(c, s, delay) {
		return
	}
	for {
		rest := f.iterate(c, s)
		if rest > 0 {
			f.putExec(c)
		}
		if !f.restAndGoOn(c, s, rest) {
			return
		}
		if (c.own && f.waiting.Load() > 0) || (!c.own && f.now()-began > int64(slice)) {
			f.mu.Lock()
			f.dispatch(s)
			f.mu.Unlock()
			return
		}
	}
}

// iterate runs one iteration and gives the pause after it.
func (f *floor) iterate(c *carrier, s *seat) (rest time.Duration) {
	if f.control.Stopping() {
		if s.planned != 0 {
			f.planned.givenUp.Add(1)
		}
		return 0
	}
	f.started.Add(1)
	if s.planned != 0 {
		f.planned.started.Add(1)
		f.noteLag(f.now() - s.planned)
	}
	defer func() {
		if problem := recover(); problem != nil {
			f.notePanic(s, problem)
			c.exec = nil // what it holds is not to be trusted
			rest = 100 * time.Millisecond
		}
	}()
	f.bring(c, s.user)
	x := c.exec
	began := f.now()
	x.EveryTask, x.WholeSamples = f.everyTask, f.wholeSamples
	result := x.Iterate(s.user, s.planned)
	if result == flow.EndUser {
		f.started.Add(^uint64(0))
		if s.planned != 0 {
			f.planned.started.Add(^uint64(0))
			f.dropped.Add(1)
		}
		f.mu.Lock()
		s.ended.Store(true)
		f.mu.Unlock()
		return 0
	}
	if mode(f.mode.Load()) == modeArrivals {
		return 0
	}
	return x.Rest(began)
}

func (f *floor) noteLag(nanos int64) {
	if nanos > int64(lateAfter) {
		f.late.Add(1)
	}
	us := nanos / 1000
	for {
		seen := f.lagUs.Load()
		if us <= seen || f.lagUs.CompareAndSwap(seen, us) {
			return
		}
	}
}

// notePanic keeps a fault of the engine from ending the run or from being counted as nothing.
func (f *floor) notePanic(s *seat, problem any) {
	f.log("error", "an iteration of user %d failed inside the engine: %v", s.user.Index, problem)
	f.recorder.Record(int(s.user.Index), &stats.Sample{Entry: f.program.Load().IterationEntry(),
		Outcome: stats.Failed, Kind: "engine", Text: fmt.Sprint(problem),
		ScheduledUs: -1, FirstByteUs: -1})
	if f.panics.Add(1) >= maxPanics {
		f.log("error", "%d iterations failed inside the engine: the load ends", maxPanics)
		f.control.stop()
	}
}

// restAndGoOn pauses and asks for the next iteration; false: the user was given back.
func (f *floor) restAndGoOn(c *carrier, s *seat, rest time.Duration) bool {
	if rest > 0 && !f.control.Stopping() && s.wanted.Load() {
		c.timer.Reset(rest)
		select {
		case <-c.timer.C:
		case <-s.wake:
		case <-f.control.stopped:
		}
		c.timer.Stop()
	}
	if mode(f.mode.Load()) == modeUsers && s.wanted.Load() && !f.paused.Load() &&
		!f.control.Stopping() && !s.ended.Load() {
		s.planned = 0
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.nextFor(s) {
		return true
	}
	s.busy = false
	f.busy--
	close(f.changed)
	f.changed = make(chan struct{})
	return false
}

// nextFor tells whether the user has another iteration now. With f.mu held.
func (f *floor) nextFor(s *seat) bool {
	s.planned = 0
	if f.control.Stopping() || s.ended.Load() || f.paused.Load() {
		if mode(f.mode.Load()) == modeArrivals && !s.ended.Load() {
			f.idle = append(f.idle, s)
		}
		return false
	}
	switch mode(f.mode.Load()) {
	case modeUsers:
		return s.wanted.Load()
	case modeIterations:
		return s.wanted.Load() && f.takeIteration()
	case modeArrivals:
		if !f.share.Owns(s.user.Index) || s.user.Index >= f.most {
			return false // another worker has this user now
		}
		f.dropOld()
		if len(f.queue) > 0 {
			s.planned = f.queue[0]
			f.queue = f.queue[1:]
			return true
		}
		f.idle = append(f.idle, s)
	}
	return false
}

// takeIteration takes one of the iterations that are left of an iteration stage.
func (f *floor) takeIteration() bool {
	for {
		left := f.remaining.Load()
		if left <= 0 {
			return false
		}
		if f.remaining.CompareAndSwap(left, left-1) {
			return true
		}
	}
}

// dropOld gives up planned starts that have waited too long. With f.mu held.
func (f *floor) dropOld() {
	oldest := f.now() - int64(dropAfter)
	for len(f.queue) > 0 && f.queue[0] < oldest {
		f.queue = f.queue[1:]
		f.dropped.Add(1)
	}
}

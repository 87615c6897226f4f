package engine

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// follow is the load of a run whose users Locust counts, until the run stops.
func (r *run) follow(ctx context.Context, port uint32, logs io.Writer) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-r.control.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	r.floor.most, r.floor.wholeSamples = math.MaxUint64, true
	task := locustTask{run: r.floor.follow, spawn: func(count int) {
		level := schedule.Level{Kind: pb.StageKind_STAGE_KIND_USERS, Value: float64(count)}
		r.driver.target.Store(&level)
	}}
	link, err := startLocust(ctx, port, r.entries, r.recorder, task, logs, r.begun)
	if err != nil {
		if !r.control.Stopping() {
			r.giveUp("no link to Locust: %v", err)
		}
		return
	}
	r.locust = link
	r.state(pb.EngineStatus_ENGINE_STATUS_CONNECTED, "")
	<-r.control.stopped
}

// giveUp ends a run that cannot do what it is for.
func (r *run) giveUp(format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	r.logf("error", "%s", why)
	r.state(pb.EngineStatus_ENGINE_STATUS_FAILED, why)
	r.control.stop()
}

// follow is one call of boomer's task when Locust counts the users: one iteration of a user that is
// free. Boomer's goroutines are the users, so there are as many as Locust wants here, and each ends
// after its iteration.
func (f *floor) follow() {
	c := &carrier{}
	f.mu.Lock()
	var s *seat
	// Under the lock: who waits for idle users after a stop sees this one or it is not begun.
	if !f.control.Stopping() {
		if s = f.free(); s != nil {
			s.busy = true
			f.busy++
		}
	}
	f.mu.Unlock()
	if s == nil {
		time.Sleep(slice) // boomer calls again at once; the process ends soon
		return
	}
	rest := f.iterate(c, s)
	f.putExec(c)
	f.mu.Lock()
	s.busy = false
	f.busy--
	if !s.ended.Load() {
		f.idle = append(f.idle, s)
	}
	close(f.changed)
	f.changed = make(chan struct{})
	f.mu.Unlock()
	if rest > 0 {
		select {
		case <-time.After(rest):
		case <-f.control.stopped:
		}
	}
}

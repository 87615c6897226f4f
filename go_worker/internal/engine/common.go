package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"hazard/internal/flow"
	"hazard/internal/pb"
	"hazard/internal/vu"
)

const (
	// tearDownLimit is how long the last steps of a worker or of the run may take.
	tearDownLimit = 10 * time.Second
	// tearDownWait is how long a worker waits to be told whether the last steps of the run are its.
	tearDownWait = time.Minute
	// commonUser is the number of the user that runs the steps of all users; no real user has it.
	commonUser = 1 << 40
)

// common is the part of a run that its users have in common: setup steps of worker and run, and the
// last steps after all users.
type common struct {
	setUps    chan *pb.SetUp
	tearDowns chan *pb.TearDown
	// ready: setup is done, so teardown has something to undo.
	ready atomic.Bool
	// user runs the steps, so teardown has the cookies of setup. By the run's goroutines in turn.
	user    *vu.VU
	cutting chan struct{}
	cutOnce *sync.Once
}

func newCommon() common {
	return common{setUps: make(chan *pb.SetUp, 8), tearDowns: make(chan *pb.TearDown, 8),
		cutting: make(chan struct{}), cutOnce: &sync.Once{}}
}

// cut ends setup steps that are in flight.
func (c *common) cut() { c.cutOnce.Do(func() { close(c.cutting) }) }

// setUp begins the run's life with setup steps.
func (r *run) setUp(command *pb.SetUp) {
	r.begin()
	select {
	case r.common.setUps <- command:
	default:
		r.logf("error", "too many set-ups are waiting")
	}
}

// awaitStart does what is commanded until the start; false: the run stops before it.
func (r *run) awaitStart() (beginning, bool) {
	for {
		select {
		case first := <-r.starts:
			return first, true
		case command := <-r.common.setUps:
			r.doSetUp(command)
		case <-r.control.stopped:
			return beginning{}, false
		}
	}
}

func (r *run) doSetUp(command *pb.SetUp) {
	r.program.World.Share(command.Values)
	scope, done := pb.SetupScope_SETUP_SCOPE_WORKER, &pb.SharedStepsDone{
		Steps: pb.SharedSteps_SHARED_STEPS_SETUP_OF_WORKER}
	if command.OfRun {
		scope, done.Steps = pb.SetupScope_SETUP_SCOPE_RUN, pb.SharedSteps_SHARED_STEPS_SETUP_OF_RUN
	}
	done.Interrupted, done.Failure = r.setUpFor(scope)
	if fine := !done.Interrupted && done.Failure == nil; fine && command.OfRun {
		done.Values = r.program.World.SharedValues()
	} else if fine {
		r.common.ready.Store(true)
	}
	r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_SharedSteps{SharedSteps: done}})
}

// setUpAlone runs the setup steps of an engine that nobody told to; false: the run ends.
func (r *run) setUpAlone() bool {
	scopes := []pb.SetupScope{pb.SetupScope_SETUP_SCOPE_WORKER}
	if r.share.Index == 0 {
		scopes = []pb.SetupScope{pb.SetupScope_SETUP_SCOPE_RUN, pb.SetupScope_SETUP_SCOPE_WORKER}
	}
	for _, scope := range scopes {
		interrupted, failure := r.setUpFor(scope)
		if interrupted {
			return false
		}
		if failure != nil {
			r.giveUp("a setup step failed: %s: %s: %s", failure.Where, failure.Kind, failure.Text)
			return false
		}
	}
	if r.follows && r.common.user != nil {
		r.floor.cookies = r.common.user.Client.Jar().All(time.Now())
	}
	r.common.ready.Store(true)
	return true
}

// setUpFor runs the setup steps of a scope.
func (r *run) setUpFor(scope pb.SetupScope) (interrupted bool, failure *pb.StepFailure) {
	if !r.program.HasSetup(scope) {
		return false, nil
	}
	return r.runCommon(r.control, r.common.cutting, func(x *flow.Exec, user *vu.VU) flow.Result {
		return x.SetUpShared(user, scope)
	})
}

// runCommon runs steps by the common user; what is in flight is cut when one of the channels closes.
func (r *run) runCommon(control *control, cut <-chan struct{}, steps func(*flow.Exec, *vu.VU) flow.Result) (bool, *pb.StepFailure) {
	if r.common.user == nil {
		r.common.user = vu.New(r.program.World, commonUser)
	}
	user, program := r.common.user, r.floor.program.Load()
	user.Move(program.World)
	x := flow.NewExec(program, r.recorder, control)
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-cut:
		case <-r.forced:
		case <-done:
			return
		}
		user.Abort()
	}()
	result := steps(x, user)
	close(done)
	<-watched
	failure := x.FirstFailure()
	if failure != nil {
		failure.Text, failure.Name = r.mask.text(failure.Text), r.mask.text(failure.Name)
	}
	return result != flow.Continue, failure
}

// tearDownCommon runs the last steps of the worker, and those of the run if the controller says so.
// A forced stop leaves out those of the worker.
func (r *run) tearDownCommon() {
	defer func() {
		if r.common.user != nil {
			r.common.user.Close()
		}
	}()
	if !r.common.ready.Load() {
		return
	}
	worker, run := pb.SetupScope_SETUP_SCOPE_WORKER, pb.SetupScope_SETUP_SCOPE_RUN
	program := r.floor.program.Load()
	if program.HasTearDown(worker) && !isClosed(r.forced) && !isClosed(r.abandoned) {
		if _, failure := r.tearDownFor(worker); failure != nil {
			r.logf("error", "a teardown step failed: %s: %s: %s", failure.Where, failure.Kind, failure.Text)
		}
	}
	if !program.HasTearDown(run) || isClosed(r.abandoned) {
		return
	}
	r.state(pb.EngineStatus_ENGINE_STATUS_AWAITS_TEAR_DOWN, "")
	select {
	case command := <-r.common.tearDowns:
		done := &pb.SharedStepsDone{Steps: pb.SharedSteps_SHARED_STEPS_TEARDOWN_OF_RUN}
		if command.OfRun {
			done.Interrupted, done.Failure = r.tearDownFor(run)
		}
		r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_SharedSteps{SharedSteps: done}})
	case <-r.abandoned:
	case <-time.After(tearDownWait):
		r.logf("warn", "nobody said who runs the teardown of the run; it is left out here")
	}
}

func (r *run) tearDownFor(scope pb.SetupScope) (interrupted bool, failure *pb.StepFailure) {
	own := newControl(0, r.shared.Now)
	defer time.AfterFunc(tearDownLimit, own.stop).Stop()
	late := make(chan struct{})
	defer time.AfterFunc(tearDownLimit+cutLimit, func() { close(late) }).Stop()
	if r.common.user != nil {
		r.common.user.Revive()
	}
	return r.runCommon(own, late, func(x *flow.Exec, user *vu.VU) flow.Result {
		return x.TearDownShared(user, scope)
	})
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

// tearDown runs the last steps of every user that had an iteration, some at a time, until a deadline.
func (r *run) tearDown(deadline time.Time) {
	own := newControl(0, r.shared.Now)
	timer := time.AfterFunc(time.Until(deadline), own.stop)
	defer timer.Stop()
	users := make(chan *seat)
	var wait sync.WaitGroup
	for range 32 {
		wait.Go(func() {
			program := r.floor.program.Load()
			x := flow.NewExec(program, r.recorder, own)
			for s := range users {
				s.user.Move(program.World)
				x.TearDown(s.user)
			}
		})
	}
	for _, s := range r.floor.users() {
		if s.user.Iteration > 0 && !own.Stopping() {
			users <- s
		}
	}
	close(users)
	wait.Wait()
}

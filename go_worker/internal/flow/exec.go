package flow

import (
	"sort"
	"time"

	"hazard/internal/extract"
	"hazard/internal/http1"
	"hazard/internal/script"
	"hazard/internal/stats"
	"hazard/internal/template"
	"hazard/internal/vu"
)

// Control is how the run tells users to stop.
type Control interface {
	// Stopping: no next step is begun.
	Stopping() bool
	// Stopped is closed when Stopping becomes true.
	Stopped() <-chan struct{}
	// Admit waits until a request may be sent under the worker's caps; false: the run stops.
	Admit() bool
	// InFlight counts requests: +1 before one is sent, -1 after.
	InFlight(delta int64)
}

// Exec runs iterations, one at a time. It holds the buffers of a request, so that users cost little
// while they wait. It belongs to one goroutine.
type Exec struct {
	Program  *Program
	Recorder *stats.Recorder
	Control  Control
	// Observer sees every step in full; nil in a run.
	Observer Observer
	// EveryTask runs all tasks in each iteration, whatever the plan's order says.
	EveryTask bool
	// WholeSamples gives an iteration's sample the bytes of its requests and its first failure, for a
	// receiver that gets no others.
	WholeSamples bool

	thread  vu.Thread
	user    *vu.VU
	client  *http1.Client
	task    *task
	lateUs  int64 // how late the iteration began; -1: no planned start
	target  int   // step to jump to; -1: none
	last    int   // step after which a dry run ends its task; -1: none
	skipped bool  // the script before the request did not want it sent
	sent    bool  // the request of this step was sent, so the response belongs to it
	failed  bool  // a step of the iteration failed
	whole   whole
	shared  bool // what is saved goes to the run's scope: setup of a worker
	jumps   map[*node]uint32
	scripts int // jumps made by scripts in this iteration

	request  http1.Request
	response http1.Response
	answer   extract.Answer
	sample   stats.Sample
	buffers  buffers
	timer    *time.Timer
	branches []*Exec
	trace    *trace
	// overrides are headers that the script before the request set.
	overrides []override
}

// whole is what the requests of an iteration come to.
type whole struct {
	received   int64
	entry      uint32 // of the first failure
	kind, text string
}

// add takes what the requests of a branch came to.
func (w *whole) add(branch *whole) {
	w.received += branch.received
	if w.kind == "" {
		w.entry, w.kind, w.text = branch.entry, branch.kind, branch.text
	}
}

// noteFailure marks the iteration as failed because of the sample.
func (x *Exec) noteFailure() {
	x.failed = true
	if x.whole.kind == "" {
		x.whole.entry, x.whole.kind, x.whole.text = x.sample.Entry, x.sample.Kind, x.sample.Text
	}
}

// NewExec makes an Exec.
func NewExec(program *Program, recorder *stats.Recorder, control Control) *Exec {
	x := &Exec{Program: program, Recorder: recorder, Control: control, target: -1, last: -1}
	x.answer.Response = &x.response
	return x
}

// Result says what a user does after an iteration.
type Result uint8

// Results.
const (
	Continue Result = iota
	// EndUser: the user has no data row left.
	EndUser
	// Interrupted: the run stops.
	Interrupted
)

// Iterate runs one iteration of a user, its setup steps first if they have not run. planned is the
// start that the schedule wanted on the engine's clock (nanoseconds); 0: none.
func (x *Exec) Iterate(user *vu.VU, planned int64) Result {
	now := user.World().HTTP.Now()
	x.lateUs = -1
	if planned != 0 {
		x.lateUs = max(now-planned, 0) / 1000
	}
	x.enter(user)
	if !user.Ready {
		if result := x.setUp(user); result != Continue {
			return result
		}
	}
	if !user.Begin(&x.thread) {
		return EndUser
	}
	if x.Program.sequential || x.EveryTask {
		for _, t := range x.Program.tasks {
			if result := x.runTask(t); result != Continue {
				return result
			}
		}
		return Continue
	}
	return x.runTask(x.pick())
}

func (x *Exec) enter(user *vu.VU) {
	x.task, x.target, x.whole = nil, -1, whole{}
	x.user, x.client = user, user.Client
	x.thread.Begin(user)
	x.answer.Jar = user.Client.Jar()
}

// setUp runs the setup steps of a user. A failure is counted in their entries and does not keep the
// user from its iterations.
func (x *Exec) setUp(user *vu.VU) Result {
	if s := x.Program.setupUser.run(x); s == interrupted {
		return Interrupted
	}
	x.target = -1
	user.Ready = true
	return Continue
}

// pick chooses a task by weight.
func (x *Exec) pick() *task {
	p := x.Program
	if len(p.tasks) == 1 {
		return p.tasks[0]
	}
	drawn := x.thread.Random().Uint64N(p.weights[len(p.weights)-1])
	i := sort.Search(len(p.weights), func(i int) bool { return p.weights[i] > drawn })
	return p.tasks[i]
}

func (x *Exec) runTask(t *task) Result {
	x.task, x.failed, x.target, x.scripts, x.whole = t, false, -1, 0, whole{}
	clear(x.jumps)
	began := x.now()
	s := t.steps.run(x)
	x.target = -1
	sample := stats.Sample{Entry: t.entry, ServiceUs: (x.now() - began) / 1000, FirstByteUs: -1,
		ScheduledUs: -1}
	if x.lateUs >= 0 {
		sample.ScheduledUs = sample.ServiceUs + x.lateUs
	}
	switch {
	case s == interrupted:
		sample.Outcome = stats.Aborted
	case x.failed:
		sample.Outcome = stats.Failed
	}
	if x.WholeSamples {
		sample.Received = x.whole.received
		if sample.Outcome == stats.Failed {
			sample.Kind, sample.Text = x.whole.kind, x.whole.text
		}
	}
	x.Recorder.Record(int(x.user.Index), &sample)
	if s == interrupted {
		return Interrupted
	}
	return Continue
}

// TearDown runs the teardown steps of a user.
func (x *Exec) TearDown(user *vu.VU) {
	if x.Program.teardown == nil {
		return
	}
	x.lateUs = -1
	x.enter(user)
	x.Program.teardown.run(x)
	x.target = -1
}

// Rest is how long the user pauses after an iteration that began at began (engine's clock,
// nanoseconds): think time, or what is left of the pacing if that is longer.
func (x *Exec) Rest(began int64) time.Duration {
	if x.task == nil {
		return 0
	}
	rest := x.task.think.draw(x.thread.Random())
	if x.task.pacingMS > 0 {
		left := time.Duration(x.task.pacingMS)*time.Millisecond - time.Duration(x.now()-began)
		rest = max(rest, left)
	}
	return rest
}

func (x *Exec) now() int64 { return x.Program.World.HTTP.Now() }

// sleep waits; false: the run stops.
func (x *Exec) sleep(d time.Duration) bool {
	if d <= 0 {
		return !x.Control.Stopping()
	}
	if x.timer == nil {
		x.timer = time.NewTimer(d)
	} else {
		x.timer.Reset(d)
	}
	select {
	case <-x.timer.C:
		return true
	case <-x.Control.Stopped():
		x.timer.Stop()
		return false
	}
}

// scopeFor is where a script's variable goes: the run's scope in a worker's setup.
func (x *Exec) scopeFor(scope script.Scope) vu.Scope {
	switch {
	case x.shared:
		return vu.Run
	case scope == script.ScopeLocal:
		return vu.Iteration
	}
	return vu.User
}

// context is what templates are rendered with.
func (x *Exec) context() template.Context { return &x.thread }

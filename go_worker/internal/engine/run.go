package engine

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"hazard/internal/flow"
	"hazard/internal/http1"
	"hazard/internal/http1/dial"
	"hazard/internal/pb"
	"hazard/internal/schedule"
	"hazard/internal/stats"
	"hazard/internal/version"
)

const (
	defaultMaxUsers = 1000
	defaultDrain    = 10 * time.Second
	// cutLimit is how long users may take to notice that their requests were cut.
	cutLimit = 2 * time.Second
)

// run is one run from Prepare to Finished.
type run struct {
	id       string
	workerID string
	emit     func(*pb.EngineEvent)
	shared   *http1.Shared
	input    flow.Input    // what the plan was compiled from
	program  *flow.Program // of the start; floor has the one that holds now
	edited   editedPlan
	feeds    feeds
	// allowed are the targets that the worker allows.
	allowed []string
	// handOver: see PrepareRequest.
	handOver bool
	recorder *stats.Recorder
	control  *control
	floor    *floor
	driver   *driver
	frames   *frames
	// rowsShort wakes who asks for rows.
	rowsShort chan struct{}
	locust    *locust
	share     schedule.Share
	// follows: Locust counts the users, see EnginePrepare.
	follows bool
	// drive is the load from a moment of the engine's clock on.
	drive func(origin int64)
	// engineAt and unixAt are one moment on the engine's clock and on the wall, nanoseconds.
	engineAt, unixAt int64

	common common
	mask   *mask

	beginOnce   sync.Once
	startOnce   sync.Once
	stopOnce    sync.Once
	begun       chan struct{}  // closed by what begins the life: a set-up or a start
	starts      chan beginning // the first start
	stopping    chan pbStop    // the first stop
	forced      chan struct{}  // closed by a stop with force
	forceOnce   sync.Once
	abandoned   chan struct{} // closed when nobody commands any more
	abandonOnce sync.Once
	finished    chan struct{}
}

type pbStop struct {
	force bool
	drain time.Duration
	why   string
}

// newRun compiles a plan. The run is nil when findings hold an error.
func newRun(prepare *pb.EnginePrepare, emit func(*pb.EngineEvent)) (*run, []*pb.Finding) {
	request := prepare.GetRequest()
	plan := request.GetPlan()
	if plan == nil {
		plan = &pb.Plan{}
	}
	shared, findings := newShared(plan, request.GetOptions(), prepare.AllowedTargets,
		int(prepare.GetCaps().GetConnections()))
	if shared == nil {
		return nil, findings
	}
	userAgent := request.GetOptions().GetUserAgent()
	if userAgent == "" {
		userAgent = "hazard/" + version.Number
	}
	input := flow.Input{Plan: plan, Share: request.Share, Options: request.Options,
		Secrets: request.Secrets, Feeds: request.Feeds, Files: request.Files, HTTP: shared,
		UserAgent: userAgent, Known: request.Entries, Version: request.PlanVersion}
	program, found := flow.Compile(input)
	findings = append(findings, found...)
	compiled, problems := schedule.Compile(plan.Stages, schedule.Level{})
	for _, problem := range problems {
		findings = append(findings, finding("bad-stage", "stages", problem.Error()))
	}
	if request.Joins && !flow.Failed(findings) {
		findings = append(findings, newlyDenied(nil, program)...)
	}
	if flow.Failed(findings) {
		return nil, findings
	}
	r := &run{id: request.RunId, workerID: prepare.WorkerId, input: input, emit: emit, shared: shared,
		program: program, share: schedule.ShareOf(request.Share), common: newCommon(),
		mask: newMask(request.Secrets), begun: make(chan struct{}), starts: make(chan beginning, 1),
		stopping: make(chan pbStop, 1), forced: make(chan struct{}), abandoned: make(chan struct{}),
		finished: make(chan struct{})}
	mirrored := program.Mirrored()
	if r.follows = prepare.FollowLocust; r.follows {
		mirrored = program.MirroredIterations()
	}
	r.allowed = prepare.AllowedTargets
	r.feeds.keep(program.World.Feeds)
	r.engineAt, r.unixAt = shared.Now(), time.Now().UnixNano()
	r.recorder = stats.NewRecorder(len(program.Entries), mirrored)
	r.control = newControl(prepare.GetCaps().GetRps(), shared.Now)
	r.floor = newFloor(program, r.recorder, r.control)
	r.floor.log = r.logf
	r.floor.most = uint64(plan.MaxUsers)
	if r.floor.most == 0 {
		r.floor.most = defaultMaxUsers
	}
	if len(compiled.Stages) == 0 {
		compiled = oneIteration()
		r.floor.everyTask = !r.follows
	}
	r.floor.limited = program.Limited()
	r.driver = newDriver(r.floor, compiled, r.share, program.World.Seed)
	r.driver.handed.tell, r.driver.handed.waits = r.state, request.HandOver
	r.rowsShort = make(chan struct{}, 1)
	if request.Joins {
		for _, feed := range program.World.Feeds {
			feed.Await()
		}
	}
	if r.handOver = request.HandOver; r.handOver {
		r.guardRows()
	}
	r.drive = r.driver.run
	return r, findings
}

// oneIteration is the load of a plan without stages: one user, one iteration of every task.
func oneIteration() schedule.Schedule {
	compiled, _ := schedule.Compile([]*pb.Stage{
		{Kind: pb.StageKind_STAGE_KIND_ITERATIONS, To: 1, Users: 1}}, schedule.Level{})
	return compiled
}

func finding(code, where, what string) *pb.Finding {
	return &pb.Finding{Severity: pb.FindingSeverity_FINDING_SEVERITY_ERROR, Code: code, Where: where,
		What: what}
}

// newShared makes the HTTP path of a run under the rules of worker and plan. connections is the
// worker's cap; 0: none.
func newShared(plan *pb.Plan, options *pb.RunOptions, allowed []string, connections int) (*http1.Shared, []*pb.Finding) {
	mapURL, rules, findings := routeOf(plan, options, allowed)
	if findings != nil {
		return nil, findings
	}
	return http1.NewShared(http1.Options{MapURL: mapURL, MaxConnections: connections, Dial: rules}), nil
}

// routeOf is where the requests of a plan may go, under the rules of worker and plan.
func routeOf(plan *pb.Plan, options *pb.RunOptions, allowed []string) (func(*http1.URL), dial.Options, []*pb.Finding) {
	if len(allowed) == 0 {
		allowed = loopback()
	}
	rules, err := dial.ParseRules(nil, options.GetConnectTo())
	if err != nil {
		return nil, dial.Options{}, []*pb.Finding{finding("bad-connect-to", "options.connect_to", err.Error())}
	}
	allowHost, err := allow(allowed, plan.AllowedTargets)
	if err != nil {
		return nil, dial.Options{}, []*pb.Finding{finding("bad-target", "allowed_targets", err.Error())}
	}
	mapURL, err := hostMap(plan.HostMap)
	if err != nil {
		return nil, dial.Options{}, []*pb.Finding{finding("bad-host-map", "host_map", err.Error())}
	}
	return mapURL, dial.Options{AllowHost: allowHost, AllowUnix: allowUnix(allowed), Rules: rules}, nil
}

func (r *run) logf(level, format string, args ...any) {
	r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_Log{Log: &pb.LogLine{
		AtUnixUs: time.Now().UnixMicro(), Level: level,
		Text: stats.BoundedTo(r.mask.text(fmt.Sprintf(format, args...)), 2000)}}})
}

func (r *run) state(status pb.EngineStatus, reason string) {
	r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_State{State: &pb.EngineState{
		Status: status, Reason: reason, AtUnixUs: time.Now().UnixMicro()}}})
}

// connect opens the link to Locust; without a port the run is its own master.
func (r *run) connect(ctx context.Context, port uint32, logs io.Writer) {
	if port == 0 {
		r.state(pb.EngineStatus_ENGINE_STATUS_CONNECTED, "runs without Locust")
		return
	}
	task := locustTask{run: r.floor.permit, spawn: func(int) {}}
	link, err := startLocust(ctx, port, r.entries, r.recorder, task, logs, r.begun)
	if err != nil {
		r.recorder.StopMirroring()
		r.logf("error", "no link to Locust: %v; the load does not need it, Locust's view stays empty", err)
		return
	}
	r.locust = link
	r.state(pb.EngineStatus_ENGINE_STATUS_CONNECTED, "")
}

// start begins the load at a moment of the wall clock; a second call does nothing.
func (r *run) start(at time.Time) { r.startLoad(beginning{at: at}) }

func (r *run) startLoad(first beginning) {
	r.begin()
	r.startOnce.Do(func() { r.starts <- first })
}

// begin lets the run live: from here on it sends frames and ends by itself.
func (r *run) begin() {
	r.beginOnce.Do(func() {
		close(r.begun)
		go r.live()
	})
}

// stop ends the load; a second call can only force what is still in flight.
func (r *run) stop(s pbStop) {
	if s.force {
		r.forceOnce.Do(func() { close(r.forced) })
	}
	r.stopOnce.Do(func() { r.stopping <- s })
}

// abandon ends the load: nobody is there for whom to wait.
func (r *run) abandon(s pbStop) {
	r.abandonOnce.Do(func() { close(r.abandoned) })
	r.stop(s)
}

// live is the run from its first set-up or its start to its end.
func (r *run) live() {
	defer close(r.finished)
	r.frames = newFrames(r)
	go r.frames.work()
	r.program.World.GenerateRun()
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		r.work()
	}()
	s := pbStop{drain: defaultDrain, why: "the schedule is done"}
	select {
	case <-driven:
	case s = <-r.stopping:
	case <-r.control.stopped: // by the engine itself
		s.why = "the engine gave up"
	}
	r.end(s, driven)
	r.ship()
}

// work is what the run is for: setup steps, then the load.
func (r *run) work() {
	first, started := r.awaitStart()
	if !started {
		return
	}
	origin := r.moment(first.at.UnixMicro())
	begins := origin
	if first.join != nil {
		origin = r.join(origin, first.join)
		begins = r.moment(first.join.AtUnixUs)
		r.inherit(first.join.Rows)
	}
	if !r.common.ready.Load() && !r.setUpAlone() {
		return
	}
	select {
	case <-time.After(time.Duration(begins - r.shared.Now())):
	case <-r.control.stopped:
		return
	}
	r.state(pb.EngineStatus_ENGINE_STATUS_RUNNING, "")
	r.drive(origin)
}

// end drains: no new iterations, what is in flight finishes or is cut, the last frame is sent.
// driven is closed when setup steps and schedule are done.
func (r *run) end(s pbStop, driven <-chan struct{}) {
	r.state(pb.EngineStatus_ENGINE_STATUS_DRAINING, s.why)
	r.control.stop()
	idle := make(chan bool, 1)
	deadline := time.Now().Add(s.drain)
	go func() {
		if s.force {
			idle <- false
			return
		}
		select {
		case <-driven:
			idle <- r.floor.idleWithin(time.Until(deadline))
		case <-time.After(s.drain):
			idle <- false
		}
	}()
	drained := false
	select {
	case drained = <-idle:
	case <-r.forced:
	}
	if !drained {
		r.common.cut()
		r.floor.abort()
		<-driven
		if !r.floor.idleWithin(cutLimit) {
			r.logf("error", "%d users did not end after their requests were cut", r.floor.busyUsers())
		}
	}
	r.floor.leave()
	if drained && r.floor.program.Load().HasTearDown(pb.SetupScope_SETUP_SCOPE_USER) {
		r.tearDown(deadline)
	}
	r.tearDownCommon()
	r.frames.finish()
	r.state(pb.EngineStatus_ENGINE_STATUS_DRAINED, "")
}

// ship waits until boomer has sent its last window.
func (r *run) ship() {
	if r.locust != nil {
		if !r.locust.spawned.Load() && r.follows {
			r.logf("info", "Locust asked for no users")
		} else if !r.locust.spawned.Load() {
			r.logf("warn", "Locust never asked for users, so its totals stay empty")
		} else if err := r.locust.ship(context.Background(), 30*time.Second); err != nil {
			r.logf("warn", "%v: Locust's totals are too low", err)
		}
		if lost := r.locust.lost.Load(); lost > 0 {
			r.logf("warn", "Locust was too slow for %d samples; they are in hazard's numbers only", lost)
		}
		if r.follows {
			r.locust.boomer.Quit() // Locust's list forgets this worker at once; the process ends after it
		}
	}
	r.state(pb.EngineStatus_ENGINE_STATUS_FINISHED, "")
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"hazard/internal/flow"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/vu"
)

const (
	// resolveLimit is how long the names of a new plan's targets may take; what takes longer shows when
	// it is dialled.
	resolveLimit = 2 * time.Second
	// switchLate is when a switch is late enough to be told.
	switchLate = 20 * time.Millisecond
)

// editedPlan is the plan that was prepared last and has not taken over yet.
type editedPlan struct {
	mu      sync.Mutex    // held while one is prepared
	program *flow.Program // nil: there is none
}

// feeds are all data feeds that the run had, by name the newest: one that an edited plan brings back
// goes on where it stood.
type feeds struct {
	mu   sync.Mutex
	list []*vu.Feed
}

func (f *feeds) all() []*vu.Feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

// find is the feed of a name; nil: there is none.
func (f *feeds) find(name string) *vu.Feed {
	for _, one := range f.all() {
		if one.Name == name {
			return one
		}
	}
	return nil
}

func (f *feeds) keep(newer []*vu.Feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, feed := range newer {
		at := slices.IndexFunc(f.list, func(one *vu.Feed) bool { return one.Name == feed.Name })
		if at < 0 {
			f.list = append(f.list, feed)
		} else {
			f.list[at] = feed
		}
	}
}

// entries are those of all plans of the run so far, by number.
func (r *run) entries() []*pb.StepEntry { return r.floor.program.Load().Entries }

// preparePlan compiles another plan beside the one that runs, and answers.
func (r *run) preparePlan(command *pb.PreparePlan) {
	r.edited.mu.Lock()
	defer r.edited.mu.Unlock()
	r.edited.program = nil
	ready := &pb.PlanReady{Version: command.Version, Attempt: command.Attempt}
	program, findings := r.compileAnother(command)
	if ready.Findings = findings; program != nil {
		r.recorder.Grow(len(program.Entries), program.Mirrored())
		r.mask.add(command.Secrets)
		ready.Entries = program.Listed()
		for _, feed := range program.Begun {
			ready.FeedsBegun = append(ready.FeedsBegun, feed.Name)
			if r.handOver {
				feed.Guard(r.askRows, r.control.stopped)
			}
			ready.Rows = append(ready.Rows, feed.Asking()...)
		}
		r.edited.program = program
	}
	r.emit(&pb.EngineEvent{Kind: &pb.EngineEvent_PlanReady{PlanReady: ready}})
}

// compileAnother compiles a plan for the run; nil with an error among the findings.
func (r *run) compileAnother(command *pb.PreparePlan) (*flow.Program, []*pb.Finding) {
	plan, current := command.GetPlan(), r.floor.program.Load()
	if plan == nil {
		return nil, []*pb.Finding{finding("no-plan", "plan", "there is none")}
	}
	input := r.input
	input.Plan, input.Secrets, input.Files, input.Feeds = plan, command.Secrets, command.Files, command.Feeds
	input.Known, input.Version, input.Before = current.Entries, command.Version, map[string]*vu.Feed{}
	for _, feed := range r.feeds.all() {
		input.Before[feed.Name] = feed
	}
	if command.Share != nil {
		input.Share = command.Share
	}
	input.Route = current.World.Route
	if !sameRoute(current.Plan, plan) {
		mapURL, rules, findings := routeOf(plan, r.input.Options, r.allowed)
		if findings != nil {
			return nil, findings
		}
		input.Route = http1.NewRoute(mapURL, rules)
	}
	program, findings := flow.Compile(input)
	if !flow.Failed(findings) {
		findings = append(findings, newlyDenied(current, program)...)
	}
	if flow.Failed(findings) {
		return nil, findings
	}
	return program, findings
}

// sameRoute tells that the requests of two plans may go to the same targets in the same way.
func sameRoute(old, plan *pb.Plan) bool {
	same := func(a, b *pb.HostMapping) bool { return proto.Equal(a, b) }
	return slices.EqualFunc(old.HostMap, plan.HostMap, same) &&
		slices.Equal(old.AllowedTargets, plan.AllowedTargets)
}

// newlyDenied finds the targets of a plan that would be refused and were not before. current is nil for a
// worker that joins, whose share of the requests would fail.
func newlyDenied(current, program *flow.Program) []*pb.Finding {
	ctx, cancel := context.WithTimeout(context.Background(), resolveLimit)
	defer cancel()
	denied := program.Denied(ctx)
	if len(denied) == 0 {
		return nil
	}
	var before []flow.Denied
	if current != nil {
		before = current.Denied(ctx)
	}
	var findings []*pb.Finding
	for _, one := range denied {
		if !slices.ContainsFunc(before, func(old flow.Denied) bool { return old.Target == one.Target }) {
			made := finding("denied-target", one.Where, fmt.Sprintf("%s: %v", one.Target, one.Err))
			made.Fix = "add it to the worker's --allow or the plan's allowed targets, or leave the request out"
			findings = append(findings, made)
		}
	}
	return findings
}

// switchPlan lets iterations from a moment on follow the plan that was prepared.
func (r *run) switchPlan(command *pb.SwitchPlan) {
	r.edited.mu.Lock()
	program := r.edited.program
	r.edited.mu.Unlock()
	if program == nil || program.Version != command.Version {
		if now := r.floor.program.Load().Version; now != command.Version {
			r.logf("error", "plan version %d was not prepared here: the load goes on with version %d",
				command.Version, now)
		}
		return
	}
	for _, given := range command.Rows {
		for _, feed := range program.Begun {
			if feed.Name == given.Feed {
				feed.Allow(given)
			}
		}
	}
	moment := r.moment(command.AtUnixUs)
	r.driver.at(moment, func(int64) {
		if r.floor.program.Load() == program {
			return // told twice
		}
		program.World.Follow(r.floor.program.Load().World)
		r.feeds.keep(program.World.Feeds)
		r.floor.adopt(program)
		r.askRows()
		if late := time.Duration(r.shared.Now() - moment); late > switchLate && command.AtUnixUs != 0 {
			r.logf("warn", "plan version %d holds here only since %v after the common moment",
				program.Version, late)
		}
	})
}

// adopt lets iterations that begin from now on follow a program. Users that ended for want of data go on
// when there may be some again. On the driver's goroutine.
func (f *floor) adopt(program *flow.Program) {
	f.program.Store(program)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limited = program.Limited()
	for _, s := range f.seats {
		s.ended.Store(false)
	}
	if mode(f.mode.Load()) == modeArrivals {
		f.collectIdle()
	}
}

// bring brings a user and the buffers of its carrier to the plan that holds now.
func (f *floor) bring(c *carrier, user *vu.VU) {
	program := f.program.Load()
	if c.exec != nil && c.exec.Program != program {
		c.exec = nil // made for the old plan
	}
	if c.exec == nil {
		c.exec = f.takeExec(program)
	}
	if user.World() != program.World {
		user.Move(program.World)
	}
}

package flow

import (
	"hazard/internal/pb"
	"hazard/internal/vu"
)

// HasSetup tells whether steps of a scope run before the load, for all users.
func (p *Program) HasSetup(scope pb.SetupScope) bool { return p.setupOf(scope) != nil }

// HasTearDown tells whether steps of a scope run after the load.
func (p *Program) HasTearDown(scope pb.SetupScope) bool { return p.teardownOf(scope) != nil }

func (p *Program) setupOf(scope pb.SetupScope) *list {
	switch scope {
	case pb.SetupScope_SETUP_SCOPE_RUN:
		return p.setupRun
	case pb.SetupScope_SETUP_SCOPE_WORKER:
		return p.setupWorker
	}
	return p.setupUser
}

func (p *Program) teardownOf(scope pb.SetupScope) *list {
	switch scope {
	case pb.SetupScope_SETUP_SCOPE_RUN:
		return p.teardownRun
	case pb.SetupScope_SETUP_SCOPE_WORKER:
		return p.teardownWorker
	}
	return p.teardown
}

// SetUpShared runs the setup steps of scope worker or run. user is one that runs nothing else; its
// saved values go to the run's scope.
func (x *Exec) SetUpShared(user *vu.VU, scope pb.SetupScope) Result {
	return x.runShared(user, x.Program.setupOf(scope))
}

// TearDownShared runs the shared teardown steps of scope worker or run.
func (x *Exec) TearDownShared(user *vu.VU, scope pb.SetupScope) Result {
	return x.runShared(user, x.Program.teardownOf(scope))
}

func (x *Exec) runShared(user *vu.VU, steps *list) Result {
	x.lateUs = -1
	x.enter(user)
	x.shared = true
	s := steps.run(x)
	x.shared, x.target = false, -1
	if s == interrupted {
		return Interrupted
	}
	return Continue
}

// FirstFailure is the first step that failed of the iteration, or of the shared steps that ran last;
// nil: none.
func (x *Exec) FirstFailure() *pb.StepFailure {
	if x.whole.kind == "" {
		return nil
	}
	entry := x.whole.entry
	return &pb.StepFailure{Where: x.Program.places[entry], Name: x.Program.Entries[entry].Name,
		Kind: x.whole.kind, Text: x.whole.text}
}

// Package flow is the compiled plan: tasks and steps, and how one user runs them.
package flow

import (
	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/vu"
)

// Program is a compiled plan. Immutable; shared by all users of a worker.
type Program struct {
	World  *vu.World
	Tokens *auth.Tokens
	Plan   *pb.Plan
	// Entries by their number, those of earlier versions of the plan included.
	Entries []*pb.StepEntry
	// Version of the plan in its run, from 1.
	Version uint32
	// Begun are the data feeds that begin with this version.
	Begun []*vu.Feed

	targets     []target
	listed      []*pb.StepEntry
	tasks       []*task
	weights     []uint64 // cumulative
	sequential  bool
	setupUser   *list
	setupWorker *list
	setupRun    *list
	teardown    *list
	// after the last user of the worker, of the run
	teardownWorker *list
	teardownRun    *list
	// places in the plan, by entry; empty: none
	places    []string
	userAgent string
	// scriptEntry counts the requests that scripts send, under scriptPolicy; they exist when the plan
	// has scripts.
	scriptEntry  uint32
	scriptPolicy *http1.Policy
	runtimes     runtimes
}

// task is one compiled task.
type task struct {
	id, name string
	entry    uint32
	steps    *list // preparation first
	think    *pause
	pacingMS uint32
	numbers  map[string]int // step id -> number
	named    map[string]int // step name -> number of the last request of that name, or of another step
}

// node is one compiled step.
type node struct {
	id, name    string
	number      int // in the order of the plan, within its task
	end         int // number after the last step inside
	entry       uint32
	hasEntry    bool
	notRunnable string
	run         runner
}

// contains tells that a step is this one or inside it.
func (n *node) contains(number int) bool { return n.number <= number && number < n.end }

// runner is what a kind of step does.
type runner interface {
	run(x *Exec, n *node) signal
}

// signal says how an iteration goes on after a step.
type signal uint8

const (
	goOn signal = iota
	// jumping: Exec.target is the number of the step to go on with.
	jumping
	endIteration
	// interrupted: the run stops.
	interrupted
)

// list is a sequence of steps.
type list struct{ nodes []*node }

// run runs the steps in order, following jumps to steps of this list or inside them.
func (l *list) run(x *Exec) signal {
	if l == nil {
		return goOn
	}
	i := 0
	if x.target >= 0 {
		if i = l.find(x.target); i < 0 {
			return jumping
		}
	}
	for i < len(l.nodes) {
		n := l.nodes[i]
		if x.Control.Stopping() {
			return interrupted
		}
		if x.target == n.number {
			x.target = -1
		}
		s := n.run.run(x, n)
		if x.last == n.number && s != interrupted {
			return endIteration
		}
		switch s {
		case goOn:
			i++
		case jumping:
			if i = l.find(x.target); i < 0 {
				return jumping
			}
		default:
			return s
		}
	}
	return goOn
}

// find is the index of the step that is or contains a target; -1: none.
func (l *list) find(target int) int {
	if l == nil {
		return -1
	}
	for i, n := range l.nodes {
		if n.contains(target) {
			return i
		}
	}
	return -1
}

// Mirrored marks the entries that Locust gets too: requests, once each.
func (p *Program) Mirrored() []bool {
	marks := make([]bool, len(p.Entries))
	for i, entry := range p.Entries {
		marks[i] = entry.Kind == pb.EntryKind_ENTRY_KIND_REQUEST
	}
	return marks
}

// MirroredIterations marks the entries of whole iterations instead.
func (p *Program) MirroredIterations() []bool {
	marks := make([]bool, len(p.Entries))
	for _, t := range p.tasks {
		marks[t.entry] = true
	}
	return marks
}

// TaskCount is the number of enabled tasks.
func (p *Program) TaskCount() int { return len(p.tasks) }

// IterationEntry is the entry of the first task's iterations; what cannot be told apart counts there.
func (p *Program) IterationEntry() uint32 { return p.tasks[0].entry }

// Limited tells whether a data feed may run out and end its users.
func (p *Program) Limited() bool {
	for _, feed := range p.World.Feeds {
		if feed.Limited() {
			return true
		}
	}
	return false
}

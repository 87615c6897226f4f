package flow

import (
	"slices"

	"hazard/internal/pb"
	"hazard/internal/vu"
)

// Check runs setup, one iteration of every task in order, and teardown, for a dry run. only limits it
// to tasks, or to steps with everything before them in their task; empty: all.
func (x *Exec) Check(user *vu.VU, only []string) {
	p := x.Program
	if x.SetUpShared(user, pb.SetupScope_SETUP_SCOPE_RUN) != Continue ||
		x.SetUpShared(user, pb.SetupScope_SETUP_SCOPE_WORKER) != Continue {
		return
	}
	x.enter(user)
	if x.setUp(user) != Continue {
		return
	}
	if !user.Begin(&x.thread) {
		return
	}
	for _, t := range p.tasks {
		last, wanted := t.lastOf(only)
		if len(only) > 0 && !wanted {
			continue
		}
		x.last = last
		if x.runTask(t) != Continue {
			return
		}
	}
	x.last, x.task = -1, nil
	if len(only) == 0 {
		x.TearDown(user)
		x.TearDownShared(user, pb.SetupScope_SETUP_SCOPE_WORKER)
		x.TearDownShared(user, pb.SetupScope_SETUP_SCOPE_RUN)
	}
}

// lastOf is the number of the last step that is asked for, -1 for the whole task, and whether
// anything of the task is.
func (t *task) lastOf(only []string) (last int, wanted bool) {
	if len(only) == 0 || slices.Contains(only, t.id) {
		return -1, true
	}
	last = -1
	for _, id := range only {
		if number, found := t.numbers[id]; found {
			last, wanted = max(last, number), true
		}
	}
	return last, wanted
}

// Lookup is the value of a variable as the user sees it now.
func (x *Exec) Lookup(name string) (string, bool) { return x.thread.Lookup(name) }

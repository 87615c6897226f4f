package flow

import (
	"fmt"
	"math"
	"sync"

	"hazard/internal/check"
	"hazard/internal/pb"
	"hazard/internal/stats"
)

// group times its steps as one entry.
type group struct{ steps *list }

func (g *group) run(x *Exec, n *node) signal {
	if !n.hasEntry {
		return g.steps.run(x)
	}
	failedBefore := x.failed
	x.failed = false
	began := x.now()
	s := g.steps.run(x)
	sample := stats.Sample{Entry: n.entry, ServiceUs: (x.now() - began) / 1000, FirstByteUs: -1,
		ScheduledUs: -1}
	if x.lateUs >= 0 {
		sample.ScheduledUs = sample.ServiceUs + x.lateUs
	}
	switch {
	case s == interrupted:
		sample.Outcome = stats.Aborted
	case x.failed:
		sample.Outcome, sample.Kind = stats.Failed, "step"
	}
	x.Recorder.Record(int(x.user.Index), &sample)
	x.failed = x.failed || failedBefore
	return s
}

// loop repeats its steps.
type loop struct {
	steps *list
	until *check.Test
	limit uint32
}

func (c *compiler) compileLoop(plan *pb.Loop, where string) runner {
	l := &loop{limit: plan.Max}
	if l.limit == 0 {
		l.limit = 100
	}
	if plan.Times > 0 {
		l.limit = plan.Times
	} else if plan.Until == nil {
		c.fail("endless-loop", where, "the loop has no end", "it has neither `until` nor `times`")
	} else {
		l.until = c.compileTest(plan.Until, where+".until")
	}
	l.steps = c.compileList(plan.Steps, where+".steps")
	return l
}

func (l *loop) run(x *Exec, n *node) signal {
	for range l.limit {
		if x.Control.Stopping() {
			return interrupted
		}
		if s := l.steps.run(x); s == jumping && l.steps.find(x.target) < 0 || s > jumping {
			return s
		}
		if l.until != nil && l.until.Holds(x.context()) {
			break
		}
	}
	return goOn
}

type condition struct {
	test            *check.Test
	then, otherwise *list
}

func (c *compiler) compileCondition(plan *pb.Condition, where string) runner {
	made := &condition{}
	if plan.Test == nil {
		c.fail("no-test", where, "the condition tests nothing", "")
	} else {
		made.test = c.compileTest(plan.Test, where+".test")
	}
	made.then = c.compileList(plan.Then, where+".then")
	made.otherwise = c.compileList(plan.Otherwise, where+".otherwise")
	return made
}

func (k *condition) run(x *Exec, _ *node) signal {
	if x.target >= 0 { // a jump goes to a step inside, whatever the test says
		if k.otherwise != nil && k.otherwise.find(x.target) >= 0 {
			return k.otherwise.run(x)
		}
		return k.then.run(x)
	}
	if k.test.Holds(x.context()) {
		return k.then.run(x)
	}
	return k.otherwise.run(x)
}

// jump goes on with another step.
type jump struct {
	target int // number of the step; -1 ends the iteration
	when   *check.Test
	limit  uint32
}

// pendingJump is a jump whose target may come later in the task.
type pendingJump struct {
	jump  *jump
	to    string
	where string
}

func (c *compiler) compileJump(plan *pb.Jump, _ *node, where string) runner {
	j := &jump{target: -1, limit: plan.Max}
	if j.limit == 0 {
		j.limit = 50
	}
	if plan.When != nil {
		j.when = c.compileTest(plan.When, where+".when")
	}
	if plan.To != "" {
		c.jumps = append(c.jumps, pendingJump{j, plan.To, where + ".to"})
	}
	return j
}

func (c *compiler) resolveJump(p pendingJump) {
	n := c.targets["id:"+p.to]
	if n == nil {
		n = c.targets["name:"+p.to]
	}
	if n == nil {
		c.fail("unknown-step", p.where, fmt.Sprintf("the task has no enabled step %q to jump to", p.to), "")
		return
	}
	for _, parallel := range c.parallel {
		if parallel.contains(n.number) && parallel.number != n.number {
			c.fail("jump-into-parallel", p.where, fmt.Sprintf("step %q runs in parallel with others", p.to),
				"a jump has one target")
		}
	}
	p.jump.target = n.number
}

func (j *jump) run(x *Exec, n *node) signal {
	if j.when != nil && !j.when.Holds(x.context()) {
		return goOn
	}
	if j.target < 0 {
		return endIteration
	}
	if x.jumps == nil {
		x.jumps = map[*node]uint32{}
	}
	if x.jumps[n] >= j.limit {
		return goOn
	}
	x.jumps[n]++
	x.target = j.target
	return jumping
}

// parallel starts its steps together.
type parallel struct {
	steps *list
	limit int
}

func (c *compiler) compileParallel(plan *pb.Parallel, n *node, where string) runner {
	p := &parallel{limit: int(min(plan.MaxAtOnce, math.MaxInt32))}
	if p.limit == 0 {
		p.limit = 6
	}
	p.steps = c.compileList(plan.Steps, where+".steps")
	n.end = c.counter
	c.parallel = append(c.parallel, n)
	return p
}

// run gives each step a branch: buffers and connections of its own, the user's variables and cookies.
func (p *parallel) run(x *Exec, n *node) signal {
	if p.steps == nil {
		return goOn
	}
	limit := min(p.limit, len(p.steps.nodes))
	if x.trace != nil {
		limit = 1 // a dry run tells one request after the other
	}
	for len(x.branches) < limit {
		x.branches = append(x.branches, x.newBranch())
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	next, result := 0, goOn
	for i, branch := range x.branches[:limit] {
		branch.adopt(x, i)
		wait.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(p.steps.nodes) {
					return
				}
				step := p.steps.nodes[i]
				branch.thread.Branch(x.user, uint64(n.number)<<32|uint64(i))
				s := step.run.run(branch, step)
				mu.Lock()
				result = max(result, s)
				x.failed = x.failed || branch.failed
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	for _, branch := range x.branches[:limit] {
		x.whole.add(&branch.whole)
	}
	if result == jumping { // out of a parallel step there is no jump
		return goOn
	}
	return result
}

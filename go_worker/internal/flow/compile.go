package flow

import (
	"fmt"
	"strings"

	"hazard/internal/auth"
	"hazard/internal/body"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/stats"
	"hazard/internal/template"
	"hazard/internal/vu"
)

// Input is what a plan is compiled from.
type Input struct {
	Plan    *pb.Plan
	Share   *pb.Share
	Options *pb.RunOptions
	Secrets []*pb.RunSecret
	Feeds   []*pb.FeedData
	Files   []*pb.FileData
	HTTP    *http1.Shared
	// Route of the requests; nil: that of HTTP.
	Route *http1.Route
	// UserAgent of requests whose plan has none.
	UserAgent string
	// KeepSent keeps requests and answers whole, for a dry run.
	KeepSent bool
	// Known are the entries that the run has numbers of already, of earlier versions of its plan.
	Known []*pb.StepEntry
	// Version of the plan in its run; 0: the first.
	Version uint32
	// Before are the data feeds of earlier versions by name.
	Before map[string]*vu.Feed
}

// compiler walks a plan and collects findings.
type compiler struct {
	in       Input
	program  *Program
	names    *template.Names
	files    body.Files
	secrets  map[string]string
	findings []*pb.Finding
	policies map[string]*http1.Policy
	task     *task
	taskID   string
	counter  int // steps of the task so far
	targets  map[string]*node
	jumps    []pendingJump
	parallel []*node // parallel steps of the task
	scripts  bool    // the plan has scripts that send requests
	// numbered are where the number of each entry is kept, in the order of Program.Entries
	numbered []*uint32
}

// Compile compiles a plan. With a finding of severity error the program must not be run.
func Compile(in Input) (*Program, []*pb.Finding) {
	c := &compiler{in: in, names: template.NewNames(), files: body.Files{}, secrets: map[string]string{},
		policies: map[string]*http1.Policy{}}
	for _, file := range in.Files {
		c.files[file.Path] = file.Content
	}
	for _, secret := range in.Secrets {
		c.secrets[secret.Key] = secret.Value
	}
	seed := in.Options.GetSeed()
	if seed == 0 {
		seed = in.Plan.Seed
	}
	route := in.Route
	if route == nil {
		route = in.HTTP.Route()
	}
	world := &vu.World{Names: c.names, HTTP: in.HTTP, Route: route, Seed: seed}
	c.program = &Program{World: world, Plan: in.Plan, userAgent: in.UserAgent, Tokens: auth.NewTokens(in.HTTP, route),
		sequential: in.Plan.TaskOrder == pb.TaskOrder_TASK_ORDER_SEQUENTIAL}
	if in.Plan.Hazard > 1 {
		c.fail("plan-version", "hazard", fmt.Sprintf("the plan has format version %d", in.Plan.Hazard),
			"this worker knows version 1 only")
	}
	c.compileFeeds()
	c.compileVariables()
	c.compileShared(in.Plan.Setup, "setup", map[pb.SetupScope]**list{
		pb.SetupScope_SETUP_SCOPE_USER:   &c.program.setupUser,
		pb.SetupScope_SETUP_SCOPE_WORKER: &c.program.setupWorker,
		pb.SetupScope_SETUP_SCOPE_RUN:    &c.program.setupRun})
	for i, plan := range in.Plan.Tasks {
		if !plan.Disabled {
			c.compileTask(plan, fmt.Sprintf("tasks[%d]", i))
		}
	}
	c.begin("", "teardown")
	c.program.teardown = c.compileList(in.Plan.Teardown, "teardown")
	c.finishTask()
	c.compileShared(in.Plan.SharedTeardown, "shared_teardown", map[pb.SetupScope]**list{
		pb.SetupScope_SETUP_SCOPE_USER:   &c.program.teardown,
		pb.SetupScope_SETUP_SCOPE_WORKER: &c.program.teardownWorker,
		pb.SetupScope_SETUP_SCOPE_RUN:    &c.program.teardownRun})
	c.addScriptEntry()
	c.numberEntries()
	if len(c.program.tasks) == 0 {
		c.fail("no-tasks", "tasks", "the plan has no enabled task", "there is nothing to run")
	}
	c.names.Freeze()
	return c.program, c.findings
}

// Failed tells whether findings hold an error.
func Failed(findings []*pb.Finding) bool {
	for _, f := range findings {
		if f.Severity == pb.FindingSeverity_FINDING_SEVERITY_ERROR {
			return true
		}
	}
	return false
}

func (c *compiler) fail(code, where, what, why string) {
	c.find(pb.FindingSeverity_FINDING_SEVERITY_ERROR, code, where, what, why)
}

func (c *compiler) warn(code, where, what, why string) {
	c.find(pb.FindingSeverity_FINDING_SEVERITY_WARNING, code, where, what, why)
}

func (c *compiler) find(severity pb.FindingSeverity, code, where, what, why string) {
	c.findings = append(c.findings, &pb.Finding{
		Severity: severity, Code: code, Where: where, What: what, Why: why})
}

// template compiles a text of the plan.
func (c *compiler) template(text, where string) *template.Template {
	made := template.Compile(text, c.names)
	for _, name := range made.UnknownFunctions() {
		c.warn("unknown-function", where, fmt.Sprintf("{{%s}} is no function and is sent literally", name),
			"")
	}
	return made
}

func (c *compiler) begin(id, name string) {
	c.taskID, c.counter = id, 0
	c.targets, c.jumps, c.parallel = map[string]*node{}, nil, nil
	c.task = &task{id: id, name: name, numbers: map[string]int{}, named: map[string]int{}}
}

func (c *compiler) finishTask() {
	for _, jump := range c.jumps {
		c.resolveJump(jump)
	}
}

// compileShared compiles the steps of setup or of the shared teardown, each scope behind what its list
// holds already.
func (c *compiler) compileShared(steps []*pb.SetupStep, field string, lists map[pb.SetupScope]**list) {
	for _, scope := range []pb.SetupScope{pb.SetupScope_SETUP_SCOPE_USER,
		pb.SetupScope_SETUP_SCOPE_WORKER, pb.SetupScope_SETUP_SCOPE_RUN} {
		c.begin("", strings.TrimPrefix(field, "shared_"))
		into := lists[scope]
		for i, plan := range steps {
			if plan.Scope != scope || plan.Step == nil || plan.Step.Disabled {
				continue
			}
			if n := c.compileStep(plan.Step, fmt.Sprintf("%s[%d].step", field, i)); n != nil {
				if *into == nil {
					*into = &list{}
				}
				(*into).nodes = append((*into).nodes, n)
			}
		}
		c.finishTask()
	}
}

func (c *compiler) compileTask(plan *pb.Task, where string) {
	id := plan.Id
	if id == "" {
		id = where
	}
	c.begin(id, plan.Name)
	t := c.task
	t.think, t.pacingMS = compilePause(plan.ThinkTime), plan.PacingMs
	steps := &list{}
	for _, part := range []struct {
		steps []*pb.Step
		where string
	}{{plan.Preparation, where + ".preparation"}, {plan.Steps, where + ".steps"}} {
		if compiled := c.compileList(part.steps, part.where); compiled != nil {
			steps.nodes = append(steps.nodes, compiled.nodes...)
		}
	}
	if len(steps.nodes) == 0 {
		c.warn("empty-task", where+".steps", fmt.Sprintf("task %q has no enabled step", plan.Name), "")
	}
	t.steps = steps
	name := plan.Name
	if name == "" {
		name = id
	}
	c.addEntry(&t.entry, &pb.StepEntry{Name: name, Kind: pb.EntryKind_ENTRY_KIND_ITERATION})
	c.finishTask()
	weight := uint64(plan.Weight)
	if weight == 0 {
		weight = 1
	}
	if n := len(c.program.weights); n > 0 {
		weight += c.program.weights[n-1]
	}
	c.program.weights = append(c.program.weights, weight)
	c.program.tasks = append(c.program.tasks, t)
}

// addScriptEntry adds the entry of the requests that scripts send.
func (c *compiler) addScriptEntry() {
	if !c.scripts {
		return
	}
	c.begin("", "scripts")
	c.addEntry(&c.program.scriptEntry, &pb.StepEntry{StepId: "pm.sendRequest",
		Name: "requests of scripts", Method: "SCRIPT", Kind: pb.EntryKind_ENTRY_KIND_REQUEST})
	policies := merged(c.in.Plan.Defaults, nil)
	c.program.scriptPolicy = c.compilePolicy(policies, "defaults")
}

// compileList compiles the enabled steps of a list; nil when there are none.
func (c *compiler) compileList(plan []*pb.Step, where string) *list {
	var nodes []*node
	for i, step := range plan {
		if step.Disabled {
			continue
		}
		if n := c.compileStep(step, fmt.Sprintf("%s[%d]", where, i)); n != nil {
			nodes = append(nodes, n)
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	return &list{nodes}
}

func (c *compiler) compileStep(plan *pb.Step, where string) *node {
	n := &node{id: plan.Id, name: plan.Name, number: c.counter, notRunnable: plan.NotRunnable}
	if n.id == "" {
		n.id = where
	}
	c.counter++
	c.task.numbers[n.id] = n.number
	c.addTarget(plan, n)
	c.compileKind(plan, n, where)
	n.end = c.counter
	if n.hasEntry {
		c.program.places[n.entry] = where
	}
	if n.run == nil {
		return nil
	}
	return n
}

// addTarget lets jumps find a step by its id, or by its name when no id matches. Scripts find the last
// request of a name, as in Postman.
func (c *compiler) addTarget(plan *pb.Step, n *node) {
	if plan.Id != "" {
		c.targets["id:"+plan.Id] = n
	}
	if plan.Name == "" {
		return
	}
	_, taken := c.targets["name:"+plan.Name]
	if !taken {
		c.targets["name:"+plan.Name] = n
	}
	if !taken || plan.GetRequest() != nil {
		c.task.named[plan.Name] = n.number
	}
}

func (c *compiler) compileKind(plan *pb.Step, n *node, where string) {
	if plan.NotRunnable != "" {
		c.addStepEntry(plan, n, pb.EntryKind_ENTRY_KIND_REQUEST, plan.GetRequest().GetMethod())
		n.run = notRunnable{}
		return
	}
	switch kind := plan.Kind.(type) {
	case *pb.Step_Request:
		method := kind.Request.Method
		if method == "" {
			method = "GET"
		}
		c.addStepEntry(plan, n, pb.EntryKind_ENTRY_KIND_REQUEST, method)
		n.run = c.compileRequest(kind.Request, n, where+".request")
	case *pb.Step_Group:
		if kind.Group.Timed {
			c.addStepEntry(plan, n, pb.EntryKind_ENTRY_KIND_GROUP, "")
		}
		n.run = &group{c.compileList(kind.Group.Steps, where+".group.steps")}
	case *pb.Step_Pause:
		n.run = compilePause(kind.Pause)
	case *pb.Step_Loop:
		n.run = c.compileLoop(kind.Loop, where+".loop")
	case *pb.Step_Condition:
		n.run = c.compileCondition(kind.Condition, where+".condition")
	case *pb.Step_Jump:
		n.run = c.compileJump(kind.Jump, n, where+".jump")
	case *pb.Step_Parallel:
		n.run = c.compileParallel(kind.Parallel, n, where+".parallel")
	case *pb.Step_Script:
		c.addStepEntry(plan, n, pb.EntryKind_ENTRY_KIND_SCRIPT, "")
		n.run = c.compileScriptStep(kind.Script, n, where+".script")
	default:
		c.fail("no-kind", where, fmt.Sprintf("step %q does nothing", plan.Name),
			"it is of no kind that this worker knows")
	}
}

func (c *compiler) addStepEntry(plan *pb.Step, n *node, kind pb.EntryKind, method string) {
	name := plan.Name
	if name == "" && plan.GetRequest() != nil {
		name = plan.GetRequest().Url
	}
	if name == "" {
		name = n.id
	}
	n.hasEntry = true
	c.addEntry(&n.entry, &pb.StepEntry{StepId: n.id, Name: name, Method: stats.BoundedTo(method, 40),
		Kind: kind, Tags: plan.Tags})
}

package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"

	"hazard/internal/flow"
	"hazard/internal/pb"
	"hazard/internal/schedule"
	"hazard/internal/stats"
	"hazard/internal/version"
	"hazard/internal/vu"
)

const defaultCheckBody = 64 << 10

// RunCheck is the dry run as a process: one CheckRequest on stdin, CheckEvents on stdout, each
// preceded by its length as a varint. allowed lists the targets that may be addressed. Exit codes: 0 all
// requests fine, 1 one failed, 2 the plan cannot be run.
func RunCheck(ctx context.Context, allowed []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var request pb.CheckRequest
	if err := ReadMessage(bufio.NewReaderSize(stdin, 64<<10), &request); err != nil {
		fmt.Fprintf(stderr, "check: %v\n", err)
		return exitUsage
	}
	events := NewWriter(stdout)
	outcome, err := Check(ctx, &request, allowed, events.writeEvent)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "check: %v\n", err)
		return exitFailed
	case outcome == nil:
		return exitUsage
	case outcome.Failed > 0:
		return exitFailed
	}
	return exitFine
}

func (w *Writer) writeEvent(event *pb.CheckEvent) error { return w.Write(event) }

// Check runs one iteration of every task, or of those asked for, by one user, and tells everything
// about each request. The summary, which is also the last event, is nil when findings kept the plan
// from being run. allowed is the worker's list of targets; the plan's own list holds as well.
func Check(ctx context.Context, request *pb.CheckRequest, allowed []string,
	emit func(*pb.CheckEvent) error) (*pb.CheckSummary, error) {
	plan := request.GetPlan()
	if plan == nil {
		plan = &pb.Plan{}
	}
	out := &checkOutput{emit: emit, mask: newMask(request.Secrets)}
	shared, findings := newShared(plan, request.Options, allowed, 0)
	if shared == nil {
		return nil, out.findings(findings)
	}
	userAgent := request.GetOptions().GetUserAgent()
	if userAgent == "" {
		userAgent = "hazard/" + version.Number
	}
	program, found := flow.Compile(flow.Input{Plan: plan, Options: request.Options,
		Share: &pb.Share{Count: 1}, Secrets: request.Secrets, Feeds: request.Feeds, Files: request.Files,
		HTTP: shared, UserAgent: userAgent, KeepSent: true})
	findings = append(findings, found...)
	if _, problems := schedule.Compile(plan.Stages, schedule.Level{}); len(problems) > 0 {
		findings = append(findings, finding("bad-stage", "stages", problems[0].Error()))
	}
	if err := out.findings(findings); err != nil || flow.Failed(findings) {
		return nil, err
	}
	control := newControl(0, shared.Now)
	user := vu.New(program.World, 0)
	defer user.Close()
	stopped := context.AfterFunc(ctx, func() {
		control.stop()
		user.Abort()
	})
	defer stopped()
	program.World.GenerateRun()
	x := flow.NewExec(program, stats.NewRecorder(len(program.Entries), nil), control)
	maxBody := int(request.MaxBodyBytes)
	if maxBody == 0 {
		maxBody = defaultCheckBody
	}
	x.Observe(out, maxBody)
	x.Check(user, request.Only)
	out.summary.Variables = out.mask.variables(program, x)
	if out.err == nil {
		out.err = emit(&pb.CheckEvent{Kind: &pb.CheckEvent_Summary{Summary: &out.summary}})
	}
	return &out.summary, out.err
}

// checkOutput masks and counts what is told. The first error of emit stops the telling.
type checkOutput struct {
	mu      sync.Mutex // Step may be called by branches of a parallel step
	emit    func(*pb.CheckEvent) error
	mask    *mask
	summary pb.CheckSummary
	err     error
}

// Step implements flow.Observer.
func (o *checkOutput) Step(step *pb.CheckStep) {
	o.mu.Lock()
	defer o.mu.Unlock()
	// A script that stands on its own is no request; it counts when it fails.
	isScript := step.Request == nil && len(step.Scripts) > 0 && step.Url == ""
	if !isScript {
		o.summary.Requests++
	}
	switch {
	case !step.Ok:
		o.summary.Failed++
	case !isScript:
		o.summary.Ok++
	}
	for _, test := range step.Tests {
		o.summary.Tests++
		if !test.Ok {
			o.summary.TestsFailed++
		}
	}
	o.mask.step(step)
	if o.err == nil {
		o.err = o.emit(&pb.CheckEvent{Kind: &pb.CheckEvent_Step{Step: step}})
	}
}

func (o *checkOutput) findings(list []*pb.Finding) error {
	for _, one := range list {
		if err := o.emit(&pb.CheckEvent{Kind: &pb.CheckEvent_Finding{Finding: one}}); err != nil {
			return err
		}
	}
	return nil
}

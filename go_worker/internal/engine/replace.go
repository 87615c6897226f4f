package engine

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"hazard/internal/flow"
	"hazard/internal/pb"
	"hazard/internal/vu"
)

// replace lets iterations from a moment on follow another plan; one that does not fit is refused.
func (r *run) replace(command *pb.ReplacePlan) {
	program, err := r.compileAnother(command)
	if err != nil {
		r.logf("error", "the new plan is refused: %v", err)
		return
	}
	r.driver.at(r.moment(command.AtUnixUs), func() {
		program.World.Follow(r.floor.program.Load().World)
		r.floor.program.Store(program)
	})
}

func (r *run) compileAnother(command *pb.ReplacePlan) (*flow.Program, error) {
	plan := command.GetPlan()
	if plan == nil {
		return nil, errors.New("there is none")
	}
	if part := differs(r.plan, plan); part != "" {
		return nil, fmt.Errorf("its %s are others", part)
	}
	input := r.input
	input.Plan, input.Secrets, input.Files = plan, command.Secrets, command.Files
	program, findings := flow.Compile(input)
	if flow.Failed(findings) {
		return nil, errors.New(firstError(findings))
	}
	same := func(a, b *pb.StepEntry) bool { return proto.Equal(a, b) }
	if !slices.EqualFunc(r.program.Entries, program.Entries, same) {
		return nil, errors.New("it has other tasks or steps, or they have other names or methods")
	}
	r.mask.add(command.Secrets)
	return program, nil
}

// differs names the part in which two plans must be equal and are not.
func differs(old, plan *pb.Plan) string {
	feeds := func(a, b *pb.DataFeed) bool { return proto.Equal(a, b) }
	hosts := func(a, b *pb.HostMapping) bool { return proto.Equal(a, b) }
	switch {
	case !slices.EqualFunc(old.Feeds, plan.Feeds, feeds):
		return "data feeds"
	case !slices.EqualFunc(old.HostMap, plan.HostMap, hosts):
		return "mapped hosts"
	case !slices.Equal(old.AllowedTargets, plan.AllowedTargets):
		return "allowed targets"
	}
	return ""
}

func firstError(findings []*pb.Finding) string {
	for _, one := range findings {
		if one.Severity == pb.FindingSeverity_FINDING_SEVERITY_ERROR {
			return one.Where + ": " + one.What
		}
	}
	return ""
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

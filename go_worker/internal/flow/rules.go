package flow

import (
	"fmt"

	"hazard/internal/check"
	"hazard/internal/extract"
	"hazard/internal/pb"
	"hazard/internal/template"
	"hazard/internal/vu"
)

// extractor saves what it reads into a variable.
type extractor struct {
	rule     *extract.Extractor
	variable template.Variable
	scope    vu.Scope
	onMiss   pb.OnMiss
	fallback *string
	typed    bool
}

// assertion is a claim about the answer.
type assertion struct{ *check.Assertion }

func (c *compiler) compileExtractors(r *request, plan []*pb.Extractor, where string) {
	for i, one := range plan {
		if one.Disabled {
			continue
		}
		at := fmt.Sprintf("%s[%d]", where, i)
		rule, err := extract.Compile(one, c.names)
		if err != nil {
			c.fail("bad-extractor", at, fmt.Sprintf("the rule for %q cannot be used: %v", one.Variable, err), "")
			continue
		}
		if one.Variable == "" {
			c.fail("no-variable", at, "the rule saves into no variable", "")
			continue
		}
		r.want.Body = r.want.Body || rule.NeedsBody()
		r.want.HopBodies = r.want.HopBodies || rule.NeedsHopBody()
		r.extractors = append(r.extractors, extractor{rule: rule, scope: scopeOf(one.Scope),
			variable: template.Variable{Name: one.Variable, Slot: c.names.Slot(one.Variable)},
			onMiss:   one.OnMiss, fallback: one.Default, typed: one.Typed})
	}
}

func (c *compiler) compileAssertions(r *request, plan []*pb.Assertion, where string) {
	for i, one := range plan {
		if one.Disabled {
			continue
		}
		at := fmt.Sprintf("%s[%d]", where, i)
		made, err := check.Compile(one, c.names)
		if err != nil {
			c.fail("bad-assertion", at, fmt.Sprintf("the claim cannot be checked: %v", err), "")
			continue
		}
		r.want.Body = r.want.Body || made.NeedsBody()
		r.checkStatus = r.checkStatus || one.Target == pb.Target_TARGET_STATUS
		r.assertions = append(r.assertions, assertion{made})
	}
}

func (c *compiler) compileTest(plan *pb.Test, where string) *check.Test {
	made, err := check.CompileTest(plan, c.names)
	if err != nil {
		c.fail("bad-test", where, err.Error(), "")
	}
	return made
}

// save reads values of the answer into variables.
func (r *request) save(x *Exec) {
	x.answer.Reset()
	for i := range r.extractors {
		e := &r.extractors[i]
		value, err := e.rule.Apply(&x.answer, x.context())
		text := value.Text
		found := value.Found && err == nil
		if !found {
			switch {
			case e.fallback != nil:
				text = []byte(*e.fallback)
			case e.onMiss == pb.OnMiss_ON_MISS_EMPTY:
				text = nil
			case e.onMiss == pb.OnMiss_ON_MISS_KEEP:
				x.trace.save(e, value, err)
				continue
			default:
				x.failAs("save", "nothing found for "+e.variable.Name)
				x.trace.save(e, value, err)
				continue
			}
		}
		scope := e.scope
		if x.shared {
			scope = vu.Run
		}
		if x.Program.World.Scripts {
			var kind string
			text, kind = e.typeOf(text, value.Type, found)
			x.scriptState().saved(e.variable.Name, string(text), kind)
		}
		x.user.Set(scope, e.variable, text, false)
		value.Text = text
		x.trace.save(e, value, err)
	}
}

// check judges the claims. A claim of severity stop ends the iteration.
func (r *request) check(x *Exec) signal {
	after := goOn
	for i := range r.assertions {
		a := &r.assertions[i]
		if x.trace != nil {
			x.trace.check(x, a)
		}
		if a.Holds(&x.answer, x.context()) {
			continue
		}
		switch a.Severity {
		case pb.Severity_SEVERITY_WARN:
			x.sample.Warnings++
			continue
		case pb.Severity_SEVERITY_STOP:
			after = endIteration
		}
		x.failAs("assert", a.Name)
	}
	return after
}

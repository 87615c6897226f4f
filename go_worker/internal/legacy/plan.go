package legacy

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"hazard/internal/agent"
	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

// translate makes a plan and finds the master of a request. An error says what cannot be run.
func translate(request *wire.InitBommerRequest) (*pb.Plan, agent.Master, error) {
	master, err := agent.ParseMaster(strings.TrimSpace(request.LocustMaster))
	if err != nil {
		return nil, master, err
	}
	t := &translator{plan: &pb.Plan{Hazard: 1, Name: "boomer", Defaults: defaults(request)}}
	for i, one := range request.PreTask {
		t.addSetup(one, fmt.Sprintf("PreTask[%d]", i))
	}
	for i, one := range request.MainTask {
		t.addTask(one, fmt.Sprintf("MainTask[%d]", i))
	}
	if len(request.MainTask) == 0 {
		t.refuse("MainTask", "there is no task")
	}
	return t.plan, master, errors.Join(t.problems...)
}

func defaults(request *wire.InitBommerRequest) *pb.Policies {
	policies := &pb.Policies{
		FollowRedirects: proto.Bool(false),
		VerifyTls:       proto.Bool(false),
		Cookies:         proto.Bool(request.IsSession),
	}
	if proxy := strings.TrimSpace(request.HttpProxy); proxy != "" {
		if !strings.Contains(proxy, "://") {
			proxy = "http://" + proxy
		}
		policies.Proxy = &proxy
	}
	return policies
}

// translator collects the plan and what is wrong with the request.
type translator struct {
	plan     *pb.Plan
	problems []error
}

func (t *translator) refuse(where, format string, args ...any) {
	t.problems = append(t.problems, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

// names are the names that variables of one task have in the plan, where they differ.
type names map[string]string

func (t *translator) addSetup(plan *wire.HttpRequest, where string) {
	if step := t.preparation(plan, pb.Scope_SCOPE_RUN, names{}, where); step != nil {
		t.plan.Setup = append(t.plan.Setup,
			&pb.SetupStep{Scope: pb.SetupScope_SETUP_SCOPE_WORKER, Step: step})
	}
}

func (t *translator) addTask(plan *wire.TestTask, where string) {
	task := &pb.Task{Name: plan.TaskName, Weight: uint32(max(plan.TaskWeight, 1))}
	if task.Name == "" {
		task.Name = where
	}
	known := names{}
	for i, one := range plan.PreWork {
		at := fmt.Sprintf("%s.PreWork[%d]", where, i)
		if step := t.preparation(one, pb.Scope_SCOPE_ITERATION, known, at); step != nil {
			task.Preparation = append(task.Preparation, step)
		}
	}
	if strings.TrimSpace(plan.GetTestWork().GetUrlPath()) == "" {
		t.refuse(where+".TestWork", "it has no URL")
		return
	}
	task.Steps = []*pb.Step{t.step(plan.TestWork, pb.Scope_SCOPE_ITERATION, known, where+".TestWork")}
	t.plan.Tasks = append(t.plan.Tasks, task)
}

// preparation is a request before others, or nil when it only makes values, which need no answer.
func (t *translator) preparation(plan *wire.HttpRequest, scope pb.Scope, known names, where string) *pb.Step {
	if strings.TrimSpace(plan.UrlPath) != "" {
		return t.step(plan, scope, known, where)
	}
	for i, one := range plan.SaveParamChain {
		t.addVariable(one, scope, known, fmt.Sprintf("%s.SaveParamChain[%d]", where, i))
	}
	return nil
}

func (t *translator) step(plan *wire.HttpRequest, scope pb.Scope, known names, where string) *pb.Step {
	request := &pb.Request{
		Method:  strings.ToUpper(plan.Method),
		Url:     known.template(plan.UrlPath),
		Query:   known.pairs(plan.Params),
		Headers: known.pairs(plan.Headers),
		Body:    known.body(plan),
	}
	for i, one := range plan.SaveParamChain {
		at := fmt.Sprintf("%s.SaveParamChain[%d]", where, i)
		if rule := t.extractor(one, scope, known, at); rule != nil {
			request.Extractors = append(request.Extractors, rule)
		}
	}
	request.Assertions = t.assertions(plan.AssertChain, where)
	return &pb.Step{Id: where, Name: where, Kind: &pb.Step_Request{Request: request}}
}

// variable is `{@name@}` in a text.
var variable = regexp.MustCompile(`\{@([^@]+)@\}`)

// template is a text with `{@name@}` as `{{name}}`.
func (n names) template(text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		return "{{" + n.of(found[2:len(found)-2]) + "}}"
	})
}

// of is the name of a variable in the plan.
func (n names) of(name string) string {
	if own, renamed := n[name]; renamed {
		return own
	}
	return name
}

// pairs are sorted by name: the request has no order of its own.
func (n names) pairs(plan map[string]string) []*pb.Pair {
	var pairs []*pb.Pair
	for _, name := range slices.Sorted(maps.Keys(plan)) {
		pairs = append(pairs, &pb.Pair{Name: name, Value: n.template(plan[name])})
	}
	return pairs
}

// body: form fields win over JSON, JSON over raw text, as in the client of the original.
func (n names) body(plan *wire.HttpRequest) *pb.Body {
	switch {
	case len(plan.DictData) > 0:
		return &pb.Body{Kind: &pb.Body_Urlencoded{Urlencoded: &pb.FormBody{
			Fields: n.pairs(plan.DictData), Encoding: pb.FormEncoding_FORM_ENCODING_PLUS}}}
	case plan.JsonData != "":
		return &pb.Body{ContentType: "application/json",
			Kind: &pb.Body_Text{Text: &pb.TextBody{Content: n.template(plan.JsonData)}}}
	case plan.RawData != "":
		return &pb.Body{Kind: &pb.Body_Text{Text: &pb.TextBody{Content: n.template(plan.RawData)}}}
	}
	return nil
}

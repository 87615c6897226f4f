package flow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"hazard/internal/pb"
	"hazard/internal/script"
	"hazard/internal/stats"
	"hazard/internal/template"
)

// runtimes are the interpreters of a worker, as many as scripts run at once.
type runtimes struct {
	mu   sync.Mutex
	free []*script.Runtime
}

func (r *runtimes) take() (*script.Runtime, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.free); n > 0 {
		made := r.free[n-1]
		r.free = r.free[:n-1]
		return made, nil
	}
	return script.New()
}

func (r *runtimes) put(used *script.Runtime) {
	if used.Broken() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, used)
}

// maxScriptJumps bounds how often scripts may name the next request in one iteration.
const maxScriptJumps = 1000

func (c *compiler) compileScript(plan *pb.Script, where string) *script.Script {
	if plan == nil || plan.Source == "" {
		return nil
	}
	c.program.World.Scripts = true
	c.scripts = c.scripts || strings.Contains(plan.Source, "sendRequest") ||
		strings.Contains(plan.Source, "eval")
	made, err := script.Compile(where, plan.Source, ms(plan.TimeoutMs))
	if err != nil {
		if !c.in.KeepSent {
			c.fail("bad-script", where, err.Error(), "")
			return nil
		}
		// In a check, as in Postman, only this script fails.
		c.warn("bad-script", where, err.Error(), "a run refuses the plan; correct the script")
		return script.Broken(where, err)
	}
	return made
}

// scriptStep is a script that stands on its own.
type scriptStep struct {
	script *script.Script
}

func (c *compiler) compileScriptStep(plan *pb.Script, _ *node, where string) runner {
	made := c.compileScript(plan, where)
	if made == nil {
		return nil
	}
	return &scriptStep{made}
}

func (s *scriptStep) run(x *Exec, n *node) signal {
	if x.trace != nil {
		x.trace.begin(x, n)
	}
	began := x.now()
	x.sample = stats.Sample{Entry: n.entry, ScheduledUs: -1, FirstByteUs: -1}
	x.sent = false
	x.buffers.url = x.buffers.url[:0]
	result := x.runScript(s.script, "test", nil, nil)
	x.sample.ServiceUs = (x.now() - began) / 1000
	after := x.judgeScript("test", &result)
	if x.sample.Outcome == stats.Failed {
		x.noteFailure()
	}
	x.Recorder.Record(int(x.user.Index), &x.sample)
	if x.trace != nil {
		x.trace.end(x)
	}
	return after
}

// runScript runs a script of this user.
func (x *Exec) runScript(s *script.Script, phase string, request *script.Request, answer *script.Answer) script.Result {
	runtime, err := x.Program.runtimes.take()
	if err != nil {
		return script.Result{Err: err}
	}
	defer x.Program.runtimes.put(runtime)
	name, id := "", ""
	if request != nil {
		name, id = request.Name, request.ID
	}
	info := map[string]any{"eventName": phase, "iteration": int64(max(x.user.Iteration, 1) - 1),
		"iterationCount": 1, "requestName": name, "requestId": id}
	result := runtime.Run(s, &scriptHost{x: x}, request, answer, info)
	x.trace.script(phase, &result)
	return result
}

// judgeScript turns what a script did into the outcome of the step and where it goes on.
func (x *Exec) judgeScript(phase string, result *script.Result) signal {
	if result.Err != nil {
		x.failAs("script", result.Err.Error())
	}
	for _, test := range result.Tests {
		x.trace.test(phase, test)
		if !test.OK {
			x.failAs("assert", test.Name)
		}
	}
	if !result.Jumps {
		return goOn
	}
	if result.Next == "" {
		return endIteration
	}
	if x.task == nil { // setup and teardown have nowhere to go
		return goOn
	}
	target, found := x.task.named[result.Next]
	if !found {
		target, found = x.task.numbers[result.Next]
	}
	if !found {
		x.failAs("script", fmt.Sprintf("there is no request %q to go on with", stats.Bounded(result.Next)))
		return endIteration
	}
	if x.scripts++; x.scripts > maxScriptJumps {
		x.failAs("script", "the scripts of the task jump without end")
		return endIteration
	}
	x.target = target
	return jumping
}

// prepareScript runs the script before a request; skip: the request is not to be sent.
func (r *request) prepareScript(x *Exec, n *node) (skip bool, after signal) {
	x.overrides = x.overrides[:0]
	result := x.runScript(r.before, "prerequest", r.view(n), nil)
	after = x.judgeScript("prerequest", &result)
	return result.Skip, after
}

// view is the request as a script before it sees it: templates are not rendered yet.
func (r *request) view(n *node) *script.Request {
	made := &script.Request{Name: n.name, ID: n.id, Method: r.method.Text(), URL: r.addressText(),
		Mode: r.bodyMode, Form: r.bodyForm}
	for _, h := range r.headers {
		made.Headers = append(made.Headers, [2]string{h.name.Text(), h.value.Text()})
	}
	if r.bodyText != "" {
		made.Body = &r.bodyText
	}
	return made
}

// addressText is the URL with the pairs of its query, as templates.
func (r *request) addressText() string {
	text := r.url.Text()
	mark := "?"
	if strings.Contains(text, mark) {
		mark = "&"
	}
	for _, p := range r.query {
		text += mark + p.name.Text()
		if !p.noEquals {
			text += "=" + p.value.Text()
		}
		mark = "&"
	}
	return text
}

// sentView is the request as it was sent.
func (r *request) sentView(x *Exec, n *node) *script.Request {
	made := &script.Request{Name: n.name, ID: n.id, Method: string(x.request.Method),
		URL: string(x.request.URL.Append(nil)), Mode: r.bodyMode}
	for _, h := range x.request.Headers {
		made.Headers = append(made.Headers, [2]string{string(h.Name), string(h.Value)})
	}
	if x.request.Body != nil {
		body := string(x.request.Body)
		made.Body = &body
	}
	return made
}

// answerScript runs the script after the answer; tested: it made claims of its own.
func (r *request) answerScript(x *Exec, n *node) (after signal, tested bool) {
	resp := &x.response
	answer := &script.Answer{Code: resp.Status, Status: string(resp.Reason()),
		Milliseconds: float64(resp.Timing.Total) / 1000,
		Body: func() string {
			body, err := x.answer.Body()
			if err != nil {
				return ""
			}
			return string(body)
		}}
	if body, err := x.answer.Body(); err == nil {
		answer.Size = len(body)
	}
	for i := range resp.Headers.Len() {
		name, value := resp.Headers.At(i)
		answer.Headers = append(answer.Headers, [2]string{string(name), string(value)})
	}
	result := x.runScript(r.after, "test", r.sentView(x, n), answer)
	return x.judgeScript("test", &result), len(result.Tests) > 0
}

// override is what a script changed of its request: a header, or a part as a whole.
type override struct {
	name, value string
	kind        overrideKind
}

type overrideKind uint8

const (
	addHeader overrideKind = iota
	replaceHeader
	removeHeader
	changePart // name is a script.Part
)

// changed is the text that a script put in the place of a part of its request.
func (r *request) changed(x *Exec, part script.Part) (text string, found bool) {
	if r.before == nil {
		return "", false
	}
	for i := len(x.overrides) - 1; i >= 0; i-- {
		if o := &x.overrides[i]; o.kind == changePart && o.name == string(part) {
			return o.value, true
		}
	}
	return "", false
}

// rendered is a text of a script with its variables.
func (x *Exec) rendered(dst []byte, text string) []byte {
	return template.Compile(text, x.Program.World.Names).Append(dst, x.context())
}

// scriptHost is the engine as scripts reach it.
type scriptHost struct{ x *Exec }

func (h *scriptHost) ReplaceIn(text string) string {
	return template.Compile(text, h.x.Program.World.Names).Render(&h.x.thread)
}

func (h *scriptHost) Column(name string) (text, kind string, known bool) {
	text, known = h.x.thread.Column(name)
	return text, h.x.thread.ColumnKind(name), known
}

func (h *scriptHost) Columns() []string { return h.x.thread.Columns() }

func (h *scriptHost) Cookie(name string) (string, bool) {
	if h.x.sent && h.x.response.Status != 0 {
		value, found := h.x.answer.Cookie(name)
		return string(value), found
	}
	value, found := h.Cookies()[name]
	return value, found
}

func (h *scriptHost) Cookies() map[string]string {
	all := map[string]string{}
	for _, c := range h.x.client.Jar().All(time.Now()) {
		all[c.Name] = c.Value
	}
	return all
}

func (h *scriptHost) SetHeader(name, value string, replace bool) {
	kind := addHeader
	if replace {
		kind = replaceHeader
	}
	h.x.overrides = append(h.x.overrides, override{name, value, kind})
}

func (h *scriptHost) RemoveHeader(name string) {
	h.x.overrides = append(h.x.overrides, override{name: name, kind: removeHeader})
}

func (h *scriptHost) Change(part script.Part, text string) {
	h.x.overrides = append(h.x.overrides, override{string(part), text, changePart})
}

func (h *scriptHost) Sleep(d time.Duration) bool { return h.x.sleep(d) }

func (h *scriptHost) Random() *rand.Rand { return h.x.thread.Random() }

func (h *scriptHost) Now() time.Time { return h.x.thread.Now() }

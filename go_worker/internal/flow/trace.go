package flow

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hazard/internal/extract"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/script"
	"hazard/internal/stats"
)

// Observer is told every request of a dry run in full, from several goroutines in a parallel step.
type Observer interface {
	Step(step *pb.CheckStep)
}

// trace collects what happened in one request of a dry run. nil collects nothing.
type trace struct {
	step     *pb.CheckStep
	attempts *attempts
	maxBody  int
}

// attempts counts how often each step ran; branches of a parallel step share it.
type attempts struct {
	mu    sync.Mutex
	count map[*node]uint32
}

func (a *attempts) next(n *node) uint32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count[n]++
	return a.count[n]
}

// Observe makes the Exec report every request, keeping maxBody bytes of each answer.
func (x *Exec) Observe(observer Observer, maxBody int) {
	x.Observer = observer
	x.trace = &trace{attempts: &attempts{count: map[*node]uint32{}}, maxBody: maxBody}
	x.thread.OnUnresolved = x.trace.unresolved
}

// observeAs makes a branch report to the same observer, with a trace of its own.
func (x *Exec) observeAs(other *Exec) {
	if x.Observer = other.Observer; other.trace == nil {
		return
	}
	x.trace = &trace{attempts: other.trace.attempts, maxBody: other.trace.maxBody}
	x.thread.OnUnresolved = x.trace.unresolved
}

func (t *trace) unresolved(name string) {
	if t.step != nil && !slices.Contains(t.step.Unresolved, name) {
		t.step.Unresolved = append(t.step.Unresolved, name)
	}
}

func (t *trace) begin(x *Exec, n *node) {
	t.step = &pb.CheckStep{StepId: n.id, Name: n.name, Attempt: t.attempts.next(n)}
	if x.task != nil {
		t.step.TaskId = x.task.id
	}
}

func (t *trace) save(e *extractor, value extract.Value, err error) {
	if t == nil || t.step == nil {
		return
	}
	result := &pb.SaveResult{Variable: e.variable.Name, Value: string(value.Text), Found: value.Found}
	if err != nil {
		result.Error = err.Error()
	}
	t.step.Saves = append(t.step.Saves, result)
}

func (t *trace) script(phase string, result *script.Result) {
	if t == nil || t.step == nil {
		return
	}
	told := &pb.ScriptResult{Phase: toldPhase(phase),
		DurationUs: uint64(result.Duration.Microseconds()), Console: result.Console}
	if result.Err != nil {
		told.Error = result.Err.Error()
	}
	t.step.Scripts = append(t.step.Scripts, told)
}

// toldPhase is the word of the protocol for an event of Postman.
func toldPhase(event string) string {
	if event == "prerequest" {
		return "before"
	}
	return "after"
}

// test tells the verdict of a test of a script.
func (t *trace) test(phase string, test script.Test) {
	if t == nil || t.step == nil {
		return
	}
	actual := "passed"
	if !test.OK {
		actual = test.Error
	}
	t.step.Asserts = append(t.step.Asserts, &pb.AssertResult{Name: test.Name, Ok: test.OK,
		Actual: actual, Expected: "passed"})
	t.step.Tests = append(t.step.Tests, &pb.TestResult{Name: test.Name, Ok: test.OK,
		Message: test.Error, Phase: toldPhase(phase)})
}

func (t *trace) check(x *Exec, a *assertion) {
	result := a.Explain(&x.answer, x.context())
	t.step.Asserts = append(t.step.Asserts, &pb.AssertResult{Name: a.Name, Ok: result.OK,
		Actual: stats.BoundedTo(result.Actual, maxShown), Expected: stats.BoundedTo(result.Expected, maxShown),
		Severity: a.Severity})
	message := ""
	if !result.OK {
		message = stats.BoundedTo("expected "+result.Expected+", got "+result.Actual, maxShown)
	}
	if n := len(t.step.Tests); n > 0 && a.Joined && t.step.Tests[n-1].Name == a.Name {
		if last := t.step.Tests[n-1]; last.Ok {
			last.Ok, last.Message = result.OK, message
		}
		return
	}
	t.step.Tests = append(t.step.Tests, &pb.TestResult{Name: a.Name, Ok: result.OK, Message: message,
		Phase: "assert"})
}

// end completes the step from the response and reports it.
func (t *trace) end(x *Exec) {
	step, resp := t.step, &x.response
	t.step = nil
	step.Ok = x.sample.Outcome == stats.OK
	step.ErrorKind, step.Error = x.sample.Kind, x.sample.Text
	step.Url = string(x.buffers.url)
	if !x.sent {
		x.Observer.Step(step)
		return
	}
	step.Request = sentMessage(resp, &x.request)
	if resp.Status != 0 {
		step.Response = t.received(resp)
	}
	if resp.URL != nil {
		step.Url = resp.URL.String()
	}
	for i := range resp.Hops {
		hop := &resp.Hops[i]
		step.Hops = append(step.Hops, &pb.HttpHop{Status: uint32(hop.Status), Url: hop.URL,
			Location: hop.Location})
	}
	step.Timing = &pb.Timing{DnsUs: uint64(resp.Timing.DNS), ConnectUs: uint64(resp.Timing.Connect),
		TlsUs: uint64(resp.Timing.TLS), SendUs: uint64(resp.Timing.Send), WaitUs: uint64(resp.Timing.Wait),
		ReceiveUs: uint64(resp.Timing.Receive), TotalUs: uint64(resp.Timing.Total), Reused: resp.Reused}
	x.Observer.Step(step)
}

// maxShown bounds values in results.
const maxShown = 4096

// sentMessage is the request as it left: the head from the wire, the body as rendered. After a redirect
// it is the first request.
func sentMessage(resp *http1.Response, request *http1.Request) *pb.HttpMessage {
	head := resp.SentHead
	if len(resp.Hops) > 0 {
		head = resp.Hops[0].SentHead
	}
	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	message := &pb.HttpMessage{FirstLine: string(first), Body: bytes.Clone(request.Body),
		BodyBytes: uint64(len(request.Body))}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if name, value, found := bytes.Cut(line, []byte(":")); found {
			message.Headers = append(message.Headers, &pb.HttpHeader{Name: string(name),
				Value: bytes.Clone(bytes.TrimLeft(value, " "))})
		}
	}
	return message
}

// received is the answer, its body decoded and cut to what is kept.
func (t *trace) received(resp *http1.Response) *pb.HttpMessage {
	first := strings.TrimRight(resp.Proto+" "+strconv.Itoa(resp.Status)+" "+string(resp.Reason()), " ")
	message := &pb.HttpMessage{FirstLine: first}
	for i := range resp.Headers.Len() {
		name, value := resp.Headers.At(i)
		message.Headers = append(message.Headers, &pb.HttpHeader{Name: string(name), Value: bytes.Clone(value)})
	}
	body, err := resp.Decoded()
	if err != nil {
		body = resp.Body
	}
	message.BodyBytes = uint64(len(body))
	if len(body) > t.maxBody {
		body, message.Truncated = body[:t.maxBody], true
	}
	message.Body = bytes.Clone(body)
	return message
}

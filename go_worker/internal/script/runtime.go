package script

import (
	"embed"
	"errors"
	"fmt"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/grafana/sobek"
)

// preludeFiles make what scripts of Postman find: pm, postman, tests and the legacy globals.
//
//go:embed prelude
var preludeFiles embed.FS

// prelude is compiled once and shared.
var prelude = sync.OnceValue(func() *sobek.Program {
	// Expressions that look ahead are matched by trial and error, which no interrupt reaches.
	regexp2.DefaultMatchTimeout = longestMatch
	made, err := compile("prelude", preludeSource())
	if err != nil {
		panic(err) // it is part of the program
	}
	return made
})

// preludeSource is one function of the files in their order: it is called once per runtime with the
// functions of the engine, and gives those that the engine calls.
func preludeSource() string {
	var source strings.Builder
	source.WriteString("(function (host, global) {\n'use strict';\nlet results = [], response = null, request = null;\n")
	for _, name := range []string{"bounds", "values", "expect", "variables", "answers", "requests", "claims", "libraries", "tests"} {
		text, err := preludeFiles.ReadFile("prelude/" + name + ".js")
		if err != nil {
			panic(err) // it is part of the program
		}
		source.Write(text)
	}
	source.WriteString("return entrances();\n})")
	return source.String()
}

const longestMatch = 500 * time.Millisecond

// Runtime is an interpreter. One goroutine at a time. What a script leaves behind is removed after it
// ran, as Postman does, so users may share one, one after the other.
type Runtime struct {
	vm     *sobek.Runtime
	host   Host
	begin  sobek.Callable
	end    sobek.Callable
	clean  sobek.Callable
	own    map[string]bool // globals that no script made
	result *Result
	queue  []task
	lastID int64
	slept  time.Duration
	broken bool
	// deadline of the computing, unix nanoseconds; moved on by what is waited for.
	deadline atomic.Int64
}

// task is a function that runs after the script, at a time.
type task struct {
	id int64
	at time.Time
	do sobek.Callable
}

// New makes a runtime with the pm API.
func New() (*Runtime, error) {
	r := &Runtime{vm: sobek.New()}
	r.vm.SetMaxCallStackSize(maxCallDepth)
	r.vm.SetRandSource(func() float64 { return r.host.Random().Float64() })
	r.vm.SetTimeSource(func() time.Time { return r.host.Now() })
	value, err := r.vm.RunProgram(prelude())
	if err != nil {
		return nil, fmt.Errorf("the pm API cannot be made: %w", err)
	}
	enter, _ := sobek.AssertFunction(value)
	made, err := enter(sobek.Undefined(), r.functions(), r.vm.GlobalObject())
	if err != nil {
		return nil, fmt.Errorf("the pm API cannot be made: %w", err)
	}
	api := made.ToObject(r.vm)
	r.begin, _ = sobek.AssertFunction(api.Get("begin"))
	r.end, _ = sobek.AssertFunction(api.Get("end"))
	r.clean, _ = sobek.AssertFunction(api.Get("clean"))
	r.own = map[string]bool{}
	for _, name := range r.vm.GlobalObject().GetOwnPropertyNames() {
		r.own[name] = true
	}
	return r, nil
}

// tidy removes what a script left: the next one may belong to another user.
func (r *Runtime) tidy() error {
	global := r.vm.GlobalObject()
	for _, name := range global.GetOwnPropertyNames() {
		if !r.own[name] {
			if err := global.Delete(name); err != nil {
				return err
			}
		}
	}
	_, err := r.clean(sobek.Undefined())
	return err
}

// Run runs a script. request and answer may be nil; info becomes pm.info. After an error the runtime is
// not to be used again when Broken says so.
func (r *Runtime) Run(s *Script, host Host, request *Request, answer *Answer, info map[string]any) (result Result) {
	if s.broken != nil {
		return Result{Err: s.broken}
	}
	began := time.Now()
	r.host, r.result, r.queue, r.slept = host, &result, r.queue[:0], 0
	defer func() {
		result.Duration = time.Since(began)
		r.host, r.result = nil, nil
	}()
	release := r.guard(s.timeout)
	result.Err = located(r.recovered(func() error { return r.run(s, request, answer, info) }), s.name)
	release()
	r.vm.ClearInterrupt()
	if r.broken {
		return result
	}
	if err := r.tidy(); err != nil || errors.Is(result.Err, errMemory) {
		r.broken = true
	}
	return result
}

// recovered makes a panic of the interpreter an error of the script: one script must not end the engine.
func (r *Runtime) recovered(do func() error) (err error) {
	defer func() {
		if failure := recover(); failure != nil {
			r.broken = true
			err = fmt.Errorf("the interpreter failed: %s", cut(fmt.Sprint(failure)))
		}
	}()
	return do()
}

// Broken tells that the runtime could not be cleaned.
func (r *Runtime) Broken() bool { return r.broken }

func (r *Runtime) run(s *Script, request *Request, answer *Answer, info map[string]any) error {
	_, err := r.begin(sobek.Undefined(), r.request(request), r.answer(answer), r.vm.ToValue(info))
	if err != nil {
		return err
	}
	value, err := r.vm.RunProgram(s.program)
	if err != nil {
		return err
	}
	enter, _ := sobek.AssertFunction(value)
	returned, err := enter(r.vm.GlobalObject())
	if err == nil {
		err = r.drain()
	}
	if promise, ok := returned.(*sobek.Object); err == nil && ok && s.async {
		if p, ok := promise.Export().(*sobek.Promise); ok && p.State() == sobek.PromiseStateRejected {
			err = errors.New(cut(p.Result().String()))
		}
	}
	if failure := r.collect(); err == nil {
		err = failure
	}
	return err
}

// drain runs what was put off: answers to callbacks and timers.
func (r *Runtime) drain() error {
	for len(r.queue) > 0 {
		first := 0
		for i := range r.queue {
			if r.queue[i].at.Before(r.queue[first].at) {
				first = i
			}
		}
		next := r.queue[first]
		r.queue = append(r.queue[:first], r.queue[first+1:]...)
		if wait := time.Until(next.at); wait > 0 {
			if r.slept += wait; r.slept > maxSleep {
				return errSleep
			}
			if !r.outside(func() bool { return r.host.Sleep(wait) }) {
				return errStopped
			}
		}
		if _, err := next.do(sobek.Undefined()); err != nil {
			return err
		}
	}
	return nil
}

// outside does something that is not the script's computing: its time is not counted.
func (r *Runtime) outside(do func() bool) bool {
	began := time.Now()
	ok := do()
	r.deadline.Add(int64(time.Since(began)))
	return ok
}

// collect takes the results of the tests.
func (r *Runtime) collect() error {
	value, err := r.end(sobek.Undefined())
	if err != nil {
		return err
	}
	list := value.ToObject(r.vm)
	count := int(list.Get("length").ToInteger())
	for i := range min(count, maxTests) {
		one := list.Get(fmt.Sprint(i)).ToObject(r.vm)
		r.result.Tests = append(r.result.Tests, Test{Name: cut(one.Get("name").String()),
			OK: one.Get("ok").ToBoolean(), Error: cut(one.Get("error").String())})
	}
	if count > maxTests {
		r.result.Tests = append(r.result.Tests, Test{Name: "tests of one script",
			Error: fmt.Sprintf("%d tests in one script; those after %d are not counted", count, maxTests)})
	}
	return nil
}

// guard interrupts a script that computes too long or takes too much memory.
func (r *Runtime) guard(timeout time.Duration) (release func()) {
	const period = 20 * time.Millisecond
	r.deadline.Store(time.Now().Add(timeout).UnixNano())
	r.vm.ClearInterrupt()
	var mu sync.Mutex
	done := false
	heap := uint64(0)
	var timer *time.Timer
	mu.Lock() // the function below may run at once
	defer mu.Unlock()
	timer = time.AfterFunc(min(period, timeout), func() {
		mu.Lock()
		defer mu.Unlock()
		if done {
			return
		}
		now := heapBytes()
		if heap == 0 {
			heap = now
		}
		switch {
		case time.Now().UnixNano() > r.deadline.Load():
			r.vm.Interrupt(errTimeout)
		case now > heap+maxGrowth:
			r.vm.Interrupt(errMemory)
		default:
			timer.Reset(period)
		}
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done = true
		timer.Stop()
	}
}

// heapBytes is the live and not yet collected memory of the whole process.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// located makes an error of the interpreter one line that ends with the line of the script.
func located(err error, script string) error {
	if err == nil {
		return nil
	}
	var interrupted *sobek.InterruptedError
	var overflow *sobek.StackOverflowError
	var exception *sobek.Exception
	switch {
	case errors.As(err, &interrupted):
		cause, known := interrupted.Value().(error)
		if !known {
			cause = errStopped
		}
		return at(cause, interrupted.Stack(), script)
	case errors.As(err, &overflow):
		return at(errDepth, overflow.Stack(), script)
	case errors.As(err, &exception):
		return at(errors.New(cut(exception.Value().String())), exception.Stack(), script)
	}
	return err
}

// at adds the place of the innermost frame that is the script's own.
func at(err error, stack []sobek.StackFrame, script string) error {
	for _, frame := range stack {
		if frame.SrcName() == script {
			return fmt.Errorf("%w (line %d)", err, frame.Position().Line)
		}
	}
	return err
}

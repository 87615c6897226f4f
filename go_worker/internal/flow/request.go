package flow

import (
	"errors"
	"fmt"

	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/stats"
)

// notRunnable is a step that could not be imported as something that runs.
type notRunnable struct{}

func (notRunnable) run(x *Exec, n *node) signal {
	x.sample = stats.Sample{Entry: n.entry, Outcome: stats.Failed, Kind: "not_runnable",
		Text: n.notRunnable, FirstByteUs: -1, ScheduledUs: -1}
	x.sent = false
	x.noteFailure()
	x.buffers.url = x.buffers.url[:0]
	if x.trace != nil {
		x.trace.begin(x, n)
	}
	x.Recorder.Record(int(x.user.Index), &x.sample)
	if x.trace != nil {
		x.trace.end(x)
	}
	return goOn
}

// run sends the request and judges the answer.
func (r *request) run(x *Exec, n *node) signal {
	x.sample = stats.Sample{Entry: n.entry, ScheduledUs: -1, FirstByteUs: -1}
	x.sent, x.skipped = false, false
	if !x.Control.Admit() {
		return interrupted
	}
	if x.trace != nil {
		x.trace.begin(x, n)
	}
	after := r.exchange(x, n)
	r.record(x)
	if x.trace != nil {
		x.trace.end(x)
	}
	return after
}

// exchange prepares, sends and judges; the outcome is in x.sample.
func (r *request) exchange(x *Exec, n *node) signal {
	after := goOn
	if r.before != nil {
		skip := false
		if skip, after = r.prepareScript(x, n); skip {
			x.skipped = true
			return after
		}
		if x.Control.Stopping() {
			x.skipped = true
			return interrupted
		}
	}
	if err := r.prepare(x); err != nil {
		x.fault(err)
		return after
	}
	x.Control.InFlight(1)
	x.sent = true
	err := r.send(x)
	x.Control.InFlight(-1)
	x.measure()
	if err != nil {
		x.fault(err)
		if http1.KindOf(err) == http1.KindAborted {
			return interrupted
		}
		return after
	}
	if s := r.judge(x, n); s != goOn {
		after = s
	}
	return after
}

func (r *request) prepare(x *Exec) error {
	if r.fixed != nil {
		x.request = *r.fixed
		return nil
	}
	return x.render(r)
}

// send does the exchange; servers that ask for a proof first get it.
func (r *request) send(x *Exec) error {
	err := x.client.Do(&x.request, &x.response)
	challenged, ok := r.auth.(auth.Challenged)
	if err != nil || !ok {
		return err
	}
	for round := 1; x.response.Status == 401 && round <= 3; round++ {
		again, err := challenged.Answer(x.call(r), &x.response, round)
		if err != nil {
			return &stepError{"auth", err}
		}
		if !again {
			return nil
		}
		if err := x.client.Do(&x.request, &x.response); err != nil {
			return err
		}
	}
	return nil
}

// sign authorises the rendered request.
func (x *Exec) sign(r *request) error {
	if err := r.auth.Sign(x.call(r)); err != nil {
		return &stepError{"auth", err}
	}
	x.buffers.headers = x.request.Headers
	return nil
}

func (x *Exec) call(*request) *auth.Call {
	return &auth.Call{Request: &x.request, URL: x.buffers.url, Context: x.context(),
		State: &x.user.Auth}
}

// measure fills the sample from the response.
func (x *Exec) measure() {
	resp, s := &x.response, &x.sample
	s.ServiceUs = resp.Timing.Total
	s.Sent, s.Received = resp.BytesOut, resp.BytesIn
	s.Status = resp.Status
	s.StaleReuse = resp.StaleReuse
	if resp.Status != 0 {
		s.FirstByteUs = resp.Timing.Wait
	}
	if x.lateUs >= 0 {
		s.ScheduledUs = s.ServiceUs + x.lateUs
	}
}

// fault makes the sample a failure, or an abort when the run cut it.
func (x *Exec) fault(err error) {
	s := &x.sample
	s.Outcome = stats.Failed
	var own *stepError
	if errors.As(err, &own) {
		s.Kind, s.Text = own.kind, own.cause.Error()
		return
	}
	kind := http1.KindOf(err)
	s.Kind, s.Text = kind.String(), err.Error()
	if kind == http1.KindAborted {
		s.Outcome = stats.Aborted
	}
}

// failAs makes the sample a failure unless it is one already.
func (x *Exec) failAs(kind, text string) {
	if x.sample.Outcome == stats.OK {
		x.sample.Outcome, x.sample.Kind, x.sample.Text = stats.Failed, kind, text
	}
}

// judge saves values, checks the claims and runs the script after the answer.
func (r *request) judge(x *Exec, n *node) signal {
	r.save(x)
	after := r.check(x)
	tested := false
	if r.after != nil {
		s := goOn
		if s, tested = r.answerScript(x, n); s != goOn {
			after = s
		}
	}
	if x.response.Status >= 400 && !r.checkStatus && !tested {
		x.failAs("status", statusText(x.response.Status))
	}
	return after
}

func statusText(status int) string { return fmt.Sprintf("HTTP %d", status) }

// record counts the request once. One that was cut before a byte of it was sent did not happen.
func (r *request) record(x *Exec) {
	if x.skipped && x.sample.Outcome == stats.OK {
		return // its script did not want it sent
	}
	if x.sample.Outcome == stats.Failed {
		x.noteFailure()
	}
	x.whole.received += x.sample.Received
	if x.sample.Outcome == stats.Aborted && x.sample.Sent == 0 {
		return
	}
	x.Recorder.Record(int(x.user.Index), &x.sample)
}

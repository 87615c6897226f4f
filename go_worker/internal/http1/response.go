package http1

import "io"

// reset prepares a response for a new request, keeping its buffers.
func (r *Response) reset(s *Shared, p *Policy) {
	r.shared, r.limit = s, p.maxBody
	r.BytesIn, r.BytesOut = 0, 0
	r.Timing = Timing{}
	r.URL = nil
	r.Reused, r.StaleReuse, r.KeptAlive = false, false, false
	r.Attempts = 0
	r.Hops = r.Hops[:0]
	r.SentHead = r.SentHead[:0]
	r.clearAnswer()
}

// clearAnswer forgets the answer of the hop before.
func (r *Response) clearAnswer() {
	r.Status, r.Proto = 0, ""
	r.Headers.reset()
	r.Trailers.reset()
	r.Body = r.Body[:0]
	r.BodyBytes = 0
	r.reason = r.reason[:0]
	r.sent = SentNothing
	r.location = -1
	r.decode = decodeNot
}

// cleanEnd: the peer ended the connection in order.
func (e *Error) cleanEnd() bool { return e.Kind == KindClosed && e.cause == io.EOF }

// minus gives the parts that were added since before.
func (t Timing) minus(before Timing) Timing {
	return Timing{
		DNS:     t.DNS - before.DNS,
		Connect: t.Connect - before.Connect,
		TLS:     t.TLS - before.TLS,
		Send:    t.Send - before.Send,
		Wait:    t.Wait - before.Wait,
		Receive: t.Receive - before.Receive,
		Total:   t.Total - before.Total,
	}
}

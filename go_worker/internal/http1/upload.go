package http1

import (
	"errors"
	"io"
	"strconv"
	"sync/atomic"
	"time"
)

// leaveTimeout is how long an Expect: 100-continue waits before the body is sent anyway, as curl's.
const leaveTimeout = time.Second

var errShortBody = errors.New("the body ended before its announced length")

// upload is a body that is sent by a goroutine of its own while the answer is read: a server may
// answer early, refuse, or answer 100 first.
type upload struct {
	k      *conn
	limit  int64 // first-byte timeout, nanoseconds
	leaves chan bool
	asked  bool // Expect was sent and nothing decided yet
	done   chan struct{}
	err    *Error // set before done is closed
	bytes  int64
	sentAt atomic.Int64
}

// openStream opens the request's stream, if it has one and a body is sent at all.
func (w *wire) openStream(length *int64) (io.ReadCloser, *Error) {
	h := &w.client.hop
	if h.req.Stream == nil || !h.hasBody {
		return nil, nil
	}
	stream, size, err := h.req.Stream()
	if err != nil {
		return nil, fail(KindBadRequest, err)
	}
	*length = size
	return stream, nil
}

// sendBeside writes the head and starts to write the body.
func (w *wire) sendBeside(
	resp *Response, head, body []byte, stream io.ReadCloser, length int64,
) *Error {
	c := w.client
	w.k.armExactly(c.shared, c.hop.deadline)
	began := c.clock
	if err := w.write(resp, head); err != nil {
		if stream != nil {
			_ = stream.Close()
		}
		return err
	}
	u := &upload{
		k: w.k, limit: c.hop.policy.firstByte,
		leaves: make(chan bool, 1), done: make(chan struct{}), asked: w.out.expect,
	}
	if !w.out.expect {
		u.leaves <- true
	}
	w.upload = u
	w.sentAt = began
	source := &bodySource{body: body, stream: stream, length: length,
		chunked: w.out.framing == framingChunked}
	shared := c.shared
	go u.run(shared, source)
	return nil
}

// leave decides once whether the body is sent.
func (u *upload) leave(granted bool) {
	if u.asked {
		u.asked = false
		u.leaves <- granted
	}
}

func (u *upload) run(shared *Shared, source *bodySource) {
	defer close(u.done)
	defer source.close()
	timer := time.NewTimer(leaveTimeout)
	defer timer.Stop()
	select {
	case granted := <-u.leaves:
		if !granted {
			u.err = fail(KindAborted, nil)
			return
		}
	case <-timer.C:
	}
	scratch := shared.large.Get().(*buffer)
	defer shared.large.Put(scratch)
	for {
		part, last, err := source.next(scratch.bytes)
		if err != nil {
			// The server still waits for bytes that will not come.
			u.err = fail(KindBadRequest, err)
			_ = u.k.socket.Close()
			return
		}
		n, err := u.k.stream.Write(part)
		u.bytes += int64(n)
		if err != nil {
			u.err = classifyIO(err)
			return
		}
		if last {
			break
		}
	}
	now := shared.Now()
	u.sentAt.Store(now)
	if u.limit > 0 {
		_ = u.k.socket.SetReadDeadline(shared.Instant(now + u.limit))
	}
}

// settle waits for the writing to end; a body that is no longer wanted is cut off.
func (w *wire) settle(resp *Response, err *Error) *Error {
	u := w.upload
	u.leave(false)
	if err != nil {
		_ = w.k.socket.Close()
	} else if resp.Status >= 400 {
		_ = w.k.socket.SetWriteDeadline(time.Unix(1, 0))
	}
	<-u.done
	w.client.tick()
	resp.BytesOut += u.bytes
	w.k.armed = 0
	if u.err == nil {
		w.sent = SentAll
		sentAt := u.sentAt.Load()
		resp.Timing.Send += max(sentAt-w.sentAt, 0) / 1000
		w.sentAt = sentAt
		return err
	}
	resp.KeptAlive = false
	if err != nil && u.err.Kind == KindBadRequest {
		return u.err
	}
	return err
}

// bodySource gives a body in pieces as they go on the wire.
type bodySource struct {
	body    []byte
	stream  io.ReadCloser
	length  int64 // announced; -1: none
	sent    int64
	chunked bool
	ended   bool
}

// chunkRoom is kept before a chunk for its size line, and two bytes behind it.
const chunkRoom = 18

// next gives the next piece; last is set with the final one.
func (s *bodySource) next(scratch []byte) (part []byte, last bool, err error) {
	if s.ended {
		return []byte("0\r\n\r\n"), true, nil
	}
	room := scratch[chunkRoom : len(scratch)-2]
	var data []byte
	if s.stream == nil {
		data = s.body[s.sent:]
		if s.chunked {
			data = room[:copy(room, data)]
		}
	} else {
		n, readErr := io.ReadFull(s.stream, room)
		if readErr != nil && readErr != io.EOF && readErr != io.ErrUnexpectedEOF {
			return nil, false, readErr
		}
		data = room[:n]
	}
	s.sent += int64(len(data))
	if !s.chunked {
		return s.plain(data, len(room))
	}
	if s.stream == nil {
		s.ended = s.sent == int64(len(s.body))
	} else {
		s.ended = len(data) < len(room)
	}
	if len(data) == 0 {
		return []byte("0\r\n\r\n"), true, nil
	}
	return frameChunk(scratch, len(data)), false, nil
}

// plain ends at the announced length, or with the body when a length of the plan's own is sent.
func (s *bodySource) plain(data []byte, room int) ([]byte, bool, error) {
	if s.stream == nil {
		return data, true, nil
	}
	ended := len(data) < room
	if s.length >= 0 {
		if over := s.sent - s.length; over > 0 {
			data = data[:int64(len(data))-over]
		}
		if ended && s.sent < s.length {
			return nil, false, errShortBody
		}
		ended = s.sent >= s.length
	}
	return data, ended, nil
}

// frameChunk puts the size line before scratch[chunkRoom:][:n] and a line end behind it.
func frameChunk(scratch []byte, n int) []byte {
	var line [chunkRoom]byte
	size := append(strconv.AppendInt(line[:0], int64(n), 16), '\r', '\n')
	start := chunkRoom - len(size)
	copy(scratch[start:], size)
	end := chunkRoom + n
	return append(scratch[start:end], '\r', '\n')
}

func (s *bodySource) close() {
	if s.stream != nil {
		_ = s.stream.Close()
	}
}

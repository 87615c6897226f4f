package http1

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

var (
	errHeadTooLarge = errors.New("a line or the whole head is too large")
	errStatusLine   = errors.New("not an HTTP/1.x status line")
	errNoColon      = errors.New("a header line without a name and a colon")
	errNUL          = errors.New("NUL byte in the head")
	errLength       = errors.New("Content-Length is not one number")
	errInterim      = errors.New("too many interim answers")
	errChunk        = errors.New("bad chunk framing")
)

// protocol begins every status line that is accepted.
const protocol = "HTTP/1."

// maxInterim bounds 1xx answers before the final one.
const maxInterim = 64

// answer is what a head says about the bytes after it.
type answer struct {
	length    int64 // -1: not given
	chunked   bool
	coded     bool // some other transfer coding
	close     bool
	keepAlive bool
	cookies   bool
	location  int // index of the first non-empty Location line; -1: none
}

// readAnswer reads interim answers, the final head and its body.
func (w *wire) readAnswer(resp *Response) *Error {
	var a answer
	for interim := 0; ; interim++ {
		if err := w.readHead(resp); err != nil {
			if err.Kind == KindClosed && w.in > 0 {
				err.Kind = KindTruncated
			}
			return err
		}
		if resp.Status >= 200 || resp.Status == 101 {
			break
		}
		if interim == maxInterim {
			return fail(KindProtocol, errInterim)
		}
		if w.upload != nil && resp.Status == 100 {
			w.upload.leave(true)
		}
	}
	if w.upload != nil {
		w.upload.leave(false)
	}
	if err := resp.interpret(&a); err != nil {
		return err
	}
	c := w.client
	if a.cookies && c.hop.cookies() {
		c.storeCookies(resp)
	}
	keep := w.keepsBody(resp, &a)
	err := w.readBody(resp, &a, keep)
	resp.KeptAlive = err == nil && w.reusable(resp, &a)
	return err
}

// keepsBody: the body of an answer that will be redirected is dropped unless wanted.
func (w *wire) keepsBody(resp *Response, a *answer) bool {
	h := &w.client.hop
	resp.location = a.location
	if h.redirects(resp) {
		return h.req.Want.HopBodies
	}
	return h.req.Want.Body
}

func (w *wire) reusable(resp *Response, a *answer) bool {
	h := &w.client.hop
	if w.out.close || h.policy.options.NoKeepAlive || w.start != w.end || resp.Status == 101 {
		return false
	}
	if resp.Proto == "HTTP/1.0" || h.policy.options.Version == Version10 {
		return a.keepAlive && !a.close
	}
	return !a.close
}

// readHead reads one head into resp.Status, Proto, reason and Headers.
func (w *wire) readHead(resp *Response) *Error {
	resp.Headers.reset()
	w.first = 0
	limit := w.client.shared.options.MaxHeadBytes
	if err := w.awaitProtocol(limit); err != nil {
		return err
	}
	status, err := w.line(0, limit)
	if err != nil {
		return err
	}
	b := w.buf.bytes[w.start:]
	if err := resp.parseStatus(chomp(b[:status])); err != nil {
		return err
	}
	end, err := w.fieldLines(&resp.Headers, status, limit)
	if err != nil {
		return err
	}
	w.start += end
	return nil
}

// awaitProtocol receives the first bytes of a head. What is not HTTP may have no line end to wait for.
func (w *wire) awaitProtocol(limit int) *Error {
	for {
		got := w.buf.bytes[w.start:min(w.end, w.start+len(protocol))]
		if w.first == 0 && len(got) > 0 {
			w.first, w.inAtFirst = w.client.tick(), w.in
		}
		if string(got) != protocol[:len(got)] {
			return fail(KindProtocol, errStatusLine)
		}
		if len(got) == len(protocol) {
			return nil
		}
		if err := w.fill(limit); err != nil {
			return err
		}
	}
}

// line gives the end (behind LF) of the line that begins at offset from, as offsets from w.start.
func (w *wire) line(from, limit int) (int, *Error) {
	scanned := from
	for {
		if i := bytes.IndexByte(w.buf.bytes[w.start+scanned:w.end], '\n'); i >= 0 {
			return scanned + i + 1, nil
		}
		scanned = w.end - w.start
		if scanned > limit {
			return 0, fail(KindProtocol, errHeadTooLarge)
		}
		if err := w.fill(limit); err != nil {
			return 0, err
		}
	}
}

// tick reads the clock.
func (c *Client) tick() int64 {
	c.clock = c.shared.Now()
	return c.clock
}

// fieldLines reads header lines from offset begin to the empty line into h and gives the offset
// behind that line. On failure h is empty.
func (w *wire) fieldLines(h *Headers, begin, limit int) (int, *Error) {
	end, err := w.collectFields(h, begin, limit)
	if err != nil {
		h.reset()
	}
	return end, err
}

func (w *wire) collectFields(h *Headers, begin, limit int) (int, *Error) {
	for from := begin; ; {
		end, err := w.line(from, limit)
		if err != nil {
			return 0, err
		}
		block := w.buf.bytes[w.start+begin:]
		line := chomp(block[from-begin : end-begin])
		if len(line) == 0 {
			block = block[:end-begin]
			if bytes.IndexByte(block, 0) >= 0 {
				return 0, fail(KindProtocol, errNUL)
			}
			h.raw = append(h.raw[:0], block...)
			return end, nil
		}
		if !h.parseLine(block, from-begin, line) {
			return 0, fail(KindProtocol, errNoColon)
		}
		from = end
		if end > limit {
			return 0, fail(KindProtocol, errHeadTooLarge)
		}
	}
}

// parseLine notes the field that starts at block[at:]; false for a line without a name and a colon.
// A folded line is joined to the one before.
func (h *Headers) parseLine(block []byte, at int, line []byte) bool {
	if line[0] == ' ' || line[0] == '\t' {
		if last := len(h.fields) - 1; last >= 0 {
			f := &h.fields[last]
			for i := int(f.valueEnd); i < at; i++ {
				block[i] = ' '
			}
			f.valueEnd = int32(at + len(trimRight(line)))
		}
		return true
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return false
	}
	value := colon + 1
	for value < len(line) && (line[value] == ' ' || line[value] == '\t') {
		value++
	}
	end := max(len(trimRight(line)), value)
	h.fields = append(h.fields,
		field{int32(at), int32(at + colon), int32(at + value), int32(at + end)})
	return true
}

func trimRight(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t') {
		line = line[:len(line)-1]
	}
	return line
}

// chomp removes the line end, CRLF or a bare LF.
func chomp(line []byte) []byte {
	line = line[:len(line)-1]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line
}

// parseStatus reads "HTTP/1.1 200 OK"; the reason and the space before it may be missing.
func (r *Response) parseStatus(line []byte) *Error {
	if len(line) < 12 || string(line[:7]) != protocol || line[8] != ' ' ||
		(len(line) > 12 && line[12] != ' ') {
		return fail(KindProtocol, errStatusLine)
	}
	switch line[7] {
	case '1':
		r.Proto = "HTTP/1.1"
	case '0':
		r.Proto = "HTTP/1.0"
	default:
		return fail(KindProtocol, errStatusLine)
	}
	status := 0
	for _, b := range line[9:12] {
		if b < '0' || b > '9' {
			return fail(KindProtocol, errStatusLine)
		}
		status = status*10 + int(b-'0')
	}
	if status < 100 {
		return fail(KindProtocol, errStatusLine)
	}
	r.Status = status
	r.reason = append(r.reason[:0], line[min(13, len(line)):]...)
	return nil
}

// interpret reads the headers that rule what follows.
func (r *Response) interpret(a *answer) *Error {
	*a = answer{length: -1, location: -1}
	for i := range r.Headers.fields {
		f := &r.Headers.fields[i]
		name := r.Headers.raw[f.name:f.nameEnd]
		value := r.Headers.raw[f.value:f.valueEnd]
		switch len(name) {
		case 8:
			if a.location < 0 && len(value) > 0 && equalFold(name, "location") {
				a.location = i
			}
		case 10:
			if equalFold(name, "connection") {
				a.close = a.close || hasToken(value, "close")
				a.keepAlive = a.keepAlive || hasToken(value, "keep-alive")
			} else if equalFold(name, "set-cookie") {
				a.cookies = true
			}
		case 14:
			if equalFold(name, "content-length") {
				if err := a.setLength(value); err != nil {
					return err
				}
			}
		case 17:
			if equalFold(name, "transfer-encoding") {
				a.coded = true
				a.chunked = a.chunked || hasToken(value, "chunked")
			}
		}
	}
	return nil
}

// setLength accepts one number, also repeated ("5, 5" or two equal lines).
func (a *answer) setLength(value []byte) *Error {
	for more := true; more; {
		var one []byte
		one, value, more = bytes.Cut(value, []byte{','})
		length, err := parseLength(trim(one))
		if err != nil || (a.length >= 0 && a.length != length) {
			return fail(KindProtocol, fmt.Errorf("%w: %.40q", errLength, one))
		}
		a.length = length
	}
	return nil
}

func parseLength(text []byte) (int64, error) {
	if len(text) == 0 || len(text) > 18 {
		return 0, strconv.ErrRange
	}
	length := int64(0)
	for _, b := range text {
		if b < '0' || b > '9' {
			return 0, strconv.ErrSyntax
		}
		length = length*10 + int64(b-'0')
	}
	return length, nil
}

package http1

// Headers is a block of header lines in the order and spelling received. Folded lines are joined.
type Headers struct {
	raw    []byte
	fields []field
}

// field holds offsets into Headers.raw.
type field struct {
	name, nameEnd, value, valueEnd int32
}

// Len is the number of lines.
func (h *Headers) Len() int { return len(h.fields) }

// At returns line i.
func (h *Headers) At(i int) (name, value []byte) {
	f := &h.fields[i]
	return h.raw[f.name:f.nameEnd], h.raw[f.value:f.valueEnd]
}

// Get returns the value of the first line with this name, in any case.
func (h *Headers) Get(name string) (value []byte, found bool) {
	for i := range h.fields {
		f := &h.fields[i]
		if equalFold(h.raw[f.name:f.nameEnd], name) {
			return h.raw[f.value:f.valueEnd], true
		}
	}
	return nil, false
}

// AppendAll appends the value of every line with this name to dst.
func (h *Headers) AppendAll(dst [][]byte, name string) [][]byte {
	for i := range h.fields {
		f := &h.fields[i]
		if equalFold(h.raw[f.name:f.nameEnd], name) {
			dst = append(dst, h.raw[f.value:f.valueEnd])
		}
	}
	return dst
}

// Raw is the block as received, without the first line.
func (h *Headers) Raw() []byte { return h.raw }

func (h *Headers) reset() {
	h.raw = h.raw[:0]
	h.fields = h.fields[:0]
}

// add appends a line that did not come as text (HTTP/2).
func (h *Headers) add(name, value string) {
	start := int32(len(h.raw))
	h.raw = append(h.raw, name...)
	nameEnd := int32(len(h.raw))
	h.raw = append(h.raw, ": "...)
	valueStart := int32(len(h.raw))
	h.raw = append(h.raw, value...)
	h.fields = append(h.fields, field{start, nameEnd, valueStart, int32(len(h.raw))})
	h.raw = append(h.raw, "\r\n"...)
}

func (h *Headers) copyFrom(other *Headers) {
	h.raw = append(h.raw[:0], other.raw...)
	h.fields = append(h.fields[:0], other.fields...)
}

// equalFold compares ASCII text without case. upper need not be upper case.
func equalFold(text []byte, name string) bool {
	if len(text) != len(name) {
		return false
	}
	for i := 0; i < len(text); i++ {
		if lower(text[i]) != lower(name[i]) {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b | 0x20
	}
	return b
}

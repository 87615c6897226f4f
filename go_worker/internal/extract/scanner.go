package extract

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

var errJSON = errors.New("the text is no JSON")

// scanner walks over JSON text. It checks no more than it needs to find its way.
type scanner struct {
	text []byte
	at   int
	err  error
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) fail() { s.err = errJSON }

// next is the byte here; 0 at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// expect steps over a byte.
func (s *scanner) expect(b byte) bool {
	if s.next() != b {
		s.fail()
		return false
	}
	s.at++
	return true
}

// enter goes to a field or element of the value here; false: it has none.
func (s *scanner) enter(p *step, script bool) bool {
	switch s.next() {
	case '{':
		if p.isIndex {
			if !script {
				return false
			}
			return s.field(strconv.Itoa(p.index))
		}
		return s.field(p.key)
	case '[':
		if p.isIndex {
			return s.element(p.index)
		}
		if index, err := strconv.Atoi(p.key); script && err == nil {
			return s.element(index)
		}
	case 0:
		s.fail()
	}
	return false
}

func (s *scanner) field(key string) bool {
	s.at++
	for {
		s.space()
		if s.next() == '}' {
			return false
		}
		start := s.at
		if s.next() != '"' {
			s.fail()
			return false
		}
		s.skipString()
		if s.err != nil {
			return false
		}
		name := s.text[start+1 : s.at-1]
		s.space()
		if !s.expect(':') {
			return false
		}
		s.space()
		if string(name) == key ||
			(bytes.IndexByte(name, '\\') >= 0 && string(appendUnescaped(nil, name)) == key) {
			return true
		}
		if !s.pass('}') {
			return false
		}
	}
}

// pass steps over a value and the comma after it; false at the end or after an error.
func (s *scanner) pass(end byte) bool {
	s.skip()
	s.space()
	if s.err != nil || s.next() == end {
		return false
	}
	return s.expect(',')
}

func (s *scanner) element(index int) bool {
	if index < 0 {
		counting := *s
		n := counting.count()
		if s.err = counting.err; s.err != nil || n+index < 0 {
			return false
		}
		index += n
	}
	s.at++
	for ; ; index-- {
		s.space()
		if s.next() == ']' {
			return false
		}
		if index == 0 {
			return true
		}
		if !s.pass(']') {
			return false
		}
	}
}

// count is the number of elements of the list here.
func (s *scanner) count() int {
	s.at++
	s.space()
	if s.next() == ']' {
		return 0
	}
	n := 1
	for s.pass(']') {
		s.space()
		n++
	}
	return n
}

// length is what JavaScript's `length` gives for a list or a string.
func (s *scanner) length() (Value, bool) {
	n := 0
	switch s.next() {
	case '[':
		n = s.count()
	case '"':
		start := s.at
		s.skipString()
		if s.err != nil {
			return Value{}, true
		}
		for _, r := range string(appendUnescaped(nil, s.text[start+1:s.at-1])) {
			n += utf16Len(r)
		}
	default:
		return Value{}, false
	}
	return Value{Text: strconv.AppendInt(nil, int64(n), 10), Found: true, Type: "number"}, true
}

func utf16Len(r rune) int {
	if r > 0xffff && r != utf8.RuneError {
		return 2
	}
	return 1
}

// skip steps over the value here.
func (s *scanner) skip() {
	depth := 0
	for s.at < len(s.text) {
		switch b := s.text[s.at]; b {
		case '"':
			s.skipString()
			if s.err != nil {
				return
			}
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth == 0 {
				s.fail()
				return
			}
			depth--
			s.at++
		case ' ', '\t', '\n', '\r', ',', ':':
			if depth == 0 {
				s.fail()
				return
			}
			s.at++
			continue
		default:
			s.skipScalar()
		}
		if depth == 0 {
			return
		}
	}
	s.fail()
}

func (s *scanner) skipScalar() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ',', ']', '}', ':', ' ', '\t', '\n', '\r', '"', '{', '[':
			return
		}
		s.at++
	}
}

// skipString steps over the string that begins here.
func (s *scanner) skipString() {
	s.at++
	for {
		end := bytes.IndexByte(s.text[min(s.at, len(s.text)):], '"')
		if end < 0 {
			s.at = len(s.text)
			s.fail()
			return
		}
		end += s.at
		slashes := 0
		for i := end - 1; i >= s.at && s.text[i] == '\\'; i-- {
			slashes++
		}
		s.at = end + 1
		if slashes%2 == 0 {
			return
		}
	}
}

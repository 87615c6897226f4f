package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// step is a field name or an index of a plain path.
type step struct {
	key     string
	index   int
	isIndex bool
}

// path is a plain path such as a.b[0].c. It is read from the text without decoding it. Of a field
// that stands twice in an object the first is taken.
type path struct {
	steps []step
	// script: the dotted subset of Postman scripts. `length` counts, null is a value.
	script bool
}

var plainJMESPath = regexp.MustCompile(
	`^(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\\]*"|\[-?\d+\])(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\\]*")|\[-?\d+\])*$`)

var pathSteps = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|"[^"\\]*"|\[-?\d+\]`)

// plainPath gives the path that a JMESPath expression stands for; nil when it is more than a path.
func plainPath(expression string) *path {
	expression = strings.TrimSpace(expression)
	if !plainJMESPath.MatchString(expression) {
		return nil
	}
	p := &path{}
	for _, part := range pathSteps.FindAllString(expression, -1) {
		switch part[0] {
		case '[':
			index, err := strconv.Atoi(part[1 : len(part)-1])
			if err != nil {
				return nil
			}
			p.steps = append(p.steps, step{index: index, isIndex: true})
		case '"':
			p.steps = append(p.steps, step{key: part[1 : len(part)-1]})
		default:
			p.steps = append(p.steps, step{key: part})
		}
	}
	return p
}

var errPath = errors.New(`the path is not of the form a.b[0]["c d"]`)

// scriptPath reads the dotted subset: names after dots, numbers and quoted names in brackets. A
// leading $ is the root.
func scriptPath(text string) (*path, error) {
	p := &path{script: true}
	rest := strings.TrimSpace(text)
	rest = strings.TrimPrefix(rest, "$")
	if rest != "" && rest[0] != '.' && rest[0] != '[' {
		rest = "." + rest
	}
	for rest != "" {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			if end == 0 {
				return nil, errPath
			}
			p.steps = append(p.steps, step{key: rest[1 : 1+end]})
			rest = rest[1+end:]
			continue
		}
		if rest[0] != '[' || len(rest) < 3 {
			return nil, errPath
		}
		if quote := rest[1]; quote == '"' || quote == '\'' {
			end := strings.Index(rest[2:], string(quote)+"]")
			if end < 0 {
				return nil, errPath
			}
			p.steps = append(p.steps, step{key: rest[2 : 2+end]})
			rest = rest[2+end+2:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, errPath
		}
		index, err := strconv.Atoi(rest[1:end])
		if err != nil {
			return nil, errPath
		}
		p.steps = append(p.steps, step{index: index, isIndex: true})
		rest = rest[end+1:]
	}
	return p, nil
}

// read finds the value. Its text points into json or scratch.
func (p *path) read(text, scratch []byte) (Value, []byte, error) {
	s := scanner{text: text}
	for i := range p.steps {
		step := &p.steps[i]
		s.space()
		if p.script && step.key == "length" && i == len(p.steps)-1 {
			if value, counted := s.length(); counted {
				return value, scratch, s.err
			}
		}
		if !s.enter(step, p.script) {
			return Value{}, scratch, s.err
		}
	}
	s.space()
	start := s.at
	s.skip()
	if s.err != nil {
		return Value{}, scratch, s.err
	}
	return p.value(text[start:s.at], scratch)
}

// value turns a raw JSON value into text.
func (p *path) value(raw, scratch []byte) (Value, []byte, error) {
	v := Value{Found: true, Text: raw, Type: typeOf(raw)}
	switch v.Type {
	case "null":
		if !p.script {
			return Value{}, scratch, nil // JMESPath does not tell null from absent
		}
	case "string":
		v.Text = raw[1 : len(raw)-1]
		if bytes.IndexByte(v.Text, '\\') >= 0 || !utf8.Valid(v.Text) {
			scratch = appendUnescaped(scratch[:0], v.Text)
			v.Text = scratch
		}
	case "array", "object":
		if bytes.ContainsAny(raw, " \t\r\n") {
			var compact bytes.Buffer
			if err := json.Compact(&compact, raw); err != nil {
				return Value{}, scratch, errJSON
			}
			v.Text = compact.Bytes()
		}
	}
	return v, scratch, nil
}

func typeOf(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// appendUnescaped writes the inside of a JSON string without its escapes. A byte that is no UTF-8
// becomes U+FFFD, as where the whole text is decoded.
func appendUnescaped(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += size - 1
			continue
		}
		if text[i] != '\\' || i+1 >= len(text) {
			dst = append(dst, text[i])
			continue
		}
		i++
		switch text[i] {
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r := hexRune(text, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if i+2 < len(text) && text[i+1] == '\\' && text[i+2] == 'u' {
					low = hexRune(text, i+3)
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, text[i])
		}
	}
	return dst
}

func hexRune(text []byte, at int) rune {
	if at+4 > len(text) {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(text[at:at+4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// Package template compiles texts with `{{name}}` and `{{$function args}}` into segments once, and
// renders them without parsing. Each occurrence is evaluated separately; an unknown name is sent
// literally, braces included.
//
// Arguments of functions are separated by spaces; "quoted text" may hold spaces, and @name is the
// value of a variable. The functions stand in functions.go, the dynamic variables of Postman in
// postman.go.
package template

import (
	"math/rand/v2"
	"strings"
	"time"
)

// MaxDepth bounds how deep variables may hold templates, as in the Postman runtime.
const MaxDepth = 20

// Context gives a template what it renders with. One goroutine at a time.
type Context interface {
	// AppendVariable appends the value of a variable to dst, or tells that the name is not known.
	AppendVariable(dst []byte, variable Variable, depth int) (result []byte, known bool)
	// Random is the user's generator: the same seed and user give the same texts.
	Random() *rand.Rand
	Now() time.Time
	// Count counts calls per user and name: 1, 2, 3 …
	Count(name string) uint64
	// AppendColumn appends a column of the feed's row of this iteration.
	AppendColumn(dst []byte, feed, column string) (result []byte, known bool)
	// Indexes are the user's number over all workers and its iteration, both from 0.
	Indexes() (user, iteration uint64)
	// Unresolved is told each name that is sent literally.
	Unresolved(name string)
}

// Variable is a name and its slot; NoSlot for a name that was not known when the plan was loaded.
type Variable struct {
	Name string
	Slot int
}

// NoSlot marks a variable that is looked up by its name.
const NoSlot = -1

type segment struct {
	literal  string // text as it stands; for a reference the braces and what they hold
	variable Variable
	call     *call
}

// Template is a compiled text. Immutable; the zero value renders nothing.
type Template struct {
	text     string
	segments []segment
}

// Compile reads a text. Names that are new get a slot in names, unless it is frozen. It never fails:
// what is no function and no variable is literal when rendered; Unknown lists it.
func Compile(text string, names *Names) *Template {
	t := &Template{text: text}
	rest := text
	for {
		start, end := nextToken(rest)
		if start < 0 {
			break
		}
		t.literal(rest[:start])
		t.reference(rest[start:end], names)
		rest = rest[end:]
	}
	t.literal(rest)
	return t
}

// MapLiterals changes what of a text stands outside of references.
func MapLiterals(text string, change func(string) string) string {
	var b strings.Builder
	for {
		start, end := nextToken(text)
		if start < 0 {
			b.WriteString(change(text))
			return b.String()
		}
		b.WriteString(change(text[:start]))
		b.WriteString(text[start:end])
		text = text[end:]
	}
}

// IndexLiteral is where a byte stands outside of references for the first time; -1: nowhere.
func IndexLiteral(text string, b byte) int {
	from := 0
	for {
		start, end := nextToken(text[from:])
		literal := text[from:]
		if start >= 0 {
			literal = literal[:start]
		}
		if i := strings.IndexByte(literal, b); i >= 0 {
			return from + i
		}
		if start < 0 {
			return -1
		}
		from += end
	}
}

// nextToken finds the first `{{…}}` that holds no brace.
func nextToken(text string) (start, end int) {
	from := 0
	for {
		open := strings.Index(text[from:], "{{")
		if open < 0 {
			return -1, -1
		}
		open += from
		inner := strings.IndexAny(text[open+2:], "{}")
		if inner < 0 {
			return -1, -1
		}
		at := open + 2 + inner
		if text[at] == '}' && strings.HasPrefix(text[at:], "}}") {
			return open, at + 2
		}
		if from = at; text[at] == '{' {
			from = max(open+1, at-1) // the braces may begin one later: {{{name}}
		}
	}
}

func (t *Template) literal(text string) {
	if text != "" {
		t.segments = append(t.segments, segment{literal: text, variable: Variable{Slot: NoSlot}})
	}
}

func (t *Template) reference(token string, names *Names) {
	name := strings.TrimSpace(token[2 : len(token)-2])
	s := segment{literal: token, variable: Variable{Name: name, Slot: NoSlot}}
	if strings.HasPrefix(name, "$") {
		s.call = compileCall(name, names)
	}
	if s.call == nil {
		s.variable.Slot = names.Slot(name)
	}
	t.segments = append(t.segments, s)
}

// Text is what was compiled.
func (t *Template) Text() string { return t.text }

// Constant tells that the text holds no reference: it renders as it stands.
func (t *Template) Constant() bool {
	return len(t.segments) == 0 ||
		(len(t.segments) == 1 && t.segments[0].call == nil && t.segments[0].variable.Name == "")
}

// Variables lists the names that are referred to, functions' arguments included.
func (t *Template) Variables() []string {
	var found []string
	for i := range t.segments {
		s := &t.segments[i]
		if s.call != nil {
			found = append(found, s.call.variables()...)
		} else if s.variable.Name != "" {
			found = append(found, s.variable.Name)
		}
	}
	return found
}

// UnknownFunctions lists references that begin with $ and are no function.
func (t *Template) UnknownFunctions() []string {
	var found []string
	for i := range t.segments {
		s := &t.segments[i]
		if s.call == nil && strings.HasPrefix(s.variable.Name, "$") {
			found = append(found, s.variable.Name)
		}
	}
	return found
}

// Append renders the template after dst.
func (t *Template) Append(dst []byte, c Context) []byte { return t.AppendNested(dst, c, 0) }

// AppendNested renders a template that is the value of a variable, depth levels down.
func (t *Template) AppendNested(dst []byte, c Context, depth int) []byte {
	for i := range t.segments {
		s := &t.segments[i]
		if s.call != nil {
			dst = s.call.append(dst, c, depth)
			continue
		}
		if s.variable.Name == "" {
			dst = append(dst, s.literal...)
			continue
		}
		if depth < MaxDepth {
			if result, known := c.AppendVariable(dst, s.variable, depth); known {
				dst = result
				continue
			}
		}
		c.Unresolved(s.variable.Name)
		dst = append(dst, s.literal...)
	}
	return dst
}

// Render is Append as a string.
func (t *Template) Render(c Context) string {
	if t.Constant() {
		return t.text
	}
	return string(t.Append(nil, c))
}

// Literal is a template that renders text as it stands, braces included.
func Literal(text string) *Template {
	t := &Template{text: text}
	t.literal(text)
	return t
}

package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/antchfx/xpath"
	"github.com/jmespath/go-jmespath"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// Extractor is a compiled rule. Immutable; shared by all users.
type Extractor struct {
	source  pb.Source
	name    string // of a header or cookie
	hop     int
	finder  finder
	make    func(c template.Context) []byte // a value that no answer holds
	plain   *path                           // the finder is this path over the body
	match   pb.Match
	number  int  // 1-based
	element bool // match_number was given: of a list it is the element
}

// Compile compiles a rule.
func Compile(plan *pb.Extractor, names *template.Names) (*Extractor, error) {
	e := &Extractor{source: plan.Source, name: plan.Header, hop: int(plan.RedirectHop),
		match: plan.Match, number: int(max(plan.MatchNumber, 1)), element: plan.MatchNumber > 0}
	if (plan.Source == pb.Source_SOURCE_HEADER || plan.Source == pb.Source_SOURCE_COOKIE) && plan.Header == "" {
		return nil, errors.New("the name of the header or cookie is missing")
	}
	err := e.compileLanguage(plan, names)
	if found, ok := e.finder.(pathFinder); ok && e.source == pb.Source_SOURCE_BODY && e.hop == 0 &&
		e.match == pb.Match_MATCH_NUMBER && !e.element {
		e.plain = found.path
	}
	return e, err
}

func (e *Extractor) compileLanguage(plan *pb.Extractor, names *template.Names) error {
	var err error
	switch language := plan.Language.(type) {
	case *pb.Extractor_Jmespath:
		e.finder, err = CompileJMESPath(language.Jmespath)
	case *pb.Extractor_Jsonpath:
		e.finder, err = compileScriptPath(language.Jsonpath)
	case *pb.Extractor_Xpath:
		e.finder, err = compileXPath(language.Xpath)
	case *pb.Extractor_Css:
		e.finder, err = compileCSS(language.Css)
	case *pb.Extractor_Regex:
		e.finder, err = compileRegex(language.Regex.GetPattern(), language.Regex.GetGroup())
	case *pb.Extractor_Boundaries:
		e.finder = boundaryFinder{[]byte(language.Boundaries.GetLeft()), []byte(language.Boundaries.GetRight())}
	case *pb.Extractor_Constant:
		constant := template.Compile(language.Constant, names)
		e.make = func(c template.Context) []byte { return constant.Append(nil, c) }
	case *pb.Extractor_RandomInt:
		low, high := language.RandomInt.GetMin(), language.RandomInt.GetMax()
		if high < low {
			return fmt.Errorf("the largest number %d is below the smallest %d", high, low)
		}
		e.make = func(c template.Context) []byte {
			return strconv.AppendInt(nil, template.RandomInt(c.Random(), low, high), 10)
		}
	case *pb.Extractor_RandomChoice:
		values := language.RandomChoice.GetValues()
		if len(values) == 0 {
			return errors.New("there is nothing to choose from")
		}
		e.make = func(c template.Context) []byte { return []byte(values[c.Random().IntN(len(values))]) }
	default:
		e.finder = wholeFinder{}
	}
	return err
}

// CompileJMESPath compiles an expression; plain paths are read without decoding the text.
func CompileJMESPath(expression string) (finder, error) {
	if p := plainPath(expression); p != nil {
		return pathFinder{p}, nil
	}
	compiled, err := jmespath.Compile(expression)
	if err != nil {
		return nil, err
	}
	return jmesFinder{compiled}, nil
}

func compileScriptPath(text string) (finder, error) {
	p, err := scriptPath(text)
	return pathFinder{p}, err
}

func compileXPath(text string) (finder, error) {
	compiled, err := xpath.Compile(text)
	return xpathFinder{compiled}, err
}

// NeedsBody tells whether the body of the last answer is read.
func (e *Extractor) NeedsBody() bool { return e.source == pb.Source_SOURCE_BODY && e.make == nil }

// NeedsHopBody tells whether the body of a redirect answer is read.
func (e *Extractor) NeedsHopBody() bool { return e.NeedsBody() && e.hop > 0 }

// Apply reads the value. Its text is valid until the next answer or the next call.
func (e *Extractor) Apply(a *Answer, c template.Context) (Value, error) {
	if e.make != nil {
		return Text(e.make(c)), nil
	}
	if e.plain != nil {
		body, err := a.Body()
		if err != nil {
			return Value{}, err
		}
		value, scratch, err := e.plain.read(body, a.scratch)
		a.scratch = scratch
		return value, err
	}
	values, err := e.values(a)
	if err != nil || len(values) == 0 {
		return Value{}, err
	}
	return e.choose(values, c), nil
}

// values finds what the language finds in the source.
func (e *Extractor) values(a *Answer) ([]Value, error) {
	texts, isBody, err := e.texts(a)
	if err != nil {
		return nil, err
	}
	limit := 0
	if e.match == pb.Match_MATCH_NUMBER {
		limit = e.number
	}
	var values []Value
	for _, text := range texts {
		found, err := e.finder.find(a, text, isBody, limit)
		if err != nil {
			return nil, err
		}
		values = append(values, found...)
	}
	return e.spread(values), nil
}

// spread turns the one list that a JSON expression gives into its elements when the rule asks for one
// of them.
func (e *Extractor) spread(values []Value) []Value {
	asks := e.element || e.match != pb.Match_MATCH_NUMBER
	if !asks || len(values) != 1 || values[0].Type != "array" {
		return values
	}
	var elements []json.RawMessage
	if json.Unmarshal(values[0].Text, &elements) != nil {
		return values
	}
	spread := make([]Value, 0, len(elements))
	for _, raw := range elements {
		value, _, err := (&path{script: true}).value(raw, nil)
		if err == nil {
			spread = append(spread, value)
		}
	}
	return spread
}

func (e *Extractor) choose(values []Value, c template.Context) Value {
	switch e.match {
	case pb.Match_MATCH_RANDOM:
		return values[c.Random().IntN(len(values))]
	case pb.Match_MATCH_ALL:
		return list(values)
	}
	if e.number > len(values) {
		return Value{}
	}
	return values[e.number-1]
}

// list is all values as a JSON list; those from JSON keep their type.
func list(values []Value) Value {
	text := []byte{'['}
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		if v.Type != "" && v.Type != "string" {
			text = append(text, v.Text...)
			continue
		}
		var quoted bytes.Buffer
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(string(v.Text)) // a string can always be encoded
		text = append(text, bytes.TrimSuffix(quoted.Bytes(), []byte{'\n'})...)
	}
	return Value{Text: append(text, ']'), Found: true, Type: "array"}
}

// texts are the texts of the source.
func (e *Extractor) texts(a *Answer) (texts [][]byte, isBody bool, err error) {
	if e.hop > 0 && e.hop <= len(a.Response.Hops) {
		return e.hopTexts(a)
	}
	if e.hop > len(a.Response.Hops)+1 {
		return nil, false, nil
	}
	switch e.source {
	case pb.Source_SOURCE_HEADER:
		return a.Response.Headers.AppendAll(nil, e.name), false, nil
	case pb.Source_SOURCE_COOKIE:
		if value, found := a.Cookie(e.name); found {
			texts = [][]byte{value}
		}
		return texts, false, nil
	case pb.Source_SOURCE_URL:
		return [][]byte{a.URL()}, false, nil
	case pb.Source_SOURCE_STATUS:
		return [][]byte{a.Status()}, false, nil
	case pb.Source_SOURCE_LATENCY:
		return [][]byte{a.Milliseconds()}, false, nil
	}
	body, err := a.Body()
	return [][]byte{body}, true, err
}

func (e *Extractor) hopTexts(a *Answer) (texts [][]byte, isBody bool, err error) {
	hop := &a.Response.Hops[e.hop-1]
	switch e.source {
	case pb.Source_SOURCE_HEADER:
		return hop.Headers.AppendAll(nil, e.name), false, nil
	case pb.Source_SOURCE_COOKIE:
		for _, line := range hop.Headers.AppendAll(nil, "set-cookie") {
			pair, _, _ := bytes.Cut(line, []byte{';'})
			key, value, _ := bytes.Cut(pair, []byte{'='})
			if string(bytes.TrimSpace(key)) == e.name {
				texts = append(texts, bytes.TrimSpace(value))
			}
		}
		return texts, false, nil
	case pb.Source_SOURCE_URL:
		return [][]byte{[]byte(hop.URL)}, false, nil
	case pb.Source_SOURCE_STATUS:
		return [][]byte{strconv.AppendInt(nil, int64(hop.Status), 10)}, false, nil
	case pb.Source_SOURCE_LATENCY:
		return [][]byte{strconv.AppendFloat(nil, float64(hop.Timing.Total)/1000, 'f', -1, 64)}, false, nil
	}
	return [][]byte{hop.Body}, false, nil
}

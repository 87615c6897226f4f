package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
	"github.com/jmespath/go-jmespath"
	"golang.org/x/net/html"
)

// finder looks for values in a text, in order, at most limit of them (0: all).
type finder interface {
	find(a *Answer, text []byte, isBody bool, limit int) ([]Value, error)
}

// pathFinder reads a plain path; there is at most one value.
type pathFinder struct{ path *path }

func (f pathFinder) find(a *Answer, text []byte, _ bool, _ int) ([]Value, error) {
	value, scratch, err := f.path.read(text, a.scratch)
	a.scratch = scratch
	if err != nil || !value.Found {
		return nil, err
	}
	return []Value{value}, nil
}

// jmesFinder evaluates an expression over the decoded text.
type jmesFinder struct{ expression *jmespath.JMESPath }

func (f jmesFinder) find(a *Answer, text []byte, isBody bool, _ int) ([]Value, error) {
	decoded, err := a.decodedJSON(text, isBody)
	if err != nil {
		return nil, err
	}
	result, err := f.expression.Search(decoded)
	if err != nil {
		return nil, fmt.Errorf("the expression cannot be evaluated: %w", err)
	}
	value := jsonValue(result)
	if !value.Found {
		return nil, nil
	}
	return []Value{value}, nil
}

// jsonValue is a decoded value as text; nil is absent.
func jsonValue(decoded any) Value {
	switch v := decoded.(type) {
	case nil:
		return Value{}
	case string:
		return Value{Text: []byte(v), Found: true, Type: "string"}
	case bool:
		return Value{Text: strconv.AppendBool(nil, v), Found: true, Type: "boolean"}
	case float64:
		return Value{Text: appendNumber(nil, v), Found: true, Type: "number"}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(decoded); err != nil {
		return Value{}
	}
	value := Value{Text: bytes.TrimSuffix(text.Bytes(), []byte{'\n'}), Found: true}
	value.Type = typeOf(value.Text)
	return value
}

// appendNumber writes whole numbers without a point or an exponent up to 2^53.
func appendNumber(dst []byte, n float64) []byte {
	if n == float64(int64(n)) && n < 1<<53 && n > -1<<53 {
		return strconv.AppendInt(dst, int64(n), 10)
	}
	return strconv.AppendFloat(dst, n, 'g', -1, 64)
}

// xpathFinder evaluates XPath 1.0 over HTML or XML.
type xpathFinder struct{ expression *xpath.Expr }

func (f xpathFinder) find(a *Answer, text []byte, isBody bool, limit int) ([]Value, error) {
	var root xpath.NodeNavigator
	if a.isXML(text) {
		tree, err := a.xmlTree(text, isBody)
		if err != nil {
			return nil, fmt.Errorf("the text is no XML: %w", err)
		}
		root = xmlquery.CreateXPathNavigator(tree)
	} else {
		tree, err := a.htmlTree(text, isBody)
		if err != nil {
			return nil, fmt.Errorf("the text is no HTML: %w", err)
		}
		root = htmlquery.CreateXPathNavigator(tree)
	}
	switch result := f.expression.Evaluate(root).(type) {
	case *xpath.NodeIterator:
		var values []Value
		for result.MoveNext() {
			values = append(values, Text([]byte(result.Current().Value())))
			if len(values) == limit {
				break
			}
		}
		return values, nil
	case string:
		return []Value{Text([]byte(result))}, nil
	case bool:
		return []Value{Text(strconv.AppendBool(nil, result))}, nil
	case float64:
		return []Value{Text(appendNumber(nil, result))}, nil
	}
	return nil, nil
}

// cssFinder selects elements of HTML: their text, or an attribute.
type cssFinder struct {
	selector  cascadia.SelectorGroup
	attribute string
}

func compileCSS(text string) (finder, error) {
	f := cssFinder{}
	if at := strings.LastIndexByte(text, '@'); at >= 0 && !strings.ContainsAny(text[at:], `]"'`) {
		text, f.attribute = text[:at], strings.ToLower(strings.TrimSpace(text[at+1:]))
	}
	var err error
	f.selector, err = cascadia.ParseGroup(text)
	return f, err
}

func (f cssFinder) find(a *Answer, text []byte, isBody bool, limit int) ([]Value, error) {
	tree, err := a.htmlTree(text, isBody)
	if err != nil {
		return nil, fmt.Errorf("the text is no HTML: %w", err)
	}
	var values []Value
	for _, node := range cascadia.QueryAll(tree, f.selector) {
		if value, found := f.value(node); found {
			values = append(values, value)
			if len(values) == limit {
				break
			}
		}
	}
	return values, nil
}

func (f cssFinder) value(node *html.Node) (Value, bool) {
	if f.attribute == "" {
		return Text([]byte(htmlquery.InnerText(node))), true
	}
	for _, attribute := range node.Attr {
		if attribute.Key == f.attribute {
			return Text([]byte(attribute.Val)), true
		}
	}
	return Value{}, false
}

type regexFinder struct {
	pattern *regexp.Regexp
	group   int
}

func compileRegex(pattern string, group uint32) (finder, error) {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	f := regexFinder{compiled, int(group)}
	if group == 0 && compiled.NumSubexp() > 0 {
		f.group = 1
	}
	if f.group > compiled.NumSubexp() {
		return nil, fmt.Errorf("the expression has no group %d", group)
	}
	return f, nil
}

func (f regexFinder) find(_ *Answer, text []byte, _ bool, limit int) ([]Value, error) {
	if limit == 0 {
		limit = -1
	}
	values, matches := f.all(text, limit)
	if limit > 0 && matches == limit && len(values) < limit {
		values, _ = f.all(text, -1) // the group took no part in some matches
	}
	return values, nil
}

// all gives the values of the group in at most limit matches, and how many matches there were.
func (f regexFinder) all(text []byte, limit int) (values []Value, matches int) {
	for _, match := range f.pattern.FindAllSubmatchIndex(text, limit) {
		matches++
		if start := match[2*f.group]; start >= 0 {
			values = append(values, Text(text[start:match[2*f.group+1]]))
		}
	}
	return values, matches
}

// boundaryFinder reads what stands between two texts. An empty left side is the beginning, an empty
// right side the end.
type boundaryFinder struct{ left, right []byte }

func (f boundaryFinder) find(_ *Answer, text []byte, _ bool, limit int) ([]Value, error) {
	var values []Value
	for {
		start := bytes.Index(text, f.left)
		if start < 0 {
			return values, nil
		}
		text = text[start+len(f.left):]
		end := len(text)
		if len(f.right) > 0 {
			if end = bytes.Index(text, f.right); end < 0 {
				return values, nil
			}
		}
		values = append(values, Text(text[:end]))
		if len(values) == limit || len(f.left) == 0 || len(f.right) == 0 {
			return values, nil
		}
		text = text[end+len(f.right):]
	}
}

type wholeFinder struct{}

func (wholeFinder) find(_ *Answer, text []byte, _ bool, _ int) ([]Value, error) {
	return []Value{Text(text)}, nil
}

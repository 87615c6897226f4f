package check

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hazard/internal/extract"
	"hazard/internal/pb"
	"hazard/internal/stats"
	"hazard/internal/template"
)

// Assertion is a compiled claim about an answer. Immutable; shared by all users.
type Assertion struct {
	// Name is shown in results and counted as error text: it holds nothing that varies.
	Name     string
	Severity pb.Severity
	// Joined makes one verdict of it and the claim before it.
	Joined   bool
	target   reader
	compare  comparison
	expected *template.Template
	constant []byte // expected, when it does not vary
	status   int    // the only status that makes the claim true; 0: it says something else
	body     bool
}

// reader reads what a claim speaks about.
type reader func(a *extract.Answer, c template.Context) (Value, error)

// Compile compiles a claim.
func Compile(plan *pb.Assertion, names *template.Names) (*Assertion, error) {
	made := &Assertion{Name: plan.Name, Severity: plan.Severity, Joined: plan.Joined,
		expected: template.Compile(plan.Expected, names), constant: []byte(plan.Expected)}
	if made.Name == "" {
		made.Name = describe(plan)
	}
	var err error
	if made.target, made.body, err = compileTarget(plan, names); err != nil {
		return nil, err
	}
	if made.compare, err = compileComparison(plan.Operator, made.expected); err != nil {
		return nil, err
	}
	if plan.Target == pb.Target_TARGET_STATUS && plan.Operator == pb.Operator_OPERATOR_EQUALS {
		if status, err := strconv.Atoi(plan.Expected); err == nil {
			made.status = status
		}
	}
	return made, nil
}

// NeedsBody tells whether the body is read.
func (m *Assertion) NeedsBody() bool { return m.body }

// Holds tells whether the claim is true. An error makes it false.
func (m *Assertion) Holds(a *extract.Answer, c template.Context) bool {
	if m.status != 0 {
		return a.Response.Status == m.status
	}
	value, err := m.target(a, c)
	if err != nil {
		return false
	}
	ok, err := m.compare(value, m.rendered(c))
	return ok && err == nil
}

func (m *Assertion) rendered(c template.Context) []byte {
	if m.expected.Constant() {
		return m.constant
	}
	return m.expected.Append(nil, c)
}

// Result is a claim with both sides, for a person.
type Result struct {
	OK       bool
	Actual   string
	Expected string
}

// Explain is Holds with both sides.
func (m *Assertion) Explain(a *extract.Answer, c template.Context) Result {
	expected := m.rendered(c)
	result := Result{Expected: string(expected)}
	value, err := m.target(a, c)
	if err == nil {
		result.OK, err = m.compare(value, expected)
		result.Actual = string(value.Text)
		if !value.Found {
			result.Actual = "(absent)"
		}
	}
	if err != nil {
		result.OK, result.Actual = false, "("+err.Error()+")"
	}
	return result
}

// compileTarget gives what reads the target, and whether that is the body.
func compileTarget(plan *pb.Assertion, names *template.Names) (reader, bool, error) {
	switch plan.Target {
	case pb.Target_TARGET_STATUS:
		return func(a *extract.Answer, _ template.Context) (Value, error) {
			return Value{Text: a.Status(), Found: true, Type: "number"}, nil
		}, false, nil
	case pb.Target_TARGET_LATENCY:
		return func(a *extract.Answer, _ template.Context) (Value, error) {
			return Value{Text: a.Milliseconds(), Found: true, Type: "number"}, nil
		}, false, nil
	case pb.Target_TARGET_SIZE:
		return readSize, true, nil
	case pb.Target_TARGET_BODY:
		return func(a *extract.Answer, _ template.Context) (Value, error) {
			body, err := a.Body()
			return extract.Text(body), err
		}, true, nil
	case pb.Target_TARGET_URL:
		return func(a *extract.Answer, _ template.Context) (Value, error) {
			return extract.Text(a.URL()), nil
		}, false, nil
	case pb.Target_TARGET_HEADER, pb.Target_TARGET_COOKIE:
		if plan.Header == "" {
			return nil, false, errors.New("the name of the header or cookie is missing")
		}
		name, cookie := plan.Header, plan.Target == pb.Target_TARGET_COOKIE
		return func(a *extract.Answer, _ template.Context) (Value, error) {
			text, found := a.Response.Headers.Get(name)
			if cookie {
				text, found = a.Cookie(name)
			}
			return Value{Text: text, Found: found}, nil
		}, false, nil
	case pb.Target_TARGET_VALUE:
		return compileValue(plan, names)
	}
	return nil, false, fmt.Errorf("the target %v is not known", plan.Target)
}

func readSize(a *extract.Answer, _ template.Context) (Value, error) {
	body, err := a.Body()
	return Value{Text: strconv.AppendInt(nil, int64(len(body)), 10), Found: true, Type: "number"}, err
}

// compileValue reads the value of an expression over the body, or of a variable.
func compileValue(plan *pb.Assertion, names *template.Names) (reader, bool, error) {
	rule := &pb.Extractor{}
	switch expression := plan.Expression.(type) {
	case *pb.Assertion_Variable:
		variable := template.Variable{Name: expression.Variable, Slot: names.Slot(expression.Variable)}
		return func(_ *extract.Answer, c template.Context) (Value, error) {
			text, found := c.AppendVariable(nil, variable, 0)
			return Value{Text: text, Found: found}, nil
		}, false, nil
	case *pb.Assertion_Jmespath:
		rule.Language = &pb.Extractor_Jmespath{Jmespath: expression.Jmespath}
	case *pb.Assertion_Jsonpath:
		rule.Language = &pb.Extractor_Jsonpath{Jsonpath: expression.Jsonpath}
	case *pb.Assertion_Xpath:
		rule.Language = &pb.Extractor_Xpath{Xpath: expression.Xpath}
	case *pb.Assertion_Css:
		rule.Language = &pb.Extractor_Css{Css: expression.Css}
	case *pb.Assertion_Regex:
		rule.Language = &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: expression.Regex}}
	default:
		return nil, false, errors.New("the claim is about a value and names no expression")
	}
	found, err := extract.Compile(rule, names)
	if err != nil {
		return nil, false, err
	}
	return found.Apply, true, nil
}

// describe names a claim by what it says.
func describe(plan *pb.Assertion) string {
	target := strings.ToLower(strings.TrimPrefix(plan.Target.String(), "TARGET_"))
	switch expression := plan.Expression.(type) {
	case *pb.Assertion_Jmespath:
		target = expression.Jmespath
	case *pb.Assertion_Jsonpath:
		target = expression.Jsonpath
	case *pb.Assertion_Xpath:
		target = expression.Xpath
	case *pb.Assertion_Css:
		target = expression.Css
	case *pb.Assertion_Regex:
		target = expression.Regex
	case *pb.Assertion_Variable:
		target = expression.Variable
	}
	if plan.Header != "" {
		target += " " + plan.Header
	}
	operator := strings.ToLower(strings.TrimPrefix(plan.Operator.String(), "OPERATOR_"))
	text := target + " " + strings.ReplaceAll(operator, "_", " ")
	if plan.Expected != "" {
		text += " " + plan.Expected
	}
	return stats.BoundedTo(text, 120)
}

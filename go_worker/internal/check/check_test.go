package check_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"hazard/internal/check"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// fixed is a context with one variable: n is 5.
type fixed struct{}

func (fixed) AppendVariable(dst []byte, v template.Variable, _ int) ([]byte, bool) {
	return append(dst, "5"...), v.Name == "n"
}
func (fixed) Random() *rand.Rand                                  { return nil }
func (fixed) Now() time.Time                                      { return time.Time{} }
func (fixed) Count(string) uint64                                 { return 1 }
func (fixed) AppendColumn(dst []byte, _, _ string) ([]byte, bool) { return dst, false }
func (fixed) Indexes() (user, iteration uint64)                   { return 0, 0 }
func (fixed) Unresolved(string)                                   {}

func TestOperators(t *testing.T) {
	for _, c := range []struct {
		left, operator, right string
		holds                 bool
	}{
		{"a", "EQUALS", "a", true}, {"1", "EQUALS", "1.0", true}, {"a", "EQUALS", "b", false},
		{"{{n}}", "EQUALS", "5", true}, {"a", "NOT_EQUALS", "b", true}, {"1", "NOT_EQUALS", "1.0", false},
		{"abc", "CONTAINS", "b", true}, {"abc", "NOT_CONTAINS", "b", false},
		{"abc", "MATCHES", "^a.c$", true}, {"abc", "NOT_MATCHES", "^b", true}, {"x5", "MATCHES", "x{{n}}", true},
		{"9", "LESS", "10", true}, {"b", "LESS", "a", false}, {"10", "LESS_OR_EQUAL", "10", true},
		{"10", "GREATER", "9", true}, {"1e3", "GREATER_OR_EQUAL", "1000", true}, {"inf", "LESS", "zzz", true},
		{"text", "GREATER", "1", false}, {"text", "LESS", "1", false}, {"{}", "GREATER_OR_EQUAL", "0", false}, {"2020-02", "GREATER", "2020-01", true},
		{"", "EXISTS", "", true}, {"x", "NOT_EXISTS", "", false},
		{"b", "IN", "a, b,c", true}, {"2", "IN", "[1,2]", true}, {"b", "IN", `["b"]`, true}, {"x", "NOT_IN", "a,b", true},
		{"5", "TYPE_IS", "integer", true}, {"5.5", "TYPE_IS", "integer", false}, {"5.5", "TYPE_IS", "number", true},
		{"x", "TYPE_IS", "string", true}, {"[1]", "TYPE_IS", "array", true}, {"null", "TYPE_IS", "null", true},
		{"true", "TYPE_IS", "boolean", true}, {"x", "TYPE_IS", "thing", false},
		{"abc", "STARTS_WITH", "ab", true}, {"abc", "ENDS_WITH", "bc", true}, {"é🎉", "LENGTH_EQUALS", "2", true},
		{`{"a":1}`, "MATCHES_SCHEMA", `{"required":["a"]}`, true}, {`{"b":1}`, "MATCHES_SCHEMA", `{"required":["a"]}`, false},
		{"no json", "MATCHES_SCHEMA", `{}`, false},
	} {
		operator, known := pb.Operator_value["OPERATOR_"+c.operator]
		if !known {
			t.Fatal(c.operator)
		}
		test, err := check.CompileTest(&pb.Test{Left: c.left, Operator: pb.Operator(operator), Right: c.right}, template.NewNames())
		if err != nil {
			t.Fatalf("%s: %v", c.operator, err)
		}
		if test.Holds(fixed{}) != c.holds {
			t.Errorf("%q %s %q is not %v", c.left, c.operator, c.right, c.holds)
		}
	}
}

func TestEveryOperatorOfTheProtocolIsKnown(t *testing.T) {
	for number, name := range pb.Operator_name {
		right := map[string]string{"OPERATOR_MATCHES_SCHEMA": "{}"}[name]
		if _, err := check.CompileTest(&pb.Test{Operator: pb.Operator(number), Right: right}, template.NewNames()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for number, name := range pb.Target_name {
		plan := &pb.Assertion{Target: pb.Target(number), Header: "x", Expression: &pb.Assertion_Variable{Variable: "v"}}
		if _, err := check.Compile(plan, template.NewNames()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, schema := range []string{"{", `{"type": 5}`, `{"$ref": "http://example.com/x"}`} {
		if _, err := check.Schema(schema); err == nil {
			t.Errorf("the schema %s is accepted", schema)
		}
	}
}

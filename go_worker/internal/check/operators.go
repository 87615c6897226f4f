package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"hazard/internal/extract"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// Value is one side of a comparison: what was read, and whether it was there.
type Value = extract.Value

// comparison tells whether a value stands in a relation to the expected text.
type comparison func(actual Value, expected []byte) (bool, error)

// compileComparison prepares an operator; what is constant in the expected text is compiled now.
func compileComparison(operator pb.Operator, expected *template.Template) (comparison, error) {
	switch operator {
	case pb.Operator_OPERATOR_MATCHES, pb.Operator_OPERATOR_NOT_MATCHES:
		return compileMatches(expected, operator == pb.Operator_OPERATOR_MATCHES)
	case pb.Operator_OPERATOR_MATCHES_SCHEMA:
		return compileSchema(expected)
	}
	if plain, known := operators()[operator]; known {
		return plain, nil
	}
	return nil, fmt.Errorf("the operator %v is not known", operator)
}

// operators are those that need no preparation.
func operators() map[pb.Operator]comparison {
	return map[pb.Operator]comparison{
		pb.Operator_OPERATOR_EQUALS:           found(equal),
		pb.Operator_OPERATOR_NOT_EQUALS:       not(found(equal)),
		pb.Operator_OPERATOR_CONTAINS:         found(contains),
		pb.Operator_OPERATOR_NOT_CONTAINS:     not(found(contains)),
		pb.Operator_OPERATOR_LESS:             ordered(func(c int) bool { return c < 0 }),
		pb.Operator_OPERATOR_LESS_OR_EQUAL:    ordered(func(c int) bool { return c <= 0 }),
		pb.Operator_OPERATOR_GREATER:          ordered(func(c int) bool { return c > 0 }),
		pb.Operator_OPERATOR_GREATER_OR_EQUAL: ordered(func(c int) bool { return c >= 0 }),
		pb.Operator_OPERATOR_EXISTS:           func(v Value, _ []byte) (bool, error) { return v.Found, nil },
		pb.Operator_OPERATOR_NOT_EXISTS:       func(v Value, _ []byte) (bool, error) { return !v.Found, nil },
		pb.Operator_OPERATOR_IN:               found(in),
		pb.Operator_OPERATOR_NOT_IN:           not(found(in)),
		pb.Operator_OPERATOR_TYPE_IS:          found(typeIs),
		pb.Operator_OPERATOR_STARTS_WITH: found(func(v Value, e []byte) (bool, error) {
			return bytes.HasPrefix(v.Text, e), nil
		}),
		pb.Operator_OPERATOR_ENDS_WITH: found(func(v Value, e []byte) (bool, error) {
			return bytes.HasSuffix(v.Text, e), nil
		}),
		pb.Operator_OPERATOR_LENGTH_EQUALS: found(lengthEquals),
	}
}

func found(c comparison) comparison {
	return func(v Value, expected []byte) (bool, error) {
		if !v.Found {
			return false, nil
		}
		return c(v, expected)
	}
}

func not(c comparison) comparison {
	return func(v Value, expected []byte) (bool, error) {
		ok, err := c(v, expected)
		return !ok && err == nil, err
	}
}

// equal: the same text, the same number, or the same JSON list or object.
func equal(v Value, expected []byte) (bool, error) {
	if bytes.Equal(v.Text, expected) {
		return true, nil
	}
	if a, b, both := numbers(v.Text, expected); both {
		return a == b, nil
	}
	if v.Type == "array" || v.Type == "object" {
		var a, b any
		if json.Unmarshal(v.Text, &a) == nil && json.Unmarshal(expected, &b) == nil {
			return reflect.DeepEqual(a, b), nil
		}
	}
	return false, nil
}

// numbers reads both texts as decimal numbers.
func numbers(a, b []byte) (x, y float64, both bool) {
	if !numeric(a) || !numeric(b) {
		return 0, 0, false
	}
	x, err1 := strconv.ParseFloat(string(a), 64)
	y, err2 := strconv.ParseFloat(string(b), 64)
	return x, y, err1 == nil && err2 == nil
}

// numeric leaves out what ParseFloat takes beside decimal numbers: inf, nan, 0x, underscores.
func numeric(text []byte) bool {
	for i, c := range text {
		digit := '0' <= c && c <= '9'
		if !digit && c != '.' && c != '-' && c != '+' && (i == 0 || c|0x20 != 'e') {
			return false
		}
	}
	return len(text) > 0
}

// contains: part of a text, element of a list, key of an object.
func contains(v Value, expected []byte) (bool, error) {
	switch v.Type {
	case "array":
		var elements []any
		if err := json.Unmarshal(v.Text, &elements); err != nil {
			return false, err
		}
		for _, element := range elements {
			if equalsText(element, expected) {
				return true, nil
			}
		}
		return false, nil
	case "object":
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(v.Text, &fields); err != nil {
			return false, err
		}
		_, has := fields[string(expected)]
		return has, nil
	}
	return bytes.Contains(v.Text, expected), nil
}

// equalsText compares an element of a JSON list with a text.
func equalsText(element any, expected []byte) bool {
	if text, ok := element.(string); ok {
		return text == string(expected)
	}
	var other any
	return json.Unmarshal(expected, &other) == nil && reflect.DeepEqual(element, other)
}

func ordered(holds func(int) bool) comparison {
	return found(func(v Value, expected []byte) (bool, error) {
		if a, b, both := numbers(v.Text, expected); both {
			switch {
			case a < b:
				return holds(-1), nil
			case a > b:
				return holds(1), nil
			}
			return holds(0), nil
		}
		if _, _, isNumber := numbers(expected, expected); isNumber {
			return false, nil // no text is above or below a number
		}
		return holds(bytes.Compare(v.Text, expected)), nil
	})
}

// in: the right side is a JSON list, or a,b,c.
func in(v Value, expected []byte) (bool, error) {
	var elements []any
	if json.Unmarshal(expected, &elements) == nil {
		for _, element := range elements {
			if equalsText(element, v.Text) {
				return true, nil
			}
		}
		return false, nil
	}
	for _, one := range strings.Split(string(expected), ",") {
		if ok, _ := equal(v, []byte(strings.TrimSpace(one))); ok {
			return true, nil
		}
	}
	return false, nil
}

// TypeOf is the JSON type of a value; a text that is no JSON is a string.
func TypeOf(v Value) string {
	if v.Type != "" {
		return v.Type
	}
	var decoded any
	if json.Unmarshal(v.Text, &decoded) != nil {
		return "string"
	}
	switch decoded.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "string"
}

func typeIs(v Value, expected []byte) (bool, error) {
	actual, wanted := TypeOf(v), strings.TrimSpace(string(expected))
	switch wanted {
	case "string", "number", "boolean", "array", "object", "null":
		return actual == wanted, nil
	case "integer":
		n, err := strconv.ParseFloat(string(v.Text), 64)
		return actual == "number" && err == nil && n == float64(int64(n)), nil
	}
	return false, fmt.Errorf("%q is no JSON type", wanted)
}

// lengthEquals counts characters of a text, elements of a list, fields of an object.
func lengthEquals(v Value, expected []byte) (bool, error) {
	wanted, err := strconv.Atoi(strings.TrimSpace(string(expected)))
	if err != nil {
		return false, fmt.Errorf("%q is no length", expected)
	}
	switch v.Type {
	case "array":
		var elements []json.RawMessage
		err = json.Unmarshal(v.Text, &elements)
		return len(elements) == wanted, err
	case "object":
		var fields map[string]json.RawMessage
		err = json.Unmarshal(v.Text, &fields)
		return len(fields) == wanted, err
	}
	return utf8.RuneCount(v.Text) == wanted, nil
}

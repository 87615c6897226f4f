package check

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hazard/internal/template"
)

// cached compiles what a text stands for once; a constant text when the plan is loaded.
type cached[T any] struct {
	compile func(text string) (T, error)
	mu      sync.Mutex
	text    string
	value   T
	err     error
	known   bool
}

func (c *cached[T]) get(text []byte) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known || c.text != string(text) {
		c.text, c.known = string(text), true
		c.value, c.err = c.compile(c.text)
	}
	return c.value, c.err
}

func compileMatches(expected *template.Template, wanted bool) (comparison, error) {
	if expected.Constant() {
		pattern, err := regexp.Compile(expected.Text())
		if err != nil {
			return nil, err
		}
		return matching(func([]byte) (*regexp.Regexp, error) { return pattern, nil }, wanted), nil
	}
	patterns := &cached[*regexp.Regexp]{compile: regexp.Compile}
	return matching(patterns.get, wanted), nil
}

func matching(pattern func([]byte) (*regexp.Regexp, error), wanted bool) comparison {
	matches := found(func(v Value, expected []byte) (bool, error) {
		compiled, err := pattern(expected)
		if err != nil {
			return false, err
		}
		return compiled.Match(v.Text), nil
	})
	if wanted {
		return matches
	}
	return not(matches)
}

func compileSchema(expected *template.Template) (comparison, error) {
	schemas := &cached[*jsonschema.Schema]{compile: Schema}
	if expected.Constant() {
		if _, err := schemas.get([]byte(expected.Text())); err != nil {
			return nil, err
		}
	}
	return found(func(v Value, expected []byte) (bool, error) {
		schema, err := schemas.get(expected)
		if err != nil {
			return false, err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(v.Text))
		if err != nil {
			return false, errors.New("the value is no JSON")
		}
		return schema.Validate(document) == nil, nil
	}), nil
}

// Schema compiles a JSON Schema. References to other documents are not followed.
func Schema(text string) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the schema is no JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{})
	if err := compiler.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
}

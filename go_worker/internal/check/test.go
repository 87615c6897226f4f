// Package check compares: conditions of steps and claims about answers.
package check

import (
	"hazard/internal/extract"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// Test is a compiled comparison of two rendered texts.
type Test struct {
	left, right *template.Template
	compare     comparison
}

// CompileTest compiles a comparison.
func CompileTest(plan *pb.Test, names *template.Names) (*Test, error) {
	t := &Test{left: template.Compile(plan.Left, names), right: template.Compile(plan.Right, names)}
	var err error
	t.compare, err = compileComparison(plan.Operator, t.right)
	return t, err
}

// Holds renders both sides and compares them. A side that cannot be compared makes it false.
func (t *Test) Holds(c template.Context) bool {
	ok, err := t.compare(extract.Text(t.left.Append(nil, c)), t.right.Append(nil, c))
	return ok && err == nil
}

package script

import (
	"reflect"
	"strings"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/unistring"
)

// nameArguments makes each function of the program name its `arguments`. The interpreter forgets to make
// them where only an arrow function inside names them, and fails then.
func nameArguments(program *ast.Program, source string) {
	if strings.Contains(source, "arguments") && strings.Contains(source, "=>") {
		eachFunction(reflect.ValueOf(program.Body), map[uintptr]bool{})
	}
}

func eachFunction(v reflect.Value, seen map[uintptr]bool) {
	switch v.Kind() {
	case reflect.Interface:
		eachFunction(v.Elem(), seen)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		if function, ok := v.Interface().(*ast.FunctionLiteral); ok {
			addName(function)
		}
		eachFunction(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachFunction(v.Field(i), seen)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachFunction(v.Index(i), seen)
		}
	}
}

// addName puts the statement `arguments` behind the directives of a function.
func addName(function *ast.FunctionLiteral) {
	if function.Body == nil {
		return
	}
	list := function.Body.List
	at := 0
	for at < len(list) && isDirective(list[at]) {
		at++
	}
	named := &ast.ExpressionStatement{Expression: &ast.Identifier{
		Name: unistring.NewFromString("arguments"), Idx: function.Body.LeftBrace}}
	made := append([]ast.Statement{}, list[:at]...)
	function.Body.List = append(append(made, named), list[at:]...)
}

func isDirective(statement ast.Statement) bool {
	expression, ok := statement.(*ast.ExpressionStatement)
	if !ok {
		return false
	}
	_, ok = expression.Expression.(*ast.StringLiteral)
	return ok
}
